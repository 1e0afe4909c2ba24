/** The info about classic histograms whose counts fell with their bounds: one for all of them that are of one metric. */
import type { Annotations } from '../eval/annotations.ts'
import type { Span } from '../syntax/ast.ts'
import type { MonotonicityFix } from './classic-quantile.ts'
import { forMetric } from './histogram-rows.ts'
import { shortNumber } from './short-number.ts'

const TEXT =
  'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)'

interface Case {
  minTime: number
  maxTime: number
  minBucket: number
  maxBucket: number
  maxDiff: number
  count: number
}

export class ForcedMonotonicity {
  readonly #cases = new Map<string, Case>()

  add(metric: string, time: number, { minBucket, maxBucket, maxDiff }: MonotonicityFix): void {
    const known = this.#cases.get(metric)
    if (known === undefined) {
      this.#cases.set(metric, { minTime: time, maxTime: time, minBucket, maxBucket, maxDiff, count: 1 })
      return
    }
    known.minTime = Math.min(known.minTime, time)
    known.maxTime = Math.max(known.maxTime, time)
    known.minBucket = Math.min(known.minBucket, minBucket)
    known.maxBucket = Math.max(known.maxBucket, maxBucket)
    known.maxDiff = Math.max(known.maxDiff, maxDiff)
    known.count += 1
  }

  tell(annotations: Annotations, span: Span): void {
    for (const [metric, one] of this.#cases) {
      const text = TEXT + forMetric(metric)
      annotations.mergedInfo(text, text + detailsOf(one), span)
    }
  }
}

function detailsOf({ minTime, maxTime, minBucket, maxBucket, maxDiff, count }: Case): string {
  const buckets = `from buckets ${shortNumber(minBucket)} to ${shortNumber(maxBucket)}`
  const times = `over ${count} samples from ${rfc3339(minTime)} to ${rfc3339(maxTime)}`
  return `, ${buckets}, with a max diff of ${twoDigits(maxDiff)}, ${times}`
}

function rfc3339(ms: number): string {
  return new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

/** As Go's `%.2g`. */
function twoDigits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return shortNumber(value)
  const rounded = Number(value.toPrecision(2))
  const exponent = Number(rounded.toExponential().split('e')[1])
  if (exponent >= -4 && exponent < 2) return String(rounded)
  const digits = rounded.toExponential().split('e')[0] ?? ''
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
