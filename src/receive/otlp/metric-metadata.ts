import type { NamedType } from '../../codec/otlp/metric-name.ts'
import type { MetricView } from '../../codec/otlp/metrics-views.ts'
import { unitName } from '../../codec/otlp/unit-name.ts'
import type { MetadataRow, MetricType } from '../../signals/metrics.ts'
import type { KnownMetric, KnownSeries } from './series-cache.ts'
import type { Translation } from './translation.ts'

/** Name and metadata of a metric, or why it can't be taken. `convertDelta`: delta temporality is turned into cumulative. */
export function describeMetric(metric: MetricView, translation: Translation, convertDelta: boolean): KnownMetric {
  const { name, description, unit } = metric.read()
  const built = translation.metricName(name, unit, namedType(metric))
  const metadata: MetadataRow = {
    metric: typeof built === 'string' ? built : '',
    type: metricType(metric),
    help: description,
    unit: unitName(unit),
  }
  const known = { metadata, metadataAt: undefined, series: new Map<string, KnownSeries>(), order: [], cursor: 0 }
  if (!hasUsableTemporality(metric, convertDelta)) {
    const message = `invalid temporality and type combination for metric ${JSON.stringify(name)}`
    return { ...known, problem: { reason: 'temporality', message } }
  }
  if (typeof built !== 'string') return { ...known, problem: { reason: 'unnamable', message: built.message } }
  return { ...known, problem: undefined }
}

function hasUsableTemporality({ kind, temporality }: MetricView, convertDelta: boolean): boolean {
  if (kind === 'gauge' || kind === 'summary') return true
  return temporality === 'cumulative' || (temporality === 'delta' && convertDelta)
}

function namedType({ kind, monotonic }: MetricView): NamedType {
  if (kind === 'gauge') return 'gauge'
  return kind === 'sum' && monotonic ? 'monotonic' : 'other'
}

function metricType({ kind, monotonic }: MetricView): MetricType {
  switch (kind) {
    case 'gauge':
      return 'gauge'
    case 'sum':
      return monotonic ? 'counter' : 'gauge'
    case 'summary':
      return 'summary'
    case 'histogram':
    case 'exponential':
      return 'histogram'
    default:
      return kind satisfies never
  }
}
