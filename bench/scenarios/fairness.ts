/** Latencies under a steady load with flushes and merges going on: of writes, and of small queries meanwhile. */
import { percentile } from '../support/process-figures.ts'
import { ask } from '../support/queries.ts'
import { load } from '../support/remote-write-load.ts'
import { podSeries } from '../support/remote-write-layout.ts'
import { sleep } from '../support/scenario.ts'
import type { Bench, Figures, Scenario } from '../support/scenario.ts'
import type { Target } from '../support/targets.ts'
import { groupsOf, makeBodies, STEP_MS } from '../support/write-bodies.ts'
import type { Body } from '../support/write-bodies.ts'

const PODS = 40
const SENDERS = 4
const QUERY_EVERY_MS = 50
/** Beyond this the bodies of a run would not fit into the memory of the bench. */
const MOST_PER_SECOND = 300_000
const ONE = 'worker_queue_3_processed_bytes_total{pod="checkout-0-0"}'

interface Plan {
  readonly bodies: readonly Body[]
  readonly perSecond: number
  readonly end: number
}

export function fairnessScenario(quick: boolean): Scenario {
  const seconds = quick ? 6 : 45
  let plan: Promise<Plan> | undefined
  return {
    name: 'fairness',
    summary: `remote write d1 at half of what Bongsu takes, at most ${MOST_PER_SECOND} samples/s, ${seconds} s, ${SENDERS} senders, a small query every ${QUERY_EVERY_MS} ms`,
    rounds: 1,
    variants: ['d1'],
    figures: {
      perSecond: { label: 'accepted', unit: 'samples/s' },
      cores: { label: 'CPU', unit: 'cores', better: 'less' },
      writeP50: { label: 'write, p50', unit: 'ms', better: 'less' },
      writeP99: { label: 'write, p99', unit: 'ms', better: 'less' },
      writeMax: { label: 'write, longest', unit: 'ms', better: 'less' },
      instantP50: { label: 'one series, instant, p50', unit: 'ms', better: 'less' },
      instantP99: { label: 'one series, instant, p99', unit: 'ms', better: 'less' },
      rangeP50: { label: 'one series, 1 h, p50', unit: 'ms', better: 'less' },
      rangeP99: { label: 'one series, 1 h, p99', unit: 'ms', better: 'less' },
      upP50: { label: 'up, p50', unit: 'ms', better: 'less' },
      upP99: { label: 'up, p99', unit: 'ms', better: 'less' },
    },
    measure: async (name, _variant, bench) => {
      plan ??= makePlan(seconds, bench)
      const planned = await plan
      const target = await bench.targets.start(name)
      try {
        return await fairness(target, planned)
      } finally {
        await target.stop()
      }
    },
  }
}

/** Finds Bongsu's own rate by a short burst, and makes the bodies of `seconds` at half of it. */
async function makePlan(seconds: number, bench: Bench): Promise<Plan> {
  const end = Date.now()
  const bodies = (scrapes: number): Body[] =>
    makeBodies(
      groupsOf(
        Array.from({ length: PODS }, (_, pod) => podSeries(pod)),
        2000,
      ),
      { layout: 'd1', scrapes, end },
    )
  const target = await bench.targets.start('bongsu')
  try {
    const burst = await load({ url: target.writeUrl, senders: SENDERS, pid: target.pid }, bodies(seconds * 4))
    const perSecond = Math.min(MOST_PER_SECOND, burst.samples / burst.seconds / 2)
    bench.say(
      `Bongsu takes ${Math.round(burst.samples / burst.seconds)} samples/s; the load is ${Math.round(perSecond)}`,
    )
    return { bodies: bodies(Math.ceil((perSecond * seconds) / (PODS * 200))), perSecond, end }
  } finally {
    await target.stop()
  }
}

async function fairness(target: Target, { bodies, perSecond, end }: Plan): Promise<Figures> {
  const stop = new AbortController()
  const asking = askSteadily(target, end, stop.signal)
  const written = await load({ url: target.writeUrl, senders: SENDERS, pid: target.pid, pace: perSecond }, bodies)
  stop.abort()
  const asked = await asking
  const { latenciesMs, samples, seconds, cpuSeconds } = written
  return {
    perSecond: samples / seconds,
    cores: cpuSeconds / seconds,
    writeP50: percentile(latenciesMs, 0.5),
    writeP99: percentile(latenciesMs, 0.99),
    writeMax: Math.max(...latenciesMs),
    ...halves('instant', asked.instant),
    ...halves('range', asked.range),
    ...halves('up', asked.up),
  }
}

function halves(name: string, latenciesMs: readonly number[]): Figures {
  return { [`${name}P50`]: percentile(latenciesMs, 0.5), [`${name}P99`]: percentile(latenciesMs, 0.99) }
}

type Asked = Record<'instant' | 'range' | 'up', number[]>

/** A query every `QUERY_EVERY_MS`, of each kind in turn; one that comes late because the one before took long counts from when it was due. */
async function askSteadily(target: Target, end: number, signal: AbortSignal): Promise<Asked> {
  const asked: Asked = { instant: [], range: [], up: [] }
  const time = end - STEP_MS
  const kinds: readonly [keyof Asked, () => Promise<unknown>][] = [
    ['instant', () => ask(target, ONE, { time })],
    ['range', () => ask(target, ONE, { start: end - 3_600_000, end, stepMs: STEP_MS })],
    ['up', () => ask(target, 'up', { time })],
  ]
  const started = performance.now()
  for (let n = 0; !signal.aborted; n++) {
    const dueAt = started + n * QUERY_EVERY_MS
    if (dueAt > performance.now()) await sleep(dueAt - performance.now())
    const [kind, query] = kinds[n % kinds.length] as (typeof kinds)[number]
    await query()
    asked[kind].push(performance.now() - dueAt)
  }
  return asked
}
