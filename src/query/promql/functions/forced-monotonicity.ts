/** The info about classic histograms whose counts fell with their bounds: one for all of them that are of one metric. */
import type { Annotations } from '../eval/annotations.ts'
import type { Span } from '../syntax/ast.ts'
import type { MonotonicityFix } from './classic-quantile.ts'
import { forMetric } from './histogram-rows.ts'
import { formatGoFloat } from '../../../core/go-number.ts'

const TEXT =
  'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)'

interface Cases {
  /** UnixMs. */
  readonly minTime: number
  readonly maxTime: number
  readonly minBucket: number
  readonly maxBucket: number
  readonly maxDiff: number
  readonly count: number
}

/** Gathers the cases of one call. */
export class ForcedMonotonicity {
  readonly #cases = new Map<string, Cases>()

  add(metric: string, time: number, { minBucket, maxBucket, maxDiff }: MonotonicityFix): void {
    const one = { minTime: time, maxTime: time, minBucket, maxBucket, maxDiff, count: 1 }
    const before = this.#cases.get(metric)
    this.#cases.set(metric, before === undefined ? one : joined(before, one))
  }

  /** Those of other calls of the query, of the same metric, are told together with these. */
  tell(annotations: Annotations, span: Span): void {
    for (const [metric, cases] of this.#cases) {
      const text = TEXT + forMetric(metric)
      annotations.joinedInfo(text, cases, span, { join: joined, text: (all) => text + detailsOf(all) })
    }
  }
}

function joined(a: Cases, b: Cases): Cases {
  return {
    minTime: Math.min(a.minTime, b.minTime),
    maxTime: Math.max(a.maxTime, b.maxTime),
    minBucket: Math.min(a.minBucket, b.minBucket),
    maxBucket: Math.max(a.maxBucket, b.maxBucket),
    maxDiff: Math.max(a.maxDiff, b.maxDiff),
    count: a.count + b.count,
  }
}

function detailsOf({ minTime, maxTime, minBucket, maxBucket, maxDiff, count }: Cases): string {
  const buckets = `from buckets ${formatGoFloat(minBucket)} to ${formatGoFloat(maxBucket)}`
  const times = `over ${count} samples from ${rfc3339(minTime)} to ${rfc3339(maxTime)}`
  return `, ${buckets}, with a max diff of ${twoDigits(maxDiff)}, ${times}`
}

function rfc3339(ms: number): string {
  return new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

/** As Go's `%.2g`. */
function twoDigits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatGoFloat(value)
  const rounded = Number(value.toPrecision(2))
  const exponent = Number(rounded.toExponential().split('e')[1])
  if (exponent >= -4 && exponent < 2) return String(rounded)
  const digits = rounded.toExponential().split('e')[0] ?? ''
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
