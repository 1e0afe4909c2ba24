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

/** CPU seconds of a process by kind of thread. */
export type ThreadSeconds = Readonly<Record<'main' | 'helpers' | 'merges' | 'store', number>>

/**
 * Where Bongsu's CPU goes: `main` is the event loop, `helpers` are V8's threads (garbage collection, compilation) and libuv's
 * (file writes), `merges` and `store` the database's own, told by their names.
 */
export function threadSeconds(pid: number): ThreadSeconds {
  const sums = { main: 0, helpers: 0, merges: 0, store: 0 }
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = statOf(`/proc/${pid}/task/${thread}/stat`)
    if (stat === undefined) continue
    const [name, seconds] = stat
    if (Number(thread) === pid) sums.main += seconds
    else if (name === 'node') sums.helpers += seconds
    else if (name === 'MergeMutate') sums.merges += seconds
    else sums.store += seconds
  }
  return sums
}

function statOf(file: string): readonly [name: string, cpuSeconds: number] | undefined {
  try {
    const stat = readFileSync(file, 'utf8')
    const end = stat.lastIndexOf(')')
    const fields = stat.slice(end + 2).split(' ')
    return [stat.slice(stat.indexOf('(') + 1, end), (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND]
  } catch {
    return undefined // a thread that ended while we walked
  }
}

/**
 * Like `cpuSeconds`, in finer steps: the scheduler's own count of each living thread. Use it over short stretches, as the time
 * of threads that ended is missing.
 */
export function preciseCpuSeconds(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0])
    } catch {
      // a thread that ended while we walked
    }
  }
  return nanoseconds > 0 ? nanoseconds / 1e9 : cpuSeconds(pid)
}
