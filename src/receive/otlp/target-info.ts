import type { DurationMs } from '../../core/time.ts'
import type { SeriesTable } from '../../signals/metrics.ts'
import type { Refusals } from './refusals.ts'
import { NO_POINT } from './rows.ts'
import type { SampleRows } from './rows.ts'
import type { KnownResource } from './series-cache.ts'
import type { Translation } from './translation.ts'

/** A batch whose points lie years apart (a wrong clock) must not turn into millions of samples. */
const MAX_SAMPLES = 1000

export interface TargetInfoDeps {
  readonly translation: Translation
  readonly table: SeriesTable
  readonly rows: SampleRows
  readonly refusals: Refusals
  /** Refs and times already written in this batch: resources may differ in nothing that target_info shows. */
  readonly written: Set<string>
}

/**
 * Adds `target_info` samples of a resource from `earliest` to `latest` (UnixMs), near enough to each other that an instant
 * query anywhere between finds one: at half the lookback. Follows addResourceTargetInfo, prometheusremotewrite/helper.go@v3.14.
 * False when the resource has none.
 */
export function addTargetInfo(
  resource: KnownResource,
  earliest: number,
  latest: number,
  lookback: DurationMs,
  deps: TargetInfoDeps,
): boolean {
  const ref = refOf(resource, deps)
  if (ref === undefined) return false
  const interval = lookback / 2
  const add = (timestamp: number): void => {
    const key = `${ref} ${timestamp}`
    if (deps.written.has(key)) return
    deps.written.add(key)
    deps.rows.add(NO_POINT, ref, timestamp, 0, 1, false)
  }
  const steps = Math.ceil((latest - earliest) / interval)
  for (let step = Math.max(0, steps - MAX_SAMPLES); step < steps; step++) add(earliest + step * interval)
  add(latest)
  return true
}

function refOf(resource: KnownResource, { translation, table, refusals }: TargetInfoDeps): number | undefined {
  const known = (resource.targetInfo ??= { labels: translation.targetInfo(resource.attributes), ref: undefined })
  const { labels } = known
  if (labels === undefined) return undefined
  if ('message' in labels) {
    refusals.note(`no target_info: ${labels.message}`)
    return undefined
  }
  if (known.ref === undefined) {
    const resolved = table.resolve(labels)
    if (typeof resolved === 'number') known.ref = resolved
    else refusals.note(`no target_info: ${resolved.message}`)
  }
  return known.ref
}
