import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * A real peer's program (`prometheus`, `prometheus-node-exporter`, `victoria-metrics`), unpacked by scripts/peers.sh into
 * `BONGSU_PEERS_DIR` or `.cache/peers`; undefined when absent.
 */
export function peer(name: string): string | undefined {
  const folder = process.env['BONGSU_PEERS_DIR'] ?? resolve(import.meta.dirname, '../../.cache/peers')
  const found = join(folder, 'root/usr/bin', name)
  return existsSync(found) ? found : undefined
}

export const HOW_TO_GET_PEERS = 'peers are absent: `bash scripts/peers.sh .cache/peers` unpacks them from Debian'
