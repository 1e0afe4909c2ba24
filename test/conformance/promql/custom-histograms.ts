/** Classic histograms of a script as native ones with custom buckets. Follows appendCustomHistogram, promql/promqltest/test.go@v3.14. */
import type { NativeHistogram } from '../../../src/model/histogram.ts'
import { METRIC_NAME } from '../../../src/model/labels.ts'
import type { LabelSet } from '../../../src/model/labels.ts'
import { fromClassic } from '../../../src/query/promql/histograms/from-classic.ts'
import type { ClassicBucket } from '../../../src/query/promql/histograms/from-classic.ts'
import type { LoadedSeries } from './script.ts'

/** What a classic histogram has at one time. */
interface Classic {
  readonly buckets: ClassicBucket[]
  count: number | undefined
  sum: number
}

interface Family {
  readonly labels: LabelSet
  readonly byTime: Map<number, Classic>
}

/** The series that `load_with_nhcb` adds. */
export function customHistograms(series: readonly LoadedSeries[]): LoadedSeries[] {
  const families = new Map<string, Family>()
  for (const one of series) addTo(families, one)
  return [...families.values()].map(({ labels, byTime }) => ({
    labels,
    samples: [...byTime]
      .sort(([a], [b]) => a - b)
      .map(([timestamp, classic]) => ({ timestamp, start: 0, value: customHistogram(classic) })),
  }))
}

function addTo(families: Map<string, Family>, { labels, samples }: LoadedSeries): void {
  const [, name, part] = /^(.*)_(bucket|count|sum)$/s.exec(labels.name) ?? []
  if (name === undefined) return
  const upperBound = part === 'bucket' ? boundOf(labels.get('le')) : 0
  if (Number.isNaN(upperBound)) return
  const base = labels.with({ [METRIC_NAME]: name, le: '' })
  let family = families.get(base.key())
  if (family === undefined) families.set(base.key(), (family = { labels: base, byTime: new Map() }))
  for (const { timestamp, value } of samples) {
    if (typeof value !== 'number') continue
    let classic = family.byTime.get(timestamp)
    if (classic === undefined) family.byTime.set(timestamp, (classic = { buckets: [], count: undefined, sum: 0 }))
    if (part === 'bucket') classic.buckets.push({ upperBound, count: value })
    else if (part === 'count') classic.count = value
    else classic.sum = value
  }
}

/** NaN for what is no bound. */
function boundOf(le: string | undefined): number {
  if (le === undefined || le.trim() !== le || le === '') return NaN
  return /^\+?inf$/i.test(le) ? Infinity : Number(le)
}

function customHistogram({ buckets, count, sum }: Classic): NativeHistogram {
  const converted = fromClassic(buckets, count, sum)
  if ('problem' in converted) throw new Error(converted.problem)
  return converted
}
