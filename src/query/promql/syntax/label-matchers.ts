/** `name{label="value", ...}`. Follows vector_selector and label_matchers, promql/parser/generated_parser.y@v3.14. */
import { messageOf } from '../../../core/errors.ts'
import { METRIC_NAME } from '../../../model/labels.ts'
import type { Matcher } from '../../../model/matcher.ts'
import { checkLabelRegexp } from '../../../model/regexp.ts'
import type { Span, VectorSelector } from './ast.ts'
import { unquote } from '../../../core/go-unquote.ts'
import { canNameMetric } from './token.ts'
import type { TokenKind } from './token.ts'
import type { TokenReader } from './token-reader.ts'

const CONTEXT = 'label matching'
const OPS: ReadonlySet<TokenKind> = new Set(['=', '!=', '=~', '!~'])

/** A selector that is all of the text: as for `match[]`. */
export function readSelector(reader: TokenReader): VectorSelector {
  for (;;) {
    const kind = reader.peek()
    if (kind === '{') return bareSelector(reader)
    if (canNameMetric(kind)) {
      const { word, span } = reader
      reader.shift()
      return namedSelector(reader, word, span)
    }
    reader.reject()
  }
}

/** A selector whose name has been taken. */
export function namedSelector(reader: TokenReader, name: string, span: Span): VectorSelector {
  const matchers: Matcher[] = []
  const end = reader.peek() === '{' ? readMatchers(reader, matchers) : span.end
  matchers.push({ name: METRIC_NAME, op: '=', value: name })
  return selector(name, matchers, { start: span.start, end })
}

/** A selector without a name before its braces. */
export function bareSelector(reader: TokenReader): VectorSelector {
  const { start } = reader
  const matchers: Matcher[] = []
  const end = readMatchers(reader, matchers)
  return selector('', matchers, { start, end })
}

function selector(name: string, matchers: readonly Matcher[], span: Span): VectorSelector {
  return { kind: 'selector', span, name, matchers, extent: undefined, offset: 0, offsetExpr: undefined, at: undefined }
}

/** Takes the braces and what is within; where they end. */
function readMatchers(reader: TokenReader, matchers: Matcher[]): number {
  reader.shift()
  if (!reader.take('}')) {
    readMatcher(reader, matchers)
    while (!closed(reader)) {
      if (reader.take('}')) break
      readMatcher(reader, matchers)
    }
  }
  return reader.end
}

/** Takes the comma or brace behind a matcher; true for the brace. */
function closed(reader: TokenReader): boolean {
  for (;;) {
    if (reader.take('}')) return true
    if (reader.take(',')) return false
    if (!reader.drops()) reader.recover(CONTEXT, '"," or "}"')
  }
}

function readMatcher(reader: TokenReader, matchers: Matcher[]): void {
  for (;;) {
    const kind = reader.peek()
    if (kind === 'identifier' || kind === 'string') break
    if (!reader.drops()) return reader.recover(CONTEXT, 'identifier or "}"')
  }
  const isQuoted = reader.peek() === 'string'
  const name = isQuoted ? unquote(reader.word) : reader.word
  const { start } = reader
  reader.shift()
  const op = reader.peek()
  if (isOp(op)) {
    reader.shift()
    readValue(reader, { name, op, start }, matchers)
  } else if (isQuoted) matchers.push({ name: METRIC_NAME, op: '=', value: name })
  else if (!reader.drops()) reader.recover(CONTEXT, 'label matching operator')
}

function readValue(
  reader: TokenReader,
  { name, op, start }: Pick<Matcher, 'name' | 'op'> & { readonly start: number },
  matchers: Matcher[],
): void {
  while (reader.peek() !== 'string') {
    if (!reader.drops()) return reader.recover(CONTEXT, 'string')
  }
  const value = unquote(reader.word)
  if (op === '=~' || op === '!~') checkRegexp(reader, value, { start, end: reader.end })
  reader.shift()
  matchers.push({ name, op, value })
}

function checkRegexp(reader: TokenReader, value: string, span: Span): void {
  // Bytes that are no UTF-8 are lone surrogates (literal.ts).
  const bad = value.search(/\p{Surrogate}/u)
  if (bad !== -1) {
    const shown = value.slice(bad).replaceAll(/\p{Surrogate}/gu, '\ufffd')
    return reader.problem(span, `error parsing regexp: invalid UTF-8: \`${shown}\``)
  }
  try {
    checkLabelRegexp(value)
  } catch (error) {
    reader.problem(span, messageOf(error))
  }
}

function isOp(kind: TokenKind): kind is Matcher['op'] {
  return OPS.has(kind)
}
