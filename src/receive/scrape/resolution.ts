/** Makes native histograms coarser. Follows ReduceResolution, prometheus/model/histogram. */
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'

const MIN_SCHEMA = -4
const MAX_SCHEMA = 8

/** The histogram with at most `limit` buckets, at a coarser schema where needed; undefined when that can't be had. 0 = no limit. */
export function withinBuckets(histogram: NativeHistogram, limit: number): NativeHistogram | undefined {
  let h = histogram
  if (limit === 0) return h
  while (h.positive.counts.length + h.negative.counts.length > limit) {
    if (h.schema <= MIN_SCHEMA || h.schema > MAX_SCHEMA) return undefined // custom buckets have no coarser schema
    h = atSchema(h, h.schema - 1)
  }
  return h
}

/** The histogram at `schema` or coarser; one with custom buckets as it is. */
export function atMostSchema(histogram: NativeHistogram, schema: number): NativeHistogram {
  return histogram.schema > schema && histogram.schema >= MIN_SCHEMA ? atSchema(histogram, schema) : histogram
}

/** The finest schema whose buckets grow by at least `factor`. Follows pickSchema, prometheus/scrape/scrape.go. */
export function schemaOfFactor(factor: number): number {
  if (factor <= 1) return MAX_SCHEMA
  const schema = -Math.ceil(Math.log2(Math.log2(factor))) || 0 // and never -0
  return Math.min(MAX_SCHEMA, Math.max(MIN_SCHEMA, schema))
}

function atSchema(h: NativeHistogram, schema: number): NativeHistogram {
  const steps = h.schema - schema
  return { ...h, schema, positive: merged(h.positive, steps), negative: merged(h.negative, steps) }
}

/** Each step merges the buckets 2i-1 and 2i into i. */
function merged(spans: BucketSpans, steps: number): BucketSpans {
  const counts = new Map<number, number>()
  let bucket = 0
  let at = 0
  for (const [i, offset] of spans.offsets.entries()) {
    bucket += offset
    for (let k = 0; k < (spans.lengths[i] ?? 0); k++, bucket++) {
      const target = ((bucket - 1) >> steps) + 1
      counts.set(target, (counts.get(target) ?? 0) + (spans.counts[at++] ?? 0))
    }
  }
  return spansOf(counts)
}

// Buckets come in rising order, and so do those they merge into.
function spansOf(counts: ReadonlyMap<number, number>): BucketSpans {
  const offsets: number[] = []
  const lengths: number[] = []
  let next = 0
  for (const bucket of counts.keys()) {
    const last = lengths.length - 1
    if (last >= 0 && bucket === next) lengths[last] = (lengths[last] ?? 0) + 1
    else {
      offsets.push(bucket - next)
      lengths.push(1)
    }
    next = bucket + 1
  }
  return { offsets, lengths, counts: [...counts.values()] }
}
