import { cpuSeconds } from './process-figures.ts'
import { sleep } from './scenario.ts'
import type { Target } from './targets.ts'

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
    const isWritten = target.name !== 'bongsu' || (await pendingBytes(target)) === 0
    const now = cpuSeconds(target.pid)
    calm = isWritten && now - last < CALM_CPU_SECONDS ? calm + 1 : 0
    last = now
  }
  return calm === CALM_LOOKS
}

/** Bytes of Bongsu's log that the tables do not have yet. */
async function pendingBytes({ url }: Target): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const gauges = [...text.matchAll(/^bongsu_store_(?:wal|pending)_bytes (\S+)$/gm)]
  if (gauges.length < 2) throw new Error('the gauges of the log are not on /metrics')
  return gauges.reduce((sum, [, value]) => sum + Number(value), 0)
}
