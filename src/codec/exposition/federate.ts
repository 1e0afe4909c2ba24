import { Buffer } from 'node:buffer'
import { CUSTOM_BUCKETS_SCHEMA } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import { compareUtf8 } from '../../core/utf8.ts'
import type { Family, FamilyMetric } from './family.ts'
import { finishOpenMetrics, writeOpenMetrics, writeText } from './write-text.ts'
import type { Negotiated } from './negotiate.ts'
import { writeProtobuf } from './write-protobuf.ts'

/** The newest sample of a series, staleness markers left out. */
export interface FederatedSample {
  readonly labels: LabelSet
  /** UnixMs. */
  readonly timestamp: number
  readonly value: number | NativeHistogram
}

/**
 * The families of a `/federate` answer: by name, untyped (histograms as such), each series with the external labels that it does
 * not have itself, and `instance=""` when it has none. Series without a name are left out, and native histograms where the format
 * can't hold them. Series of one name keep their order. Follows federation, prometheus/web/federate.go@v3.
 */
export function federatedFamilies(
  samples: readonly FederatedSample[],
  externalLabels: Readonly<Record<string, string>>,
  format: Negotiated['format'],
): Family[] {
  const external = Object.entries({ instance: '', ...externalLabels }).sort(([a], [b]) => compareUtf8(a, b))
  const families: (Family & { metrics: FamilyMetric[] })[] = []
  const sorted = samples
    .filter(({ labels, value }) => labels.name !== '' && holds(format, value))
    .sort((a, b) => compareUtf8(a.labels.name, b.labels.name))
  for (const sample of sorted) {
    const { name } = sample.labels
    const type = typeOf(sample.value)
    const last = families.at(-1)
    const family = last?.name === name && last.type === type ? last : { name, type, metrics: [] }
    if (family !== last) families.push(family)
    family.metrics.push(metricOf(sample, external))
  }
  return families
}

/** A whole page in the negotiated format. */
export function writePage(families: readonly Family[], { format, escaping }: Negotiated): Buffer {
  if (format === 'protobuf') return Buffer.concat(families.map((family) => writeProtobuf(family, escaping)))
  if (format === 'text') return Buffer.from(families.map((family) => writeText(family, escaping)).join(''))
  const page = families.map((family) => writeOpenMetrics(family, escaping)).join('')
  return Buffer.from(page + finishOpenMetrics())
}

function holds(format: Negotiated['format'], value: number | NativeHistogram): boolean {
  return typeof value === 'number' || value.schema === CUSTOM_BUCKETS_SCHEMA || format === 'protobuf'
}

function typeOf(value: number | NativeHistogram): Family['type'] {
  if (typeof value === 'number') return 'unknown'
  return value.resetHint === 'gauge' ? 'gaugehistogram' : 'histogram'
}

function metricOf(
  { labels, timestamp, value }: FederatedSample,
  external: readonly (readonly [string, string])[],
): FamilyMetric {
  const own = [...labels.entries()].filter(([name]) => name !== METRIC_NAME)
  const added = external.filter(([name]) => !labels.has(name))
  return {
    labels: [...own, ...added],
    timestamp,
    value: typeof value === 'number' ? { kind: 'number', value } : { kind: 'native', histogram: value },
  }
}
