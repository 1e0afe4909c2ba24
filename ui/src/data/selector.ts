import { NAME, isClassicMetricName, printLabelName, quote } from './labels.ts'

export interface Matcher {
  readonly name: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** A plain selector, taken apart: `up{job="node"}`. The metric name is kept apart when it is matched by equality. */
export interface PlainSelector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
}

const SPACE = /\s*/y
const WORD = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/y
const OP = /=~|!~|!=|=/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  take(pattern: RegExp): string | undefined {
    SPACE.lastIndex = this.#at
    SPACE.exec(this.#text)
    pattern.lastIndex = SPACE.lastIndex
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match[0]
  }

  get atEnd(): boolean {
    return this.#text.slice(this.#at).trim() === ''
  }
}

/**
 * Takes a plain selector apart, so that buttons can add and remove matchers; undefined when the text is anything else.
 * Only this small part of PromQL: whether a query is right is the server's word.
 */
export function parseSelector(text: string): PlainSelector | undefined {
  const reader = new Reader(text)
  let metric = reader.take(WORD) ?? ''
  const matchers: Matcher[] = []
  if (reader.take(/\{/y) !== undefined) {
    while (reader.take(/\}/y) === undefined) {
      const quoted = reader.take(STRING)
      const name = quoted === undefined ? reader.take(WORD) : unquote(quoted)
      if (name === undefined) return undefined
      const op = reader.take(OP) as Matcher['op'] | undefined
      const value = op === undefined ? undefined : reader.take(STRING)
      if (op !== undefined && value !== undefined) matchers.push({ name, op, value: unquote(value) })
      else if (op === undefined && quoted !== undefined && metric === '') metric = name
      else return undefined
      if (reader.take(/,/y) === undefined && reader.take(/(?=\})/y) === undefined) return undefined
    }
  }
  if (!reader.atEnd || (metric === '' && matchers.length === 0)) return undefined
  const byName = matchers.find(({ name, op }) => name === NAME && op === '=')
  if (metric !== '' || byName === undefined) return { metric, matchers }
  return { metric: byName.value, matchers: matchers.filter((one) => one !== byName) }
}

export function printSelector({ metric, matchers }: PlainSelector): string {
  const parts = matchers.map(({ name, op, value }) => `${printLabelName(name)}${op}${quote(value)}`)
  const classic = metric === '' || isClassicMetricName(metric)
  if (!classic) parts.unshift(quote(metric))
  return `${classic ? metric : ''}${parts.length > 0 ? `{${parts.join(', ')}}` : ''}`
}

/** The selector with one more matcher; one of the same name and operator is replaced. */
export function withMatcher(selector: PlainSelector, matcher: Matcher): PlainSelector {
  if (matcher.name === NAME && matcher.op === '=') return { ...selector, metric: matcher.value }
  const others = selector.matchers.filter(
    ({ name, op, value }) => name !== matcher.name || (op !== matcher.op && value !== matcher.value),
  )
  return { ...selector, matchers: [...others, matcher] }
}

export function withoutMatcher(selector: PlainSelector, matcher: Matcher): PlainSelector {
  return { ...selector, matchers: selector.matchers.filter((one) => one !== matcher) }
}

function unquote(text: string): string {
  const inner = text.slice(1, -1)
  if (text.startsWith('`')) return inner
  return inner.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char === 't' ? '\t' : char))
}
