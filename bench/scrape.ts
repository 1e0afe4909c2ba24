/**
 * CPU time of a warm scrape: a page of 10,000 samples over HTTP, gzip and all, into a consumer that keeps nothing.
 * `tsx bench/scrape.ts [prometheus-binary]`; with a binary, the same page is scraped by it too, for the ratio.
 */
import { fork, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { Telemetry } from '../src/core/telemetry.ts'
import { LabelSet } from '../src/model/labels.ts'
import { DEFAULT_TENANT } from '../src/model/tenant.ts'
import { ScrapeManager } from '../src/receive/scrape/scrape-manager.ts'
import type { MetricsConsumer, SeriesTable } from '../src/signals/metrics.ts'
import { jobOf } from '../test/support/scrape-rig.ts'

const FAMILIES = 200
const SERIES = 50
const WARM = 100
const SCRAPES = 100
const INTERVAL_MS = 100

async function main(prometheus: string | undefined): Promise<void> {
  const exporter = fork(import.meta.filename, ['--exporter'], { execArgv: ['--import', 'tsx'] })
  try {
    const port = await new Promise<number>((resolve) => exporter.once('message', (message) => resolve(Number(message))))
    const ours = await measureOurs(`127.0.0.1:${port}`)
    console.log(`bongsu: ${ours.toFixed(2)} ms of CPU a scrape of ${FAMILIES * SERIES} samples`)
    if (prometheus === undefined) return
    const theirs = await measureTheirs(prometheus, `127.0.0.1:${port}`)
    console.log(`prometheus: ${theirs.toFixed(2)} ms (with its storage); ratio ${(ours / theirs).toFixed(2)}`)
  } finally {
    exporter.kill()
  }
}

/** Answers with the same series and ever new values. */
async function serve(): Promise<void> {
  const bodies = Array.from({ length: 8 }, (_, i) => gzipSync(page(i)))
  let next = 0
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4', 'content-encoding': 'gzip' })
    response.end(bodies[next++ % bodies.length])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.send?.((server.address() as AddressInfo).port)
}

function page(seed: number): string {
  let text = ''
  for (let f = 0; f < FAMILIES; f++) {
    const name = `bench_http_request_duration_seconds_${f}_total`
    text += `# HELP ${name} Requests that family ${f} served.\n# TYPE ${name} counter\n`
    for (let s = 0; s < SERIES; s++) {
      const value = s % 3 === 0 ? (seed + 1) * s * 1.37 : (seed + 1) * 1000 + s
      text += `${name}{method="GET",path="/api/v1/items/${s}",status="200",zone="eu-${s % 4}"} ${value}\n`
    }
  }
  return text
}

async function measureOurs(address: string): Promise<number> {
  const sink = new NullMetrics()
  const job = jobOf({
    scrape_interval: `${INTERVAL_MS}ms`,
    scrape_timeout: `${INTERVAL_MS}ms`,
    static_configs: [{ targets: [address] }],
  })
  const refuse = (): Promise<never> => Promise.reject(new Error('no DNS'))
  const manager = new ScrapeManager(
    { jobs: [job], tenant: DEFAULT_TENANT, version: 'bench', seed: '' },
    {
      next: sink,
      clock: systemClock,
      log: silentLog,
      telemetry: new Telemetry(),
      env: {},
      resolver: { resolve4: refuse, resolve6: refuse, resolveSrv: refuse, resolveMx: refuse, resolveNs: refuse },
      searchPath: () => Promise.resolve({ domains: [], dots: 1 }),
    },
  )
  await manager.start()
  await sink.until(WARM) // warm
  const before = process.cpuUsage()
  await sink.until(WARM + SCRAPES)
  const { user, system } = process.cpuUsage(before)
  await manager.stop(AbortSignal.timeout(1000))
  console.log(`last scrape: ${sink.samples} samples, ${manager.activeTargets().length} targets left running`)
  return (user + system) / 1000 / SCRAPES
}

async function measureTheirs(binary: string, address: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-bench-'))
  const config = (targets: string): string =>
    `global: {scrape_interval: ${INTERVAL_MS}ms, scrape_timeout: ${INTERVAL_MS}ms}\nscrape_configs: [{job_name: j, static_configs: [{targets: [${targets}]}]}]\n`
  const run = async (name: string, targets: string): Promise<number> => {
    const file = join(folder, `${name}.yml`)
    await writeFile(file, config(targets))
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, name)}`,
      '--web.listen-address=127.0.0.1:0',
    ]
    const child = spawn(binary, args, { stdio: 'ignore' })
    const wait = (ms: number): Promise<void> => systemClock.sleep(ms as never, new AbortController().signal)
    try {
      await wait(12_000)
      const before = await cpuMs(child.pid ?? 0)
      await wait(SCRAPES * INTERVAL_MS)
      return ((await cpuMs(child.pid ?? 0)) - before) / SCRAPES
    } finally {
      child.kill()
    }
  }
  try {
    const idle = await run('idle', '')
    return (await run('busy', `"${address}"`)) - idle
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function cpuMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10 // ticks of 10 ms
}

class NullMetrics implements MetricsConsumer {
  samples = 0
  #batches = 0
  #wake = (): void => undefined
  readonly #refs = new Map<string, number>()
  readonly #table: SeriesTable = {
    generation: 1,
    resolve: (labels) => {
      const key = labels.key()
      const ref = this.#refs.get(key) ?? this.#refs.size
      this.#refs.set(key, ref)
      return ref
    },
    labelsOf: () => LabelSet.EMPTY,
  }

  seriesTable(): SeriesTable {
    return this.#table
  }

  consumeMetrics(
    batch: Parameters<MetricsConsumer['consumeMetrics']>[0],
  ): ReturnType<MetricsConsumer['consumeMetrics']> {
    this.samples = batch.samples.refs.length
    this.#batches++
    this.#wake()
    return Promise.resolve({ accepted: this.samples, rejected: 0, rejections: [] })
  }

  async until(batches: number): Promise<void> {
    while (this.#batches < batches) await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}

if (process.argv[2] === '--exporter') await serve()
else await main(process.argv[2])
