import { join } from 'node:path'
import { diskBytes } from './process-figures.ts'
import type { Target } from './targets.ts'

/**
 * Bytes on disk of what a settled target keeps for good. Bongsu: the active parts of its tables, by its own word (merged parts
 * wait a minute before they go). Prometheus: its head as a block, by a snapshot, because it cuts blocks only after hours.
 * VictoriaMetrics: its folder.
 */
export async function keptBytes(target: Target): Promise<number> {
  switch (target.name) {
    case 'bongsu': {
      const { store } = await json<{ store: { diskBytes: number } }>(`${target.url}/api/bongsu/status`)
      return store.diskBytes
    }
    case 'prometheus': {
      const { data } = await json<{ data: { name: string } }>(`${target.url}/api/v1/admin/tsdb/snapshot`, 'POST')
      return diskBytes(join(target.dataDir, 'snapshots', data.name))
    }
    case 'victoriametrics':
      return diskBytes(target.dataDir)
  }
}

async function json<T>(url: string, method = 'GET'): Promise<T> {
  const response = await fetch(url, { method })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as T
}
