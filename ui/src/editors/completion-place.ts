/** What may be written at a place of a query. */
import type { Matcher } from '../data/selector.ts'
import { editorTokens } from './tokens.ts'
import type { EditorToken } from './tokens.ts'
import { metricsIn, openersOf, wordKind } from './words.ts'
import type { Opener } from './words.ts'

export type CompletionPlace = { readonly from: number } & (
  | { readonly kind: 'nothing' }
  /** An operand: metric, function, number. `within` = the function whose argument it is. */
  | { readonly kind: 'operand'; readonly prefix: string; readonly within: string }
  /** Behind an operand. `ofAggregation`: `by` and `without` fit too. */
  | { readonly kind: 'operator'; readonly ofAggregation: boolean }
  | { readonly kind: 'label'; readonly metrics: readonly string[]; readonly matchers: readonly Matcher[] }
  | { readonly kind: 'matcher operator' }
  /** `quote`: the value needs quotes around it. */
  | {
      readonly kind: 'value'
      readonly label: string
      readonly metric: string
      readonly matchers: readonly Matcher[]
      readonly isRegex: boolean
      readonly quote: boolean
    }
  | { readonly kind: 'duration'; readonly digits: string }
)

const MATCHER_OPS: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~'])
const AFTER_BINARY: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'atan2', 'bool'])

/** The place behind `text.slice(0, pos)`; what stands behind it may tell which metrics a grouping is about. */
export function completionPlace(text: string, pos: number): CompletionPlace {
  const before = editorTokens(text.slice(0, pos))
  const last = before.at(-1)
  if (last?.kind === 'comment' && last.end === pos) return { kind: 'nothing', from: pos }
  const typed = last !== undefined && last.end === pos && isOpenEnded(last) ? last : undefined
  const done = typed === undefined ? before : before.slice(0, -1)
  const opener = openersOf(done).at(-1)
  const from = typed?.start ?? pos
  if (opener?.sign === '{') return inBraces(done, opener, typed, from)
  if (typed?.kind === 'string') return { kind: 'nothing', from }
  if (opener?.sign === '[') return inDuration(typed, from)
  if (opener?.isGrouping === true)
    return { kind: 'label', from, metrics: metricsIn(editorTokens(text)).slice(0, 5), matchers: [] }
  return inExpression(done, opener, typed, from)
}

/** Words and numbers go on being typed, strings as long as they are not closed. */
function isOpenEnded({ kind, closed }: EditorToken): boolean {
  return kind === 'word' || kind === 'number' || (kind === 'string' && !closed)
}

function inBraces(
  done: readonly EditorToken[],
  opener: Opener,
  typed: EditorToken | undefined,
  from: number,
): CompletionPlace {
  const metric = opener.before?.kind === 'word' ? opener.before.text : ''
  const matchers = matchersOf(done.slice(opener.at + 1))
  const last = done.at(-1)
  const text = last?.text ?? ''
  if (last !== undefined && MATCHER_OPS.has(text)) {
    const label = unquoted(done.at(-2)?.text ?? '')
    const isRegex = text.endsWith('~')
    const quote = typed?.kind !== 'string'
    const value = { kind: 'value', label, metric, matchers, isRegex, quote } as const
    if (quote) return { ...value, from }
    const bar = isRegex ? (typed?.text.lastIndexOf('|') ?? -1) : -1
    return { ...value, from: from + Math.max(0, bar) + 1 }
  }
  if (typed?.kind === 'string') return { kind: 'nothing', from }
  if (text === '{' || text === ',') return { kind: 'label', from, metrics: metric === '' ? [] : [metric], matchers }
  if (last?.kind === 'word') return { kind: 'matcher operator', from }
  return { kind: 'nothing', from }
}

function matchersOf(tokens: readonly EditorToken[]): readonly Matcher[] {
  return tokens.flatMap(({ text }, i): Matcher[] => {
    const value = tokens[i + 1]
    const name = tokens[i - 1]
    if (!MATCHER_OPS.has(text) || value?.kind !== 'string' || !value.closed || name === undefined) return []
    return [{ name: unquoted(name.text), op: text as Matcher['op'], value: unquoted(value.text) }]
  })
}

const unquoted = (text: string): string => (/^["'`]/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text)

function inDuration(typed: EditorToken | undefined, from: number): CompletionPlace {
  const digits = /^\d+/.exec(typed?.text ?? '')?.[0] ?? ''
  return typed?.kind === 'word' ? { kind: 'nothing', from } : { kind: 'duration', from, digits }
}

function inExpression(
  done: readonly EditorToken[],
  opener: Opener | undefined,
  typed: EditorToken | undefined,
  from: number,
): CompletionPlace {
  const last = done.findLast(({ kind }) => kind !== 'comment')
  const word = last?.kind === 'word' ? last.text.toLowerCase() : ''
  if (word === 'offset') return inDuration(typed, from)
  if (typed?.kind === 'number') return { kind: 'nothing', from }
  const operand = { kind: 'operand', from, prefix: typed?.text ?? '', within: opener?.before?.text ?? '' } as const
  if (last === undefined || AFTER_BINARY.has(word)) return operand
  if (last.kind === 'word') return { kind: 'operator', from, ofAggregation: isAggregation(last, opener) }
  if (last.kind === 'number' || last.kind === 'string') return { kind: 'operator', from, ofAggregation: false }
  if (last.text === ')') return behindParens(done, operand)
  return last.text === '}' || last.text === ']' ? { kind: 'operator', from, ofAggregation: false } : operand
}

const PARENS: EditorToken = { kind: 'sign', start: 0, end: 0, text: '(', closed: true }

const isAggregation = (word: EditorToken, opener: Opener | undefined): boolean =>
  wordKind(word.text, opener, PARENS) === 'aggregation'

/** Behind `sum(...)` comes an operator or a grouping, behind `on (...)` an operand. */
function behindParens(
  done: readonly EditorToken[],
  operand: Extract<CompletionPlace, { kind: 'operand' }>,
): CompletionPlace {
  let depth = 0
  const open = done.findLastIndex(({ kind, text }) => {
    if (kind === 'sign' && text === ')') depth++
    if (kind === 'sign' && text === '(') depth--
    return depth === 0
  })
  const head = done[open - 1]
  const { from } = operand
  if (head?.kind !== 'word') return { kind: 'operator', from, ofAggregation: false }
  const grouping = head.text.toLowerCase()
  if (grouping === 'by' || grouping === 'without') {
    // `sum by (a) (` and `sum(x) by (a) +`.
    const isHead = done[open - 2]?.kind === 'word'
    return isHead ? { kind: 'nothing', from } : { kind: 'operator', from, ofAggregation: false }
  }
  if (['on', 'ignoring', 'group_left', 'group_right'].includes(grouping)) return operand
  return { kind: 'operator', from, ofAggregation: isAggregation(head, undefined) }
}
