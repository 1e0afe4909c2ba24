/** Help on words of the language, in the language of the page. */
import { FUNCTIONS } from '../../../src/query/promql/syntax/functions.ts'
import type { FunctionEntry } from '../../../src/query/promql/syntax/functions.ts'
import { typeName } from '../../../src/query/promql/syntax/walk.ts'
import { promql as en } from '../i18n/en/promql.ts'
import type { PromqlTexts } from '../i18n/en/promql.ts'
import { promql as ko } from '../i18n/ko/promql.ts'

export const textsOf = (language: string): PromqlTexts => (language === 'ko' ? ko : en)

const TAKES_PARAMETER: Readonly<Record<string, string>> = {
  topk: 'k, ',
  bottomk: 'k, ',
  limitk: 'k, ',
  limit_ratio: 'ratio, ',
  quantile: 'φ, ',
  count_values: 'label, ',
}

/** `rate(range vector) → instant vector`; types keep their English names, as messages of the server have them. */
export function signatureOf({ name, args, variadic, returns }: FunctionEntry): string {
  const optional = variadic > 0 ? args.length - variadic : args.length
  const list = args.map((type, i) => (i >= optional ? `${typeName(type)}?` : typeName(type)))
  return `${name}(${list.join(', ')}${variadic < 0 ? ', …' : ''}) → ${typeName(returns)}`
}

export interface WordHelp {
  readonly title: string
  readonly kind: string
  readonly text: string
}

/** Help on a function, an aggregation or a keyword; undefined for any other word. */
export function wordHelp(word: string, language: string): WordHelp | undefined {
  const texts = textsOf(language)
  const lower = word.toLowerCase()
  const entry = FUNCTIONS.get(word)
  if (entry !== undefined) {
    const more = entry.experimental ? ` · ${texts.words.experimental}` : ''
    return { title: signatureOf(entry), kind: texts.words.function + more, text: texts.functions[word] ?? '' }
  }
  const aggregation = (texts.aggregations as Readonly<Record<string, string>>)[lower]
  if (aggregation !== undefined) {
    const title = `${lower} by|without (…) (${TAKES_PARAMETER[lower] ?? ''}instant vector)`
    return { title, kind: texts.words.aggregation, text: aggregation }
  }
  const keyword = texts.keywords[lower]
  return keyword === undefined ? undefined : { title: lower, kind: texts.words.keyword, text: keyword }
}
