import type { MetadataByMetric } from './prometheus.ts'

const NO_METADATA = { type: '', help: '', unit: '' } as const

/** What is known of a metric; that of its family for the series of histograms, summaries and counters. */
export function metadataOf(
  all: MetadataByMetric | undefined,
  metric: string,
): typeof NO_METADATA | MetadataByMetric[string][number] {
  const family = metric.replace(/_(bucket|count|sum|total|info|created)$/, '')
  return all?.[metric]?.[0] ?? all?.[family]?.[0] ?? NO_METADATA
}
