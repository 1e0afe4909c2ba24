import { cpuSeconds } from './process-figures.ts'
import type { Target } from './targets.ts'

const LOOK_MS = 500
const CALM_LOOKS = 5
const MOST_LOOKS = 240

/**
 * Waits until a target has done what it owes for what it took in: until Bongsu has written its log to the tables, and until the
 * process has used nearly no CPU for some seconds (merges, compactions). Bounded to two minutes.
 */
export async function settle(target: Target): Promise<void> {
  let calm = 0
  let last = cpuSeconds(target.pid)
  for (let look = 0; look < MOST_LOOKS && calm < CALM_LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    const now = cpuSeconds(target.pid)
    const isCalm = now - last < 0.05 && (target.name !== 'bongsu' || (await pendingBytes(target)) === 0)
    calm = isCalm ? calm + 1 : 0
    last = now
  }
}

async function pendingBytes(target: Target): Promise<number> {
  const text = await (await fetch(`${target.queryUrl}/metrics`)).text()
  const gauges = [...text.matchAll(/^bongsu_store_(?:wal|flush\w*|pending)_bytes (\S+)$/gm)]
  return gauges.reduce((sum, [, value]) => sum + Number(value), 0)
}
