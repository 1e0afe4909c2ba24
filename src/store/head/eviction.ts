import type { TenantHead } from './tenant-head.ts'

/** Series whose chunks are looked at: enough for a percentile that is right to about one percent. */
const SERIES = 10_000

/** End times of chunks from evenly spread series: a picture of how the head's memory is spread over time. */
export function sampledChunkTimes(tenants: readonly TenantHead[]): Float64Array {
  const total = tenants.reduce((sum, tenant) => sum + tenant.registry.size, 0)
  const step = Math.max(1, Math.floor(total / SERIES))
  const times: number[] = []
  let skip = 0
  for (const { registry, samples } of tenants) {
    for (; skip < registry.size; skip += step) samples.forEachChunk(skip, (end) => times.push(end))
    skip -= registry.size
  }
  return Float64Array.from(times)
}
