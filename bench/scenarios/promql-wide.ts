/** A hundred thousand series for an hour: how fast a few of them are found, and what series and samples take of memory. */
import { percentile, residentBytes } from '../support/process-figures.ts'
import { load } from '../support/remote-write-load.ts'
import { Fleet } from '../support/promql-data.ts'
import { ONE_POD, ONE_RATE } from '../support/promql-queries.ts'
import { Lane } from '../support/query-lane.ts'
import type { Bench, Figures, Scenario } from '../support/scenario.ts'
import { settle } from '../support/settle.ts'
import type { Target, TargetName } from '../support/targets.ts'
import { STEP_MS } from '../support/write-bodies.ts'

const LOOKS = 200

export function promqlWideScenario(quick: boolean): Scenario {
  const pods = quick ? 100 : 500
  const scrapes = quick ? 60 : 240
  return {
    name: 'promql-wide',
    summary: `${pods * 200} series, ${scrapes} scrapes 15 s apart`,
    rounds: 1,
    variants: [`${pods * 200} series`],
    figures: {
      equalityP50: { label: '15 series by name and pod, instant, p50', unit: 'ms', better: 'less' },
      equalityP99: { label: '15 series by name and pod, instant, p99', unit: 'ms', better: 'less' },
      oneRateP50: { label: 'rate of one series, instant, p50', unit: 'ms', better: 'less' },
      seriesMiB: { label: 'resident, one scrape of all', unit: 'MiB', better: 'less' },
      settledMiB: { label: 'resident, all written', unit: 'MiB', better: 'less' },
      bytesPerSeries: { label: 'of memory a series, one scrape', unit: 'B', better: 'less' },
      bytesPerSample: { label: 'of memory a sample, all in all', unit: 'B', better: 'less' },
      ingestCpu: { label: 'writing', unit: 'CPU s', better: 'less' },
    },
    measure: (name, _variant, bench) => wide(name, { pods, scrapes, settleSeconds: quick ? 10 : 30 }, bench),
  }
}

interface Size {
  readonly pods: number
  readonly scrapes: number
  readonly settleSeconds: number
}

async function wide(name: TargetName, { pods, scrapes, settleSeconds }: Size, bench: Bench): Promise<Figures> {
  const end = Math.floor(Date.now() / 60_000) * 60_000
  const fleet = new Fleet({ pods, scrapes, end })
  const target = await bench.targets.start(name, { unlimited: true })
  try {
    await settle(target, settleSeconds)
    const empty = residentBytes(target.pid)
    const options = { url: target.writeUrl, senders: 2, pid: target.pid }
    let { samples, cpuSeconds } = await load(options, fleet.next(1))
    await settle(target, settleSeconds)
    const first = residentBytes(target.pid)
    for (let scrape = 1; scrape < scrapes; scrape += 10) {
      const more = await load(options, fleet.next(Math.min(10, scrapes - scrape)))
      samples += more.samples
      cpuSeconds += more.cpuSeconds
    }
    await settle(target, settleSeconds)
    const settled = residentBytes(target.pid)
    return {
      ...(await looks(target, end - STEP_MS)),
      seriesMiB: first / 2 ** 20,
      settledMiB: settled / 2 ** 20,
      bytesPerSeries: (first - empty) / fleet.series,
      bytesPerSample: (settled - empty) / samples,
      ingestCpu: cpuSeconds,
    }
  } finally {
    await target.stop()
  }
}

// VictoriaMetrics hides the last half minute unless told not to, and may have answers ready.
const paramsOf = (name: TargetName): Readonly<Record<string, string>> =>
  name === 'victoriametrics' ? { nocache: '1', latency_offset: '1ms' } : {}

async function looks(target: Target, end: number): Promise<Figures> {
  const lane = new Lane({ name: target.name, target, params: paramsOf(target.name) })
  try {
    const times = { start: end, end }
    await lane.cost(ONE_POD, times, LOOKS)
    const pod = (await lane.cost(ONE_POD, times, LOOKS)).wallsMs
    const rate = (await lane.cost(ONE_RATE, times, LOOKS)).wallsMs
    return {
      equalityP50: percentile(pod, 0.5),
      equalityP99: percentile(pod, 0.99),
      oneRateP50: percentile(rate, 0.5),
    }
  } finally {
    lane.close()
  }
}
