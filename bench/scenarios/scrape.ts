/** CPU of a scrape of 10,000 known series each second from a target in another process, storing included. */
import { resolve } from 'node:path'
import { runChild } from '../../test/support/child.ts'
import type { Child } from '../../test/support/child.ts'
import { eventually } from '../../test/support/eventually.ts'
import { cpuSeconds, residentBytes } from '../support/process-figures.ts'
import { ask } from '../support/queries.ts'
import { sleep } from '../support/scenario.ts'
import type { Bench, Figures, Scenario } from '../support/scenario.ts'
import type { Target, TargetName } from '../support/targets.ts'

const WARM_MS = 4000
const EXPORTER = resolve(import.meta.dirname, '../support/exporter.ts')

export function scrapeScenario(quick: boolean): Scenario {
  const seconds = quick ? 5 : 25
  return {
    name: 'scrape',
    summary: `a page of 10,000 samples each second, ${seconds} s, gzip, after ${WARM_MS / 1000} s of warming up; what the process uses without a target is taken off`,
    rounds: 1,
    variants: ['text', 'protobuf'],
    // VictoriaMetrics reads no protobuf.
    suits: (target, variant) => variant === 'text' || target !== 'victoriametrics',
    figures: {
      cpuMs: { label: 'CPU of a scrape', unit: 'ms', better: 'less' },
      idleMs: { label: 'CPU without a target', unit: 'ms/s', better: 'less' },
      residentMiB: { label: 'resident memory', unit: 'MiB', better: 'less' },
    },
    measure: async (name, variant, bench) => {
      const exporter = runChild(process.execPath, ['--import', 'tsx', EXPORTER])
      try {
        return await scrape(name, variant, { bench, seconds, port: await portOf(exporter) })
      } finally {
        await exporter.stop()
      }
    },
  }
}

function portOf(exporter: Child): Promise<string> {
  return eventually('the exporter listens', () => Promise.resolve(/^(\d+)\n/.exec(exporter.log())?.[1]))
}

interface Setting {
  readonly bench: Bench
  readonly seconds: number
  readonly port: string
}

async function scrape(name: TargetName, format: string, { bench, seconds, port }: Setting): Promise<Figures> {
  const idleMs = await withTarget(name, bench, 'scrape_configs: []\n', async (target) => {
    await sleep(WARM_MS)
    return cpuMsOf(target, Math.min(5, seconds))
  })
  return withTarget(name, bench, configOf(name, format, port), async (target) => {
    await sleep(WARM_MS)
    const busyMs = await cpuMsOf(target, seconds)
    await expectSamples(target)
    return { cpuMs: busyMs - idleMs, idleMs, residentMiB: residentBytes(target.pid) / 2 ** 20 }
  })
}

function configOf(name: TargetName, format: string, port: string): string {
  const protocols =
    name === 'victoriametrics'
      ? ''
      : `scrape_protocols: [${format === 'text' ? 'PrometheusText0.0.4' : 'PrometheusProto'}], `
  const targets = `static_configs: [{ targets: ["127.0.0.1:${port}"] }]`
  return `scrape_configs: [{ job_name: page, scrape_interval: 1s, scrape_timeout: 1s, ${protocols}${targets} }]\n`
}

async function withTarget<T>(
  name: TargetName,
  bench: Bench,
  scrapeConfig: string,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await bench.targets.start(name, { scrapeConfig })
  try {
    return await use(target)
  } finally {
    await target.stop()
  }
}

/** CPU milliseconds a second. */
async function cpuMsOf({ pid }: Target, seconds: number): Promise<number> {
  const before = cpuSeconds(pid)
  const started = performance.now()
  await sleep(seconds * 1000)
  return ((cpuSeconds(pid) - before) / (performance.now() - started)) * 1e6
}

async function expectSamples(target: Target): Promise<void> {
  const [scraped] = await ask(target, 'scrape_samples_scraped', { time: Date.now() })
  const value = scraped?.points[0]?.value
  if (value !== 10_000) throw new Error(`${target.name} scraped ${value} samples of 10000`)
}
