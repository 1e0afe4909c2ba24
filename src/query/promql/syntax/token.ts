/** The words and signs of PromQL and how error messages name them. Follows Item and ItemTypeStr, promql/parser/lex.go@v3.14. */
import { AGGREGATIONS } from './ast.ts'
import { quote } from '../../../core/go-text.ts'

/** Tokens of one meaning whose text varies. `end` is the end of the query, `error` what can't be read. */
export type OpenKind = 'identifier' | 'metric identifier' | 'string' | 'number' | 'duration' | 'end' | 'error' | 'space'

/** An `OpenKind`, or a sign or keyword of the language in lower case as its own kind: `{`, `>=`, `sum`, `offset`. */
export type TokenKind = string

const AGGREGATION_WORDS: readonly string[] = AGGREGATIONS

const OPERATOR_WORDS = ['and', 'or', 'unless', 'atan2']

/** Words that say how an operator, an aggregation or a selector is meant. */
export const MODIFIER_WORDS: readonly string[] = [
  'offset',
  'smoothed',
  'anchored',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'fill',
  'fill_left',
  'fill_right',
  'bool',
]

const TIME_WORDS = ['start', 'end', 'step', 'range', 'max_of', 'min_of']

/** Time words are also kinds of their own, but `end` is taken by the end of the query. */
export const END_WORD = 'end()'

/** Kind of each word in lower case that is more than an identifier. */
export const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map([
  ...[...OPERATOR_WORDS, ...AGGREGATION_WORDS, ...MODIFIER_WORDS, ...TIME_WORDS].map((word): [string, TokenKind] => [
    word,
    word === 'end' ? END_WORD : word,
  ]),
  ['inf', 'number'],
  ['nan', 'number'],
])

/** Signs and words between two operands, in matchers too. */
export const OPERATORS: ReadonlySet<string> = new Set([
  ...OPERATOR_WORDS,
  ...'+ / == =~ >= > </ >/ < <= % * != !~ ^ - @'.split(' '),
])
const AGGREGATION_KINDS: ReadonlySet<string> = new Set(AGGREGATION_WORDS)
const MODIFIERS: ReadonlySet<string> = new Set(MODIFIER_WORDS)
const VARIED: ReadonlySet<string> = new Set(['string', 'number', 'duration'])

/** Words that may stand where the name of a metric is expected. */
const NAME_WORDS: ReadonlySet<TokenKind> = new Set([
  ...AGGREGATION_WORDS,
  ...'and or unless by without offset anchored smoothed fill fill_left fill_right'.split(' '),
  ...'start step range max_of min_of identifier'.split(' '),
  END_WORD,
  'metric identifier',
])

/** Words that may stand where a label is expected in `by (...)` and the like. As in Prometheus, `without` is none. */
const LABEL_WORDS: ReadonlySet<TokenKind> = new Set([
  ...[...NAME_WORDS].filter((word) => word !== 'without'),
  ...'bool group_left group_right ignoring on atan2'.split(' '),
])

export function isAggregation(kind: TokenKind): boolean {
  return AGGREGATION_KINDS.has(kind)
}

export function canNameMetric(kind: TokenKind): boolean {
  return NAME_WORDS.has(kind)
}

export function canNameLabel(kind: TokenKind): boolean {
  return LABEL_WORDS.has(kind)
}

/** A token in the words of Prometheus' parse errors. */
export function describeToken(kind: TokenKind, text: string): string {
  if (kind === 'end') return 'end of input'
  if (kind === 'identifier' || kind === 'metric identifier') return `${kind} ${quote(text)}`
  if (MODIFIERS.has(kind)) return `<${text}>`
  if (OPERATORS.has(kind)) return `<op:${text}>`
  if (AGGREGATION_KINDS.has(kind)) return `<aggr:${text}>`
  // Words of histograms in series descriptions have no better name.
  if (kind.startsWith('<Item ')) return `${quote(kind)} ${shortened(text)}`
  return VARIED.has(kind) ? `${kind} ${shortened(text)}` : shortened(text)
}

/** Quoted, the first ten characters only when it has more than ten bytes. */
export function shortened(text: string): string {
  if (utf8Length(text) <= 10) return quote(text)
  return `${quote(Array.from(text).slice(0, 10).join(''))}...`
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
