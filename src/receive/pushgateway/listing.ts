/** The groups as `GET /api/v1/metrics` shows them. Follows api/v1/api.go of prometheus/pushgateway. */
import { formatGoFloat } from '../../core/go-number.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import { allFamilies } from './group.ts'
import type { Group, PushedFamily, PushedSeries } from './group.ts'

interface ListedMetric {
  readonly labels: Readonly<Record<string, string>>
  value?: string
  count?: string
  sum?: string
  buckets?: Record<string, string>
  quantiles?: Record<string, string>
}

export function describeGroup(group: Group): Readonly<Record<string, unknown>> {
  const families = allFamilies(group).map((family) => [family.name, describeFamily(family)])
  return {
    labels: Object.fromEntries(group.grouping),
    last_push_successful: group.pushedAt >= group.failedAt,
    ...Object.fromEntries(families),
  }
}

function describeFamily(family: PushedFamily): object {
  const metrics = new Map<string, ListedMetric>()
  for (const one of family.series) {
    const labels = one.labels.without(METRIC_NAME, ...(PARTS[family.type] === undefined ? [] : ['le', 'quantile']))
    let metric = metrics.get(labels.key())
    if (metric === undefined) metrics.set(labels.key(), (metric = { labels: labels.toRecord() }))
    place(family, one, metric)
  }
  return {
    time_stamp: new Date(family.pushedAt).toISOString(),
    type: family.type === 'unknown' ? 'UNTYPED' : family.type.toUpperCase(),
    help: family.help,
    metrics: [...metrics.values()],
  }
}

const PARTS: Partial<Record<PushedFamily['type'], { readonly label: string; readonly key: 'buckets' | 'quantiles' }>> =
  {
    histogram: { label: 'le', key: 'buckets' },
    gaugehistogram: { label: 'le', key: 'buckets' },
    summary: { label: 'quantile', key: 'quantiles' },
  }

function place(family: PushedFamily, { labels, value }: PushedSeries, metric: ListedMetric): void {
  if (typeof value !== 'number') {
    metric.count = formatGoFloat(value.count)
    metric.sum = formatGoFloat(value.sum)
    return
  }
  const text = formatGoFloat(value)
  const part = PARTS[family.type]
  const bound = part === undefined ? undefined : labels.get(part.label)
  if (part === undefined) metric.value = text
  else if (bound !== undefined) (metric[part.key] ??= {})[bound] = text
  else if (labels.name.endsWith('sum')) metric.sum = text
  else metric.count = text
}
