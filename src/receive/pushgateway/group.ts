/** What was pushed: groups of metric families, by grouping labels. Values, without behaviour. */
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { MetricType } from '../../signals/metrics.ts'

export interface PushedSeries {
  /** With the name and the grouping labels. */
  readonly labels: LabelSet
  readonly value: number | NativeHistogram
}

export interface PushedFamily {
  readonly name: string
  readonly type: MetricType
  readonly help: string
  readonly unit: string
  readonly series: readonly PushedSeries[]
  /** UnixMs of the push that brought it. */
  readonly pushedAt: number
}

/**
 * The grouping labels by name, `job` among them. No label set: an empty value says that the pushed series have no such label.
 */
export type Grouping = readonly (readonly [name: string, value: string])[]

export interface Group {
  readonly tenant: TenantId
  readonly grouping: Grouping
  readonly families: ReadonlyMap<string, PushedFamily>
  /** UnixMs of the first push. */
  readonly createdAt: number
  /** UnixMs of the last push that was taken, 0 = none. */
  readonly pushedAt: number
  /** UnixMs of the last push that was refused, 0 = none. */
  readonly failedAt: number
}

export const PUSH_TIME = 'push_time_seconds'
export const PUSH_FAILURE_TIME = 'push_failure_time_seconds'
const OWN: readonly (readonly [name: string, help: string, at: 'pushedAt' | 'failedAt'])[] = [
  [PUSH_TIME, 'Last Unix time when changing this group in the Pushgateway succeeded.', 'pushedAt'],
  [PUSH_FAILURE_TIME, 'Last Unix time when changing this group in the Pushgateway failed.', 'failedAt'],
]

export function groupKey(tenant: TenantId, grouping: Grouping): string {
  return [tenant, ...grouping.flat()].join('\u0000')
}

/** All families of a group, with the two that tell of its pushes. */
export function allFamilies(group: Group): readonly PushedFamily[] {
  const own = OWN.map(([name, help, at]): PushedFamily => {
    const series = [{ labels: LabelSet.from([...group.grouping, [METRIC_NAME, name]]), value: group[at] / 1000 }]
    return { name, type: 'gauge', help, unit: '', series, pushedAt: group.pushedAt }
  })
  return [...group.families.values(), ...own]
}

export function seriesOf(group: Group): readonly PushedSeries[] {
  return allFamilies(group).flatMap((family) => family.series)
}

/** Series of `before` that `after` no longer has. */
export function goneSeries(before: Group | undefined, after: Group | undefined): readonly PushedSeries[] {
  if (before === undefined) return []
  const kept = new Set(after === undefined ? [] : seriesOf(after).map(({ labels }) => labels.key()))
  return seriesOf(before).filter(({ labels }) => !kept.has(labels.key()))
}
