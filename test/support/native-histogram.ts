/** Native histograms for tests. */
import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../src/model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../src/model/histogram.ts'

/**
 * Reads the notation of Prometheus' test scripts, without its braces: `schema:1 count:3 sum:5 z_bucket:1 z_bucket_w:0.01
 * buckets:[1 1] offset:-2 n_buckets:[1] n_offset:3 custom_values:[1 2] counter_reset_hint:gauge`. Further runs of buckets are
 * written with the gap before them: `buckets:[1 1|3|2 2]`.
 */
export function histogramOf(notation: string): NativeHistogram {
  const parts = new Map(
    [...notation.matchAll(/(\w+):(\[[^\]]*\]|\S+)/g)].map(([, key = '', value = '']) => [key, value]),
  )
  const number = (key: string): number => numberOf(parts.get(key) ?? '0')
  const schema = number('schema')
  return {
    schema,
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    count: number('count'),
    sum: number('sum'),
    stale: false,
    integer: false,
    positive: spansOf(number('offset'), parts.get('buckets')),
    negative: spansOf(number('n_offset'), parts.get('n_buckets')),
    customValues: schema === CUSTOM_BUCKETS_SCHEMA ? list(parts.get('custom_values') ?? '[]') : [],
    resetHint: (parts.get('counter_reset_hint') ?? 'unknown') as NativeHistogram['resetHint'],
  }
}

function spansOf(offset: number, buckets: string | undefined): BucketSpans {
  if (buckets === undefined || buckets === '[]') return NO_SPANS
  const [first = '', ...rest] = buckets.slice(1, -1).split('|')
  const offsets = [offset]
  const runs = [list(first)]
  for (let i = 0; i + 1 < rest.length; i += 2) {
    offsets.push(Number(rest[i]))
    runs.push(list(rest[i + 1] as string))
  }
  return { offsets, lengths: runs.map((run) => run.length), counts: runs.flat() }
}

function list(text: string): number[] {
  return text.replace(/[[\]]/g, '').split(/\s+/).filter(Boolean).map(numberOf)
}

function numberOf(text: string): number {
  return /inf$/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)
}

/** How many there are in each bucket, by sign and index: what a histogram says, however its spans are cut. */
export function countsByBucket({ positive, negative }: NativeHistogram): Record<string, number> {
  return { ...countsOf('+', positive), ...countsOf('-', negative) }
}

function countsOf(sign: string, { offsets, lengths, counts }: BucketSpans): Record<string, number> {
  const byIndex: Record<string, number> = {}
  let [index, at] = [0, 0]
  for (const [span, length] of lengths.entries()) {
    index += offsets[span] as number
    for (let i = 0; i < length; i++, index++, at++)
      if (counts[at] !== 0) byIndex[`${sign}${index}`] = counts[at] as number
  }
  return byIndex
}

/** Freezes all of it, so that a write throws. */
export function frozen(h: NativeHistogram): NativeHistogram {
  for (const part of [h, h.positive, h.negative, h.customValues]) Object.freeze(part)
  for (const { offsets, lengths, counts } of [h.positive, h.negative]) [offsets, lengths, counts].forEach(Object.freeze)
  return h
}
