/** Native histograms of remote write; both versions number the fields alike. */
import { isStale } from '../../model/stale.ts'
import { CUSTOM_BUCKETS_SCHEMA } from '../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import { ProtoReader } from '../protobuf.ts'

export interface HistogramRow {
  readonly histogram: NativeHistogram
  /** UnixMs. */
  readonly timestamp: number
  /** UnixMs, 0 = unknown. */
  readonly startTimestamp: number
}

const HINTS = ['unknown', 'reset', 'not_reset', 'gauge'] as const
const MIN_SCHEMA = -4
const MAX_SCHEMA = 8
/** Finer schemas are reserved: they are understood, and brought down to the finest that is kept. */
const MAX_RESERVED_SCHEMA = 52

interface RawSide {
  readonly offsets: number[]
  readonly lengths: number[]
  readonly deltas: number[]
  readonly counts: number[]
}

interface RawHistogram {
  count: number
  integer: boolean
  sum: number
  schema: number
  zeroThreshold: number
  zeroCount: number
  hint: number
  timestamp: number
  startTimestamp: number
  readonly negative: RawSide
  readonly positive: RawSide
  readonly customValues: number[]
}

/**
 * Reads one Histogram message in `[start, end)`. A text instead of a row says what is wrong with it, by the rules of
 * Histogram.Validate and FloatHistogram.Validate (prometheus/model/histogram). Throws `codec.protobuf_malformed`.
 */
export function readHistogram(bytes: Uint8Array, start: number, end: number): HistogramRow | string {
  const raw = readRaw(new ProtoReader(bytes, start, end))
  const { timestamp, startTimestamp } = raw
  if (isStale(raw.sum)) return { histogram: staleHistogram(raw), timestamp, startTimestamp }
  const problem = problemOf(raw)
  if (problem !== undefined) return problem
  const histogram: NativeHistogram = {
    schema: raw.schema,
    zeroThreshold: raw.zeroThreshold,
    zeroCount: raw.zeroCount,
    count: raw.count,
    sum: raw.sum,
    stale: false,
    integer: raw.integer,
    positive: spansOf(raw, raw.positive),
    negative: spansOf(raw, raw.negative),
    customValues: raw.customValues,
    resetHint: HINTS[raw.hint] ?? 'unknown',
  }
  const problemOfSum = problemOfCounts(histogram)
  return problemOfSum ?? { histogram: coarsened(histogram), timestamp, startTimestamp }
}

function readRaw(reader: ProtoReader): RawHistogram {
  const side = (): RawSide => ({ offsets: [], lengths: [], deltas: [], counts: [] })
  const raw: RawHistogram = {
    count: 0,
    integer: true,
    sum: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    hint: 0,
    timestamp: 0,
    startTimestamp: 0,
    negative: side(),
    positive: side(),
    customValues: [],
  }
  while (reader.next()) (FIELDS[reader.field] ?? skipField)(reader, raw)
  return raw
}

type FieldReader = (reader: ProtoReader, raw: RawHistogram) => void

const skipField: FieldReader = (reader) => reader.skip()

const FIELDS: readonly (FieldReader | undefined)[] = [
  undefined,
  (reader, raw) => {
    raw.count = reader.uint64()
    raw.integer = true
  },
  (reader, raw) => {
    raw.count = reader.double()
    raw.integer = false
  },
  (reader, raw) => void (raw.sum = reader.double()),
  (reader, raw) => void (raw.schema = reader.sint32()),
  (reader, raw) => void (raw.zeroThreshold = reader.double()),
  (reader, raw) => void (raw.zeroCount = reader.uint64()),
  (reader, raw) => void (raw.zeroCount = reader.double()),
  (reader, raw) => readSpan(reader, raw.negative),
  (reader, raw) => reader.sint64s(raw.negative.deltas),
  (reader, raw) => reader.doubles(raw.negative.counts),
  (reader, raw) => readSpan(reader, raw.positive),
  (reader, raw) => reader.sint64s(raw.positive.deltas),
  (reader, raw) => reader.doubles(raw.positive.counts),
  (reader, raw) => void (raw.hint = reader.int32()),
  (reader, raw) => void (raw.timestamp = reader.int64()),
  (reader, raw) => reader.doubles(raw.customValues),
  (reader, raw) => void (raw.startTimestamp = reader.int64()),
]

function readSpan(reader: ProtoReader, side: RawSide): void {
  const outer = reader.enter()
  let offset = 0
  let length = 0
  while (reader.next()) {
    if (reader.field === 1) offset = reader.sint32()
    else if (reader.field === 2) length = reader.uint32()
    else reader.skip()
  }
  reader.leave(outer)
  side.offsets.push(offset)
  side.lengths.push(length)
}

function staleHistogram(raw: RawHistogram): NativeHistogram {
  const none: BucketSpans = { offsets: [], lengths: [], counts: [] }
  return {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: raw.sum,
    stale: true,
    integer: raw.integer,
    positive: none,
    negative: none,
    customValues: [],
    resetHint: 'unknown',
  }
}

