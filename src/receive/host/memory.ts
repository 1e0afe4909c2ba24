import { readLines } from './family.ts'
import type { Collector } from './family.ts'

/** node_memory_*: each line of /proc/meminfo. Follows collector/meminfo_linux.go, node_exporter. */
export const memory: Collector = async ({ proc }) => {
  const lines = await readLines(proc, 'meminfo')
  return lines.flatMap((line) => {
    const match = /^(.+?):\s+(\d+)( kB)?$/.exec(line)
    if (match === null) return []
    const [, key = '', digits, kB] = match
    // `Active(anon)` becomes Active_anon.
    const field = key.replace(/\((.*)\)/, '_$1')
    const name = `node_memory_${field}${kB === undefined ? '' : '_bytes'}`
    const value = Number(digits) * (kB === undefined ? 1 : 1024)
    return [{ name, type: 'gauge', help: `Memory field ${field} of /proc/meminfo.`, samples: [{ labels: {}, value }] }]
  })
}
