import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const TICKS_PER_SECOND = 100

/** User and system CPU that a process has used so far, of all its threads, in seconds. Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold blanks: fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const kB = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kB ?? 0) * 1024
}

/** Bytes that a folder takes on disk, by blocks. */
export function diskBytes(folder: string): number {
  let total = 0
  for (const one of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!one.isFile()) continue
    try {
      total += statSync(join(one.parentPath, one.name)).blocks * 512
    } catch {
      // A file that a merge removed while we walked.
    }
  }
  return total
}

/** The value below which `share` of the values lie; sorts a copy. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