/** What is wrong with the shape: schema, spans, custom bounds. */
function problemOf(raw: RawHistogram): string | undefined {
  const custom = raw.schema === CUSTOM_BUCKETS_SCHEMA
  if (!custom && (raw.schema < MIN_SCHEMA || raw.schema > MAX_RESERVED_SCHEMA))
    return `unknown histogram schema ${raw.schema}`
  const problem = problemOfSpans('positive', raw, raw.positive) ?? problemOfSpans('negative', raw, raw.negative)
  if (problem !== undefined) return problem
  return custom ? problemOfCustom(raw) : raw.customValues.length > 0 ? 'custom bounds need schema -53' : undefined
}

function problemOfSpans(name: string, raw: RawHistogram, side: RawSide): string | undefined {
  const buckets = (raw.integer ? side.deltas : side.counts).length
  let total = 0
  for (const [i, length] of side.lengths.entries()) {
    if (i > 0 && (side.offsets[i] as number) < 0) return `${name} span ${i} has a negative offset`
    total += length
  }
  return total === buckets ? undefined : `${name} spans ask for ${total} buckets, there are ${buckets}`
}

function problemOfCustom(raw: RawHistogram): string | undefined {
  const { customValues: bounds, positive, negative } = raw
  for (let i = 0; i < bounds.length; i++) {
    if (Number.isNaN(bounds[i])) return 'a custom bound is NaN'
    if (i > 0 && (bounds[i] as number) <= (bounds[i - 1] as number)) return 'custom bounds are not in increasing order'
  }
  if (bounds.at(-1) === Infinity) return 'the last custom bound is +Inf, which is implied'
  if (raw.zeroCount !== 0 || raw.zeroThreshold !== 0) return 'custom buckets allow no zero bucket'
  if (negative.lengths.length > 0) return 'custom buckets allow no negative buckets'
  const last = positive.lengths.reduce((end, length, i) => end + (positive.offsets[i] as number) + length, 0)
  if ((positive.offsets[0] ?? 0) < 0) return 'custom buckets begin at 0'
  return last > bounds.length + 1 ? `custom buckets reach ${last}, there are ${bounds.length} bounds` : undefined
}

function spansOf(raw: RawHistogram, side: RawSide): BucketSpans {
  const { offsets, lengths } = side
  if (!raw.integer) return { offsets, lengths, counts: side.counts }
  let count = 0
  return { offsets, lengths, counts: side.deltas.map((delta) => (count += delta)) }
}

function problemOfCounts(histogram: NativeHistogram): string | undefined {
  const { count, zeroCount, positive, negative, integer, sum } = histogram
  let total = zeroCount
  for (const bucket of [...positive.counts, ...negative.counts]) {
    if (bucket < 0) return `a bucket has the negative count ${bucket}`
    total += bucket
  }
  if (count < 0) return `the count ${count} is negative`
  if (zeroCount < 0) return `the zero bucket has the negative count ${zeroCount}`
  // Floats don't add up exactly, so only integers are held to their sum.
  if (!integer) return undefined
  if (Number.isNaN(sum))
    return total > count ? `${total} observations in buckets, but the count is ${count}` : undefined
  return total === count ? undefined : `${total} observations in buckets, but the count is ${count}`
}

/** Follows reduceResolution, prometheus/model/histogram/generic.go@v3: each step halves the number of buckets to a power of two. */
function coarsened(histogram: NativeHistogram): NativeHistogram {
  const { schema } = histogram
  if (schema <= MAX_SCHEMA) return histogram
  const merge = (spans: BucketSpans): BucketSpans => mergeBuckets(spans, schema - MAX_SCHEMA)
  return { ...histogram, schema: MAX_SCHEMA, positive: merge(histogram.positive), negative: merge(histogram.negative) }
}

function mergeBuckets({ offsets, lengths, counts }: BucketSpans, steps: number): BucketSpans {
  const merged = { offsets: [] as number[], lengths: [] as number[], counts: [] as number[] }
  let index = 0
  let last: number | undefined
  let at = 0
  for (const [span, length] of lengths.entries()) {
    index += offsets[span] as number
    for (let i = 0; i < length; i++, index++) {
      // Bucket i reaches up to base^i: 2^steps of them make one, which is named by its upper end.
      const target = Math.ceil(index / 2 ** steps) + 0 // never -0
      const count = counts[at++] as number
      if (target === last) merged.counts[merged.counts.length - 1] = (merged.counts.at(-1) ?? 0) + count
      else {
        if (last !== undefined && target === last + 1)
          merged.lengths[merged.lengths.length - 1] = (merged.lengths.at(-1) ?? 0) + 1
        else {
          merged.offsets.push(last === undefined ? target : target - last - 1)
          merged.lengths.push(1)
        }
        merged.counts.push(count)
        last = target
      }
    }
  }
  return merged
}
