/** From the start of the process over a filled folder until it is ready and until it answers right, also after a SIGKILL. */
import { residentBytes } from '../support/process-figures.ts'
import { ask } from '../support/queries.ts'
import { load } from '../support/remote-write-load.ts'
import { podSeries, sampleValue } from '../support/remote-write-layout.ts'
import { sleep } from '../support/scenario.ts'
import type { Scenario } from '../support/scenario.ts'
import { settle } from '../support/settle.ts'
import type { Target } from '../support/targets.ts'
import { groupsOf, makeBodies, STEP_MS } from '../support/write-bodies.ts'
import type { Body } from '../support/write-bodies.ts'

const SENDERS = 4
const MOST_SECONDS = 20
const LATE_SCRAPES = 10
const LIMITS = 'limits: { max_global_series_per_user: 0, max_global_series_per_metric: 0 }\n'

interface Data {
  readonly bodies: readonly Body[]
  /** More scrapes, sent right before the kill. */
  readonly late: readonly Body[]
  readonly end: number
}

export function startScenario(quick: boolean): Scenario {
  const pods = quick ? 50 : 500
  const scrapes = 100
  let data: Data | undefined
  return {
    name: 'start',
    summary: `over a folder of ${(pods * 200 * scrapes) / 1e6} million samples of ${pods * 200} series; after a stop, and after a SIGKILL right behind ten more scrapes`,
    rounds: 1,
    variants: ['restart'],
    figures: {
      stopReady: { label: 'after a stop: ready', unit: 's', better: 'less' },
      stopAnswer: { label: 'after a stop: first right answer', unit: 's', better: 'less' },
      killReady: { label: 'after a kill: ready', unit: 's', better: 'less' },
      killAnswer: { label: 'after a kill: first right answer', unit: 's', better: 'less' },
      residentMiB: { label: 'resident memory then', unit: 'MiB', better: 'less' },
    },
    measure: async (name, _variant, bench) => {
      data ??= makeData(pods, scrapes)
      let target = await bench.targets.start(name, { bongsuConfig: LIMITS })
      const send = (bodies: readonly Body[]): Promise<unknown> =>
        load({ url: target.writeUrl, senders: SENDERS, pid: target.pid }, bodies)
      try {
        await send(data.bodies)
        await settle(target, 40)
        target = await target.restart('stop')
        const stopAnswer = await rightAnswer(target, data.end)
        const stopReady = target.readySeconds
        await send(data.late)
        target = await target.restart('kill')
        const killAnswer = await rightAnswer(target, data.end + LATE_SCRAPES * STEP_MS)
        const residentMiB = residentBytes(target.pid) / 2 ** 20
        return { stopReady, stopAnswer, killReady: target.readySeconds, killAnswer, residentMiB }
      } finally {
        await target.stop()
      }
    },
  }
}

function makeData(pods: number, scrapes: number): Data {
  const end = Date.now() - LATE_SCRAPES * STEP_MS
  const fleet = Array.from({ length: pods }, (_, pod) => podSeries(pod))
  const bodies = (count: number, until: number): Body[] =>
    makeBodies(groupsOf(fleet, 500), { layout: 'd10', scrapes: count, end: until })
  return { bodies: bodies(scrapes, end), late: bodies(LATE_SCRAPES, end + LATE_SCRAPES * STEP_MS), end }
}

/** Seconds from the start of the process until the newest sample of the first series, acknowledged before, was answered. */
async function rightAnswer(target: Target, time: number): Promise<number> {
  const readyAt = performance.now()
  const want = sampleValue(0, time) // the series at place 0 of its request
  while (performance.now() - readyAt < MOST_SECONDS * 1000) {
    const [up] = await ask(target, 'up{pod="checkout-0-0"}', { time }).catch(() => [])
    if (up?.points[0]?.value === want) return target.readySeconds + (performance.now() - readyAt) / 1000
    await sleep(5)
  }
  throw new Error(
    `${target.name} did not answer right within ${MOST_SECONDS} s of its start: what it acknowledged is gone`,
  )
}
