/** Native histograms in series descriptions: `{{schema:1 sum:3 count:4 buckets:[1 2 1]}}`. Follows buildHistogramFromMap, parse.go@v3.14. */
import { Bug, messageOf } from '../../../core/errors.ts'
import { NO_SPANS } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { readNumber } from './literal.ts'
import { histogramKeyOf, isResetHint } from './series-lexer.ts'
import { Abort, Unwind } from './token-reader.ts'
import type { TokenReader } from './token-reader.ts'
import type { TokenKind } from './token.ts'

/** Sum and difference of histograms; what they throw becomes the description's error. */
export interface HistogramArithmetic {
  readonly add: (left: NativeHistogram, right: NativeHistogram) => NativeHistogram
  readonly sub: (left: NativeHistogram, right: NativeHistogram) => NativeHistogram
}

export interface HistogramPoint {
  readonly kind: 'histogram'
  readonly value: NativeHistogram
  /** True when `counter_reset_hint` was written: tests then compare it. */
  readonly hasResetHint: boolean
}

interface Described {
  readonly numbers: Map<string, number>
  readonly lists: Map<string, readonly number[]>
  resetHint: NativeHistogram['resetHint'] | undefined
}

const LISTS: ReadonlySet<string> = new Set(['buckets', 'n_buckets', 'custom_values'])
const WHOLE: ReadonlySet<string> = new Set(['schema', 'offset', 'n_offset'])

/** Reads a histogram from `{{` to `}}`. */
export function readHistogram(reader: TokenReader): HistogramPoint {
  reader.shift()
  const described: Described = { numbers: new Map(), lists: new Map(), resetHint: undefined }
  if (reader.take('space')) reader.expect('}}')
  else if (!reader.take('}}')) readEntries(reader, described)
  return { kind: 'histogram', value: build(described), hasResetHint: described.resetHint !== undefined }
}

function readEntries(reader: TokenReader, described: Described): void {
  readEntry(reader, described)
  try {
    while (!reader.take('}}')) {
      reader.expect('space')
      if (reader.take('}}')) return
      readEntry(reader, described)
    }
  } catch (error) {
    if (!(error instanceof Unwind)) throw error
    reader.unexpected('histogram description', 'histogram description key, e.g. buckets:[5 10 7]')
    // Only the first error of a description shows.
    throw new Abort()
  }
}

function readEntry(reader: TokenReader, described: Described): void {
  let key = histogramKeyOf(reader.peek())
  for (; key === undefined; key = histogramKeyOf(reader.peek())) reader.reject()
  reader.shift()
  reader.expect(':')
  const { numbers, lists } = described
  if (numbers.has(key) || lists.has(key) || (key === 'counter_reset_hint' && described.resetHint !== undefined)) {
    reader.problem({ start: 0, end: 0 }, `duplicate key "${key}" in histogram`)
  }
  if (LISTS.has(key)) lists.set(key, readList(reader))
  else if (WHOLE.has(key)) numbers.set(key, readInteger(reader))
  else if (key === 'counter_reset_hint') described.resetHint = readResetHint(reader)
  else numbers.set(key, readValue(reader, key !== 'z_bucket_w'))
}

function readResetHint(reader: TokenReader): NativeHistogram['resetHint'] {
  while (!isResetHint(reader.peek())) reader.reject()
  const { word } = reader
  reader.shift()
  return word.toLowerCase() as NativeHistogram['resetHint']
}

function readValue(reader: TokenReader, isSigned: boolean): number {
  const isNegative = isSigned && reader.take('-')
  while (reader.peek() !== 'number') reader.reject()
  const { value, error } = readNumber(reader.word)
  if (error !== undefined) reader.problem(reader.span, error)
  reader.shift()
  return isNegative ? -value : value
}

function readInteger(reader: TokenReader): number {
  const isNegative = reader.take('-')
  while (reader.peek() !== 'number') reader.reject()
  const { word, span } = reader
  reader.shift()
  if (!/^[0-9]+$/.test(word)) {
    reader.problem(span, `invalid repetition in series values: strconv.ParseUint: parsing "${word}": invalid syntax`)
  }
  // As in Prometheus, what is no int32 loses its upper bits.
  return (isNegative ? -Number(word) : Number(word)) | 0
}

/** Numbers in brackets. As in Prometheus, what can't stand behind a number is passed over without a word. */
function readList(reader: TokenReader): readonly number[] {
  reader.expect('[')
  const values = [readValue(reader, true)]
  for (;;) {
    const kind: TokenKind = reader.peek()
    if (kind === ']') {
      reader.shift()
      return values
    }
    if (reader.isEnd()) reader.reject()
    reader.shift()
    if (kind === 'space' && reader.peek() !== ']') values.push(readValue(reader, true))
  }
}

function build({ numbers, lists, resetHint = 'unknown' }: Described): NativeHistogram {
  const number = (key: string): number => numbers.get(key) ?? 0
  return {
    schema: number('schema'),
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    count: number('count'),
    sum: number('sum'),
    stale: false,
    integer: false,
    positive: spansOf(lists.get('buckets'), number('offset')),
    negative: spansOf(lists.get('n_buckets'), number('n_offset')),
    customValues: lists.get('custom_values') ?? [],
    resetHint,
  }
}

function spansOf(counts: readonly number[] | undefined, offset: number): BucketSpans {
  return counts === undefined ? NO_SPANS : { offsets: [offset], lengths: [counts.length], counts }
}

interface Progression {
  readonly first: HistogramPoint
  readonly step: HistogramPoint
  readonly count: number
  readonly combine: HistogramArithmetic['add']
}

/** The first histogram and so many more, each the one before it combined with `step`. */
export function combineRepeatedly(
  reader: TokenReader,
  { first, step, count, combine }: Progression,
): readonly HistogramPoint[] {
  const { hasResetHint } = step
  const points: HistogramPoint[] = [{ ...first, hasResetHint }]
  let current = first.value
  try {
    for (let i = 0; i < count; i++) {
      if (current.schema > step.value.schema) {
        throw new Error(
          `error combining histograms: cannot merge from schema ${step.value.schema} to ${current.schema}`,
        )
      }
      current = combine(current, step.value)
      points.push({ kind: 'histogram', value: current, hasResetHint })
    }
  } catch (error) {
    if (error instanceof Bug) throw error
    reader.problem(reader.span, messageOf(error))
  }
  return points
}
