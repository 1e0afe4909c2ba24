/**
 * Chunks of native histograms. A chunk ends where the kind, the buckets or the schema change, and at a counter reset: readers take
 * it that within a chunk there is none. Prometheus would rewrite a chunk that gets a new bucket; here a new one begins, which
 * reads the same. Follows prometheus/tsdb/chunkenc/histogram.go and float_histogram.go@v3.14.
 */
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { BitWriter } from './bit-writer.ts'
import { ENCODING, MAX_GAP, SAMPLES_PER_CHUNK } from './chunk.ts'
import type { Chunk, HistogramWriter } from './chunk.ts'
import { FloatHistogramWriter } from './float-histogram-writer.ts'
import { sameLayout } from './histogram-layout.ts'
import { IntegerHistogramWriter } from './integer-histogram-writer.ts'

/** Histograms of one series, in time order: those of `[from, to)`. */
export interface HistogramRun {
  /** UnixMs. */
  readonly times: Float64Array
  readonly values: readonly NativeHistogram[]
  readonly from: number
  readonly to: number
}

/** The first two bits of a chunk's third byte: what is known of a counter reset before it. */
const HEADER = { unknown: 0x00, notReset: 0x40, reset: 0x80, gauge: 0xc0 } as const
const HEADER_BYTES = 3

/** The chunks of a run. */
export function histogramChunks({ times, values, from, to }: HistogramRun): Chunk[] {
  const chunks: Chunk[] = []
  for (let start = from; start < to;) {
    let end = start + 1
    const last = Math.min(to, start + SAMPLES_PER_CHUNK)
    while (end < last && goesOn(values, times, end)) end++
    chunks.push(chunkOf({ times, values, from: start, to: end }, headerOf(values, start, from)))
    start = end
  }
  return chunks
}

/** Whether the histogram at `at` can be in the chunk of the one before it. */
function goesOn(values: readonly NativeHistogram[], times: Float64Array, at: number): boolean {
  const [before, after] = [values[at - 1] as NativeHistogram, values[at] as NativeHistogram]
  if ((times[at] as number) - (times[at - 1] as number) >= MAX_GAP) return false
  return sameKind(before, after) && (after.stale || (sameLayout(before, after) && !isReset(before, after)))
}

function sameKind(a: NativeHistogram, b: NativeHistogram): boolean {
  if (a.stale || b.stale) return a.stale === b.stale && a.integer === b.integer
  return isInteger(a) === isInteger(b) && (a.resetHint === 'gauge') === (b.resetHint === 'gauge')
}

/** Both have the same layout. Gauges have no resets. */
function isReset(before: NativeHistogram, after: NativeHistogram): boolean {
  if (after.resetHint === 'gauge') return false
  return (
    after.resetHint === 'reset' ||
    after.count < before.count ||
    after.zeroCount < before.zeroCount ||
    hasFallen(before.positive, after.positive) ||
    hasFallen(before.negative, after.negative)
  )
}

function hasFallen(before: BucketSpans, after: BucketSpans): boolean {
  return after.counts.some((count, i) => count < (before.counts[i] as number))
}

/** Counts up to here are exact in differences of differences; greater ones are written as floats, which is what we hold. */
const GREATEST_INTEGER = 2 ** 50

function isInteger({ integer, count, zeroCount, positive, negative }: NativeHistogram): boolean {
  const isSmall = (value: number): boolean => value <= GREATEST_INTEGER
  return (
    integer && isSmall(count) && isSmall(zeroCount) && positive.counts.every(isSmall) && negative.counts.every(isSmall)
  )
}

function headerOf(values: readonly NativeHistogram[], at: number, first: number): number {
  const histogram = values[at] as NativeHistogram
  if (histogram.stale) return HEADER.unknown
  if (histogram.resetHint === 'gauge') return HEADER.gauge
  if (histogram.resetHint === 'reset') return HEADER.reset
  const before = at > first ? values[at - 1] : undefined
  if (before === undefined || !sameKind(before, histogram) || !sameLayout(before, histogram)) return HEADER.unknown
  return isReset(before, histogram) ? HEADER.reset : HEADER.notReset
}

function chunkOf({ times, values, from, to }: HistogramRun, header: number): Chunk {
  const bits = new BitWriter(HEADER_BYTES)
  bits.setByte(0, (to - from) >> 8)
  bits.setByte(1, (to - from) & 0xff)
  bits.setByte(2, header)
  const first = values[from] as NativeHistogram
  const integer = first.stale ? first.integer : isInteger(first)
  const writer: HistogramWriter = integer ? new IntegerHistogramWriter(bits) : new FloatHistogramWriter(bits)
  for (let i = from; i < to; i++) writer.add(times[i] as number, values[i] as NativeHistogram)
  return {
    encoding: integer ? ENCODING.histogram : ENCODING.floatHistogram,
    minTime: times[from] as number,
    maxTime: times[to - 1] as number,
    data: bits.finish(),
  }
}
