/** Numbers of series by metric, label and value: what the cardinality page shows, and what a refusal names. */
import { METRIC_NAME } from '../../model/labels.ts'
import type { LabelDictionary } from './dictionary.ts'
import type { SeriesRegistry } from './registry.ts'

export interface NamedCount {
  readonly name: string
  readonly value: number
}

export interface CardinalityCounts {
  readonly series: number
  readonly labelPairs: number
  readonly byMetric: readonly NamedCount[]
  readonly valuesByLabel: readonly NamedCount[]
  readonly seriesByLabel: readonly NamedCount[]
  readonly byPair: readonly NamedCount[]
  readonly bytesByLabel: readonly NamedCount[]
}

/** Counts over `refs`; each list has the `limit` largest, largest first. */
export function countCardinality(registry: SeriesRegistry, refs: Uint32Array, limit: number): CardinalityCounts {
  const byMetric: NamedCount[] = []
  const valuesByLabel: NamedCount[] = []
  const seriesByLabel: NamedCount[] = []
  const byPair: NamedCount[] = []
  const bytesByLabel: NamedCount[] = []
  let labelPairs = 0
  for (const label of registry.labels()) {
    const counts = countValues(registry, label, refs)
    const values = largest(pairsOf(label, counts), limit)
    let distinct = 0
    let series = 0
    let bytes = 0
    for (const [id, count] of counts.entries()) {
      if (count === 0 || id === 0) continue
      distinct++
      series += count
      bytes += Buffer.byteLength(label.valueOf(id))
    }
    if (series === 0) continue
    if (label.name === METRIC_NAME) byMetric.push(...values)
    labelPairs += distinct
    valuesByLabel.push({ name: label.name, value: distinct })
    seriesByLabel.push({ name: label.name, value: series })
    bytesByLabel.push({ name: label.name, value: bytes })
    byPair.push(...values.map(({ name, value }) => ({ name: `${label.name}=${name}`, value })))
  }
  return {
    series: refs.length,
    labelPairs,
    byMetric: largest(byMetric, limit),
    valuesByLabel: largest(valuesByLabel, limit),
    seriesByLabel: largest(seriesByLabel, limit),
    byPair: largest(byPair, limit),
    bytesByLabel: largest(bytesByLabel, limit),
  }
}

/** The label with the most distinct values among the series of a metric: the one that made it explode. */
export function explodedLabel(registry: SeriesRegistry, metric: string): string {
  const names = registry.label(METRIC_NAME)
  const id = names?.idOf(metric)
  if (names === undefined || id === undefined) return ''
  const refs = names.refsOf(id)
  let worst = ''
  let most = 0
  for (const label of registry.labels()) {
    if (label.name === METRIC_NAME || label.size <= most) continue
    const distinct = countValues(registry, label, refs).reduce(
      (n, count, value) => n + (count > 0 && value > 0 ? 1 : 0),
      0,
    )
    if (distinct <= most) continue
    most = distinct
    worst = label.name
  }
  return worst
}

function countValues(registry: SeriesRegistry, label: LabelDictionary, refs: Uint32Array): Uint32Array {
  const counts = new Uint32Array(label.capacity)
  const valueOf = registry.reader(label)
  for (const ref of refs) {
    const id = valueOf(ref)
    counts[id] = (counts[id] as number) + 1
  }
  return counts
}

function pairsOf(label: LabelDictionary, counts: Uint32Array): NamedCount[] {
  const pairs: NamedCount[] = []
  for (const [id, value] of counts.entries()) if (value > 0 && id > 0) pairs.push({ name: label.valueOf(id), value })
  return pairs
}

function largest(counts: NamedCount[], limit: number): NamedCount[] {
  return counts.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1)).slice(0, limit)
}
