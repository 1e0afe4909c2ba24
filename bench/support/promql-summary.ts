/** What all queries together say of Bongsu beside the others. */
import type { QueryCost } from './ask-in-turns.ts'
import type { Figures } from './scenario.ts'

/** Kinds of query by their step, in ms; an instant has none. */
export const KINDS: Readonly<Record<string, number | undefined>> = { range: 60_000, instant: undefined }

/** By lane, then by kind and query. */
export type CostsByLane = ReadonlyMap<string, ReadonlyMap<string, QueryCost>>

export function summaryOf(costs: CostsByLane): Figures {
  const ratios = (ours: string, theirs: string, key: keyof QueryCost): number[] =>
    [...(costs.get(ours) ?? [])].flatMap(([query, cost]) => {
      const other = costs.get(theirs)?.get(query)
      return other === undefined ? [] : [other[key] / cost[key]]
    })
  const prometheus = ratios('bongsu', 'prometheus', 'cpuMs')
  const victoria = ratios('bongsu', 'victoriametrics', 'cpuMs')
  return withoutGaps({
    medianPrometheus: median(prometheus),
    geomeanPrometheus: geomean(prometheus),
    worstPrometheus: prometheus.length === 0 ? undefined : Math.min(...prometheus),
    wallPrometheus: median(ratios('bongsu', 'prometheus', 'medianMs')),
    fullScanPrometheus: fullScan(costs),
    medianVictoria: median(victoria),
    geomeanVictoria: geomean(victoria),
    wallVictoria: median(ratios('bongsu', 'victoriametrics', 'medianMs')),
    medianVictoriaCached: median(ratios('bongsu, cached', 'victoriametrics, cached', 'cpuMs')),
    medianUncachedVictoriaCached: median(ratios('bongsu', 'victoriametrics, cached', 'cpuMs')),
    medianStorePrometheus: median(ratios('bongsu, store', 'prometheus', 'cpuMs')),
    wallStorePrometheus: median(ratios('bongsu, store', 'prometheus', 'medianMs')),
  })
}

function fullScan(costs: CostsByLane): number | undefined {
  const ours = costs.get('bongsu')?.get('range full_scan')
  const theirs = costs.get('prometheus')?.get('range full_scan')
  return ours === undefined || theirs === undefined ? undefined : theirs.cpuMs / ours.cpuMs
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  return sorted.length % 2 === 1 || upper === undefined ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

function geomean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

function withoutGaps(figures: Readonly<Record<string, number | undefined>>): Figures {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
