/**
 * Series descriptions, as rule tests and promqltest write them: `metric{label="value"} 1 2+3x4 _ stale {{schema:0 sum:1}}`.
 * Follows series_description, promql/parser/generated_parser.y@v3.14.
 */
import { STALE_NAN } from '../../../model/stale.ts'
import { readNumber } from './literal.ts'
import { quote } from '../../../core/go-text.ts'
import { readMetric } from './label-set.ts'
import { combineRepeatedly, readHistogram } from './series-histogram.ts'
import type { HistogramArithmetic, HistogramPoint } from './series-histogram.ts'
import { SeriesLexer } from './series-lexer.ts'
import { throwProblems } from './syntax-error.ts'
import { readStart, TokenReader, Unwind } from './token-reader.ts'

export type { HistogramArithmetic, HistogramPoint }

/** One point; which time it has is the reader's matter. A staleness marker is the float that `isStale` knows. */
export type SeriesPoint =
  | { readonly kind: 'float'; readonly value: number }
  | HistogramPoint
  /** No sample at this time. */
  | { readonly kind: 'omitted' }

export interface SeriesDescription {
  /** By label name, with `__name__`. */
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly SeriesPoint[]
}

/** More than any test needs: `1x1000000000` must not take the memory. */
const MAX_POINTS = 10_000_000

/** Parses a series description. Throws `promql.syntax`, also for what `arithmetic` throws. */
export function parseSeriesDescription(text: string, arithmetic: HistogramArithmetic): SeriesDescription {
  const reader = new TokenReader(new SeriesLexer(text))
  const points: SeriesPoint[] = []
  const labels = readStart(reader, () => {
    const found = readMetric(reader)
    readPoints(reader, points, arithmetic)
    return found
  })
  throwProblems(text, reader.problems)
  return { labels: Object.fromEntries(labels ?? []), points }
}

function readPoints(reader: TokenReader, points: SeriesPoint[], arithmetic: HistogramArithmetic): void {
  try {
    while (!reader.isEnd()) {
      reader.expect('space')
      readItem(reader, points, arithmetic)
    }
  } catch (error) {
    if (!(error instanceof Unwind)) throw error
    reader.recover('series values', '')
    reader.drain()
  }
}

function readItem(reader: TokenReader, points: SeriesPoint[], arithmetic: HistogramArithmetic): void {
  switch (reader.peek()) {
    case '_':
      reader.shift()
      return append(reader, points, reader.take('x') ? readTimes(reader) : 1, { kind: 'omitted' })
    case 'identifier':
    case 'number':
    case '+':
    case '-':
      return readFloats(reader, points)
    case '{{':
      return readHistograms(reader, points, arithmetic)
    default:
  }
}

function readFloats(reader: TokenReader, points: SeriesPoint[]): void {
  const isWord = reader.peek() === 'identifier'
  let value = isWord ? readStale(reader) : readSigned(reader)
  const next = reader.peek()
  const isProgression = next === '+' || next === '-'
  const step = isProgression ? readSigned(reader) : 0
  if (isProgression) reader.expect('x')
  else if (!reader.take('x')) return append(reader, points, 1, { kind: 'float', value })
  // The point before the first step comes on top.
  const count = readTimes(reader) + 1
  if (!hasRoom(reader, points, count)) return
  for (let i = 0; i < count; i++) {
    points.push({ kind: 'float', value })
    if (!isWord) value += step
  }
}

function readStale(reader: TokenReader): number {
  if (reader.word !== 'stale') reader.unexpected('series values', 'number or "stale"')
  reader.shift()
  return STALE_NAN
}

/** A number, perhaps with a sign. */
export function readSigned(reader: TokenReader): number {
  const sign = reader.peek()
  if (sign === '+' || sign === '-') reader.shift()
  while (reader.peek() !== 'number') reader.reject()
  const { value, error } = readNumber(reader.word)
  if (error !== undefined) reader.problem(reader.span, error)
  reader.shift()
  return sign === '-' ? -value : value
}

function readHistograms(reader: TokenReader, points: SeriesPoint[], arithmetic: HistogramArithmetic): void {
  const first = readHistogram(reader)
  const next = reader.peek()
  if (next === 'x') {
    reader.shift()
    return append(reader, points, readTimes(reader) + 1, first)
  }
  if (next !== '+' && next !== '-') return append(reader, points, 1, first)
  reader.shift()
  while (reader.peek() !== '{{') reader.reject()
  const step = readHistogram(reader)
  reader.expect('x')
  const count = readTimes(reader)
  if (!hasRoom(reader, points, count + 1)) return
  const combine = next === '+' ? arithmetic.add : arithmetic.sub
  for (const point of combineRepeatedly(reader, { first, step, count, combine })) points.push(point)
}

/** The number behind `x`. */
function readTimes(reader: TokenReader): number {
  while (reader.peek() !== 'number') reader.reject()
  const { word, span } = reader
  reader.shift()
  const isWhole = /^[0-9]+$/.test(word)
  if (isWhole && Number(word) < 2 ** 64) return Number(word)
  const reason = isWhole ? 'value out of range' : 'invalid syntax'
  reader.problem(span, `invalid repetition in series values: strconv.ParseUint: parsing ${quote(word)}: ${reason}`)
  return 0
}

function append(reader: TokenReader, points: SeriesPoint[], count: number, point: SeriesPoint): void {
  if (hasRoom(reader, points, count)) for (let i = 0; i < count; i++) points.push(point)
}

/** Told before the first of them is made: a few letters must not fill the memory. */
function hasRoom(reader: TokenReader, points: readonly SeriesPoint[], more: number): boolean {
  if (points.length + more <= MAX_POINTS) return true
  reader.problem(reader.span, `more than ${MAX_POINTS} series values`)
  return false
}
