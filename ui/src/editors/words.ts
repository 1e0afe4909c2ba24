/** What the words of PromQL are, for colouring, completing and explaining. */
import { AGGREGATIONS } from '../../../src/query/promql/syntax/ast.ts'
import { FUNCTIONS } from '../../../src/query/promql/syntax/functions.ts'
import { KEYWORDS } from '../../../src/query/promql/syntax/token.ts'
import { GROUPING_WORDS } from './tokens.ts'
import type { EditorToken } from './tokens.ts'

const AGGREGATION_WORDS: ReadonlySet<string> = new Set(AGGREGATIONS)

export type WordKind = 'aggregation' | 'function' | 'keyword' | 'metric' | 'label'

/** Where a token stands: in which brackets, opened behind which word. */
export interface Opener {
  readonly sign: '(' | '{' | '['
  /** The token before the bracket. */
  readonly before: EditorToken | undefined
  /** True for the parentheses of `by (...)` and the like. */
  readonly isGrouping: boolean
  /** Position of the bracket among the tokens. */
  readonly at: number
}

const OPENS: ReadonlySet<string> = new Set(['(', '{', '['])
const CLOSES: ReadonlySet<string> = new Set([')', '}', ']'])

/** The brackets that are open behind the last of the tokens, innermost last. */
export function openersOf(tokens: readonly EditorToken[]): readonly Opener[] {
  const open: Opener[] = []
  tokens.forEach((token, at) => {
    if (token.kind !== 'sign') return
    if (OPENS.has(token.text)) open.push(openerAt(tokens, at))
    else if (CLOSES.has(token.text)) open.pop()
  })
  return open
}

function openerAt(tokens: readonly EditorToken[], at: number): Opener {
  const before = tokens[at - 1]
  const isGrouping = before?.kind === 'word' && GROUPING_WORDS.has(before.text.toLowerCase())
  return { sign: (tokens[at]?.text ?? '(') as Opener['sign'], before, isGrouping, at }
}

/** Walks tokens with the bracket that each stands in. */
export function withOpeners(
  tokens: readonly EditorToken[],
  see: (token: EditorToken, opener: Opener | undefined, next: EditorToken | undefined) => void,
): void {
  const open: Opener[] = []
  tokens.forEach((token, at) => {
    if (token.kind === 'sign' && CLOSES.has(token.text)) open.pop()
    see(token, open.at(-1), tokens[at + 1])
    if (token.kind === 'sign' && OPENS.has(token.text)) open.push(openerAt(tokens, at))
  })
}

/** What a word is, by its spelling and its place. */
export function wordKind(word: string, opener: Opener | undefined, next: EditorToken | undefined): WordKind {
  const lower = word.toLowerCase()
  if (opener?.sign === '{' || opener?.isGrouping === true) return 'label'
  const called = next?.text === '('
  if (AGGREGATION_WORDS.has(lower) && (called || next?.text.toLowerCase() === 'by' || next?.text === 'without'))
    return 'aggregation'
  if (called && FUNCTIONS.has(word)) return 'function'
  if (KEYWORDS.has(lower) && !AGGREGATION_WORDS.has(lower) && isKeywordHere(lower, opener, next)) return 'keyword'
  return 'metric'
}

/** `start` and the like are names of metrics unless they are called. */
const CALLED_WORDS: ReadonlySet<string> = new Set(['start', 'end', 'step', 'range', 'min_of', 'max_of'])

function isKeywordHere(lower: string, opener: Opener | undefined, next: EditorToken | undefined): boolean {
  return !CALLED_WORDS.has(lower) || next?.text === '(' || opener?.sign === '['
}

/** Names of the metrics that a text is about. */
export function metricsIn(tokens: readonly EditorToken[]): readonly string[] {
  const found = new Set<string>()
  withOpeners(tokens, (token, opener, next) => {
    if (token.kind === 'word' && wordKind(token.text, opener, next) === 'metric') found.add(token.text)
  })
  return [...found]
}
