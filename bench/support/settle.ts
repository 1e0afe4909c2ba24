import { cpuSeconds } from './process-figures.ts'
import { sleep } from './scenario.ts'
import type { Target, TargetName } from './targets.ts'

const LOOK_MS = 500
const CALM_LOOKS = 4
const CALM_CPU_SECONDS = 0.05

/**
 * Waits until a target has done what it owes for what it took in: Bongsu has written its log to the tables, VictoriaMetrics its
 * memory to files, and the process has used nearly no CPU for two seconds (merges, compactions). Tells whether it came to that
 * within `mostSeconds`.
 */
export async function settle(target: Target, mostSeconds = 75): Promise<boolean> {
  if (target.name === 'victoriametrics') await (await fetch(`${target.url}/internal/force_flush`)).arrayBuffer()
  let calm = 0
  let last = cpuSeconds(target.pid)
  const deadline = performance.now() + mostSeconds * 1000
  while (calm < CALM_LOOKS && performance.now() < deadline) {
    await sleep(LOOK_MS)
    const isWritten = (await owed(target)) === 0
    const now = cpuSeconds(target.pid)
    calm = isWritten && now - last < CALM_CPU_SECONDS ? calm + 1 : 0
    last = now
  }
  return calm === CALM_LOOKS
}

const OWED: Readonly<Record<TargetName, RegExp | undefined>> = {
  bongsu: /^bongsu_store_(?:wal|pending)_bytes (\S+)$/gm,
  prometheus: undefined, // its log is written as it acknowledges
  victoriametrics: /^vm_rows\{type="(?:storage|indexdb)\/inmemory"\} (\S+)$/gm,
}

/** What a target has acknowledged and not yet written to where it stays; 0 = nothing. */
async function owed({ name, url }: Target): Promise<number> {
  const gauges = OWED[name]
  if (gauges === undefined) return 0
  const found = [...(await (await fetch(`${url}/metrics`)).text()).matchAll(gauges)]
  if (found.length < 2) throw new Error(`${name} does not tell on /metrics what it has not written yet`)
  return found.reduce((sum, [, value]) => sum + Number(value), 0)
}
