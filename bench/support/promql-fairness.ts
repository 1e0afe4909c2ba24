/** How long a small query takes while a heavy one runs over and over, and writes go on. */
import { percentile } from './process-figures.ts'
import { HEAVY, ONE_RATE } from './promql-queries.ts'
import type { Lane } from './query-lane.ts'
import { load } from './remote-write-load.ts'
import { sleep } from './scenario.ts'
import type { Figures } from './scenario.ts'
import type { Body } from './write-bodies.ts'

const SMALL_EVERY_MS = 50
const HOUR_MS = 3_600_000

export interface FairnessOptions {
  /** Written over the whole time, evenly. */
  readonly bodies: readonly Body[]
  readonly end: number
  readonly seconds: number
}

export async function fairnessOf(lane: Lane, { bodies, end, seconds }: FairnessOptions): Promise<Figures> {
  const samples = bodies.reduce((sum, body) => sum + body.samples, 0)
  const deadline = performance.now() + seconds * 1000
  const { pid, writeUrl: url } = lane.target
  const [heavy, small, written] = await Promise.all([
    heavily(lane, end, deadline),
    smallQueries(lane, end, deadline),
    load({ url, pid, senders: 1, pace: samples / seconds }, bodies),
  ])
  return {
    smallP50: percentile(small, 0.5),
    smallP99: percentile(small, 0.99),
    heavyPerSecond: heavy / seconds,
    writeP99: percentile(written.latenciesMs, 0.99),
  }
}

/** How many were answered. */
async function heavily(lane: Lane, end: number, deadline: number): Promise<number> {
  let answered = 0
  while (performance.now() < deadline) {
    await lane.ask(HEAVY, { start: end - 4 * HOUR_MS, end, stepMs: 60_000 })
    answered++
  }
  return answered
}

/** Latencies of a query every `SMALL_EVERY_MS`; one that comes late counts from when it was due. */
async function smallQueries(lane: Lane, end: number, deadline: number): Promise<readonly number[]> {
  const latencies: number[] = []
  const started = performance.now()
  for (let n = 0; performance.now() < deadline; n++) {
    const dueAt = started + n * SMALL_EVERY_MS
    if (dueAt > performance.now()) await sleep(dueAt - performance.now())
    await lane.ask(ONE_RATE, { start: end, end: end - (n % 240) * 15_000 })
    latencies.push(performance.now() - dueAt)
  }
  return latencies
}
