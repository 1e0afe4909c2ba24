import type { LintSample } from './openmetrics-lint.ts'

/** What the samples of one histogram at one time come to. */
interface Totals {
  bound: number | undefined
  value: number
  count: number | undefined
  sum: boolean
  gaugeSum: boolean
  negativeGaugeSum: boolean
  negativeBuckets: boolean
}

/** What is wrong with the histograms of one family, sample by sample: order of buckets, +Inf, counts and sums that fit. */
export function checkHistograms(samples: readonly LintSample[]): string | undefined {
  let totals = none()
  let at: string | undefined
  for (const sample of samples) {
    const here = `${sample.labels.without('__name__', sample.suffix === '_bucket' ? 'le' : '').key()} ${sample.seconds}`
    if (at !== undefined && here !== at) {
      const problem = problemOf(totals)
      if (problem !== undefined) return problem
      totals = none()
    }
    at = here
    const problem = add(totals, sample)
    if (problem !== undefined) return problem
  }
  return at === undefined ? undefined : problemOf(totals)
}

function none(): Totals {
  return {
    bound: undefined,
    value: 0,
    count: undefined,
    sum: false,
    gaugeSum: false,
    negativeGaugeSum: false,
    negativeBuckets: false,
  }
}

function add(totals: Totals, { suffix, labels, value }: LintSample): string | undefined {
  if (suffix === '_count' || suffix === '_gcount') totals.count = value
  else if (suffix === '_sum') totals.sum = true
  else if (suffix === '_gsum') {
    totals.gaugeSum = true
    totals.negativeGaugeSum = value < 0
  } else if (suffix === '_bucket') {
    const le = labels.get('le') ?? ''
    const bound = le === '+Inf' ? Infinity : Number(le)
    if (totals.bound !== undefined && bound <= totals.bound) return 'buckets are out of order'
    if (value < totals.value) return 'bucket values are out of order'
    totals.negativeBuckets ||= bound < 0
    totals.bound = bound
    totals.value = value
  }
  return undefined
}

function problemOf(totals: Totals): string | undefined {
  const { count } = totals
  if (totals.bound !== Infinity) return 'no bucket for le="+Inf"'
  if (count !== undefined && totals.value !== count) return 'the count is not that of the bucket for le="+Inf"'
  if (totals.sum && count === undefined) return '"_sum" without "_count"'
  if (totals.gaugeSum && count === undefined) return '"_gsum" without "_gcount"'
  if (!totals.sum && !totals.gaugeSum && count !== undefined) return 'count without sum'
  if (totals.negativeBuckets && totals.sum) return '"_sum" with negative buckets'
  return totals.negativeGaugeSum && !totals.negativeBuckets ? 'negative "_gsum" without negative buckets' : undefined
}
