import type { HealthFilter } from '../../app/search.ts'
import type { ActiveTarget, DroppedTarget, Targets } from '../../data/prometheus.ts'
import { matches } from '../../kit/search-input.tsx'

export interface Pool {
  readonly name: string
  /** Those that fit the filters. */
  readonly active: readonly ActiveTarget[]
  readonly dropped: readonly DroppedTarget[]
  /** Of all its active targets, whatever the filters. */
  readonly health: Readonly<Record<ActiveTarget['health'], number>>
  readonly total: number
  /** Dropped ones in all, which may be more than the server lists. */
  readonly droppedTotal: number
}

export interface TargetFilter {
  readonly find: string
  readonly health: HealthFilter | undefined
  readonly pool: string | undefined
}

/** Pools in order of their names, those with failing targets first; pools without a fitting target are left out when filtered. */
export function poolsOf(targets: Targets, names: readonly string[], filter: TargetFilter): readonly Pool[] {
  const all = new Set([...names, ...targets.activeTargets.map(({ scrapePool }) => scrapePool)])
  const filtered = filter.find !== '' || filter.health !== undefined
  return [...all]
    .filter((name) => filter.pool === undefined || filter.pool === name)
    .map((name) => poolOf(name, targets, filter))
    .filter(({ active, dropped }) => !filtered || active.length + dropped.length > 0)
    .sort((a, b) => Number(b.health.down > 0) - Number(a.health.down > 0) || a.name.localeCompare(b.name))
}

function poolOf(name: string, targets: Targets, filter: TargetFilter): Pool {
  const active = targets.activeTargets.filter(({ scrapePool }) => scrapePool === name)
  // Servers before 3.0 name no pool; the job is the best guess.
  const dropped = targets.droppedTargets.filter(
    ({ scrapePool, discoveredLabels }) => (scrapePool ?? discoveredLabels['job']) === name,
  )
  const health = { up: 0, down: 0, unknown: 0 }
  for (const target of active) health[target.health]++
  const shownActive = active.filter(
    (target) =>
      (filter.health === undefined || filter.health === target.health) && matches(subject(target), filter.find),
  )
  const shownDropped = dropped.filter(
    ({ discoveredLabels }) =>
      (filter.health === undefined || filter.health === 'dropped') &&
      matches(Object.values(discoveredLabels).join(' '), filter.find),
  )
  return {
    name,
    active: shownActive,
    dropped: shownDropped,
    health,
    total: active.length,
    droppedTotal: targets.droppedTargetCounts?.[name] ?? dropped.length,
  }
}

function subject({ scrapeUrl, scrapePool, labels, lastError }: ActiveTarget): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return [scrapeUrl, scrapePool, lastError, ...pairs].join(' ')
}

/** How many targets there are of each state, whatever the filters. */
export function countStates(targets: Targets): Readonly<Record<HealthFilter, number>> {
  const counts = { up: 0, down: 0, unknown: 0, dropped: 0 }
  for (const { health } of targets.activeTargets) counts[health]++
  const totals = Object.values(targets.droppedTargetCounts ?? {})
  counts.dropped = Math.max(
    targets.droppedTargets.length,
    totals.reduce((sum, one) => sum + one, 0),
  )
  return counts
}
