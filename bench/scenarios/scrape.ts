/** CPU of a scrape of 10,000 known series each second from a target in another process, storing included. */
import { resolve } from 'node:path'
import { runChild } from '../../test/support/child.ts'
import type { Child } from '../../test/support/child.ts'
import { eventually } from '../../test/support/eventually.ts'
import { cpuSeconds, residentBytes } from '../support/process-figures.ts'
import { ask } from '../support/queries.ts'
import { sleep } from '../support/scenario.ts'
import type { Bench, Scenario } from '../support/scenario.ts'
import type { Target, TargetName } from '../support/targets.ts'

const EXPORTER = resolve(import.meta.dirname, '../support/exporter.ts')

export function scrapeScenario(quick: boolean): Scenario {
  const seconds = quick ? 4 : 15
  const warmMs = quick ? 2000 : 15_000
  const idleOf = new Map<TargetName, Promise<number>>()
  return {
    name: 'scrape',
    summary: `a page of 10,000 samples each second, ${seconds} s, gzip, after ${warmMs / 1000} s of warming up; what the process uses without a target is taken off`,
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
      const course = { seconds, warmMs }
      const known = idleOf.get(name) ?? idle(name, bench, course)
      idleOf.set(name, known)
      const idleMs = await known
      const exporter = runChild(process.execPath, ['--import', 'tsx', EXPORTER])
      try {
        const config = configOf(name, variant, await portOf(exporter))
        const busy = await withTarget(name, bench, config, (target) => scrape(target, course))
        return { ...busy, cpuMs: busy.cpuMs - idleMs, idleMs }
      } finally {
        await exporter.stop()
      }
    },
  }
}

async function scrape(target: Target, { seconds, warmMs }: Course): Promise<{ cpuMs: number; residentMiB: number }> {
  await sleep(warmMs)
  const cpuMs = await cpuMsOf(target, seconds)
  await expectSamples(target)
  return { cpuMs, residentMiB: residentBytes(target.pid) / 2 ** 20 }
}

function portOf(exporter: Child): Promise<string> {
  return eventually('the exporter listens', () => Promise.resolve(/^(\d+)\n/.exec(exporter.log())?.[1]))
}

interface Course {
  readonly seconds: number
  readonly warmMs: number
}

/** CPU ms a second of a target that has nothing to do. */
function idle(name: TargetName, bench: Bench, { seconds, warmMs }: Course): Promise<number> {
  return withTarget(name, bench, 'scrape_configs: []\n', async (target) => {
    await sleep(warmMs)
    return cpuMsOf(target, Math.min(5, seconds))
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
