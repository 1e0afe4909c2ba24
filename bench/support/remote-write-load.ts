/**
 * Loads a remote write receiver and tells accepted samples a second and what they cost its process.
 *
 *   tsx bench/support/remote-write-load.ts --url http://127.0.0.1:9090/api/v1/write --pid 1234 --layout d1 --pods 50 --scrapes 40
 *
 * Works alike against Prometheus (--web.enable-remote-write-receiver), VictoriaMetrics and Bongsu. Bodies are made before the
 * clock starts. Layouts: d1 is what a Prometheus sends (one sample a series, 2,000 series a request), d10 is a backfill
 * (ten samples a series, 500 series a request). Concurrency is by request; a series' requests stay in order only with 1.
 */
import { request as httpRequest, Agent } from 'node:http'
import { parseArgs } from 'node:util'
import { cpuSeconds } from './process-figures.ts'
import { body, podSeries } from './remote-write-layout.ts'

export interface LoadOptions {
  readonly url: string
  readonly version: 1 | 2
  readonly layout: 'd1' | 'd10'
  readonly pods: number
  /** Samples of each series. */
  readonly scrapes: number
  readonly concurrency: number
  /** Of the receiver, on this machine. */
  readonly pid?: number
  /** UnixMs of the newest sample. */
  readonly end: number
}

export interface LoadResult {
  readonly requests: number
  readonly failed: number
  readonly samples: number
  readonly seconds: number
  readonly samplesPerSecond: number
  /** CPU seconds of the receiver, user and system. */
  readonly cpuSeconds?: number
  readonly samplesPerCpuSecond?: number
  readonly firstFailure?: string
}

const LAYOUTS = { d1: { perRequest: 2000, perSeries: 1 }, d10: { perRequest: 500, perSeries: 10 } }
const STEP_MS = 15_000

interface Prepared {
  readonly bytes: Buffer
  readonly samples: number
}

/** All bodies, in order of time. */
export function prepare(options: Omit<LoadOptions, 'url' | 'concurrency' | 'pid'>): Prepared[] {
  const { perRequest, perSeries } = LAYOUTS[options.layout]
  const fleet = Array.from({ length: options.pods }, (_, pod) => podSeries(pod)).flat()
  const first = options.end - (options.scrapes - 1) * STEP_MS
  const bodies: Prepared[] = []
  for (let scrape = 0; scrape < options.scrapes; scrape += perSeries) {
    for (let at = 0; at < fleet.length; at += perRequest) {
      const series = fleet.slice(at, at + perRequest)
      const samplesPerSeries = Math.min(perSeries, options.scrapes - scrape)
      const start = first + scrape * STEP_MS
      const bytes = body(series, { version: options.version, samplesPerSeries, start, stepMs: STEP_MS })
      bodies.push({ bytes, samples: series.length * samplesPerSeries })
    }
  }
  return bodies
}

export async function load(options: LoadOptions, bodies: readonly Prepared[]): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency })
  const used = (): number => (options.pid === undefined ? 0 : cpuSeconds(options.pid))
  const before = used()
  const started = performance.now()
  let next = 0
  let samples = 0
  let firstFailure: string | undefined
  let failed = 0
  const sender = async (): Promise<void> => {
    for (let one = bodies[next++]; one !== undefined; one = bodies[next++]) {
      const answer = await send(options, one.bytes, agent)
      if (answer.status < 300) samples += one.samples
      else {
        failed++
        firstFailure ??= `${answer.status} ${answer.text.slice(0, 300)}`
      }
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, sender))
  agent.destroy()
  const seconds = (performance.now() - started) / 1000
  const cpu = used() - before
  return {
    requests: bodies.length,
    failed,
    samples,
    seconds,
    samplesPerSecond: Math.round(samples / seconds),
    ...(options.pid === undefined ? {} : { cpuSeconds: cpu, samplesPerCpuSecond: Math.round(samples / cpu) }),
    ...(firstFailure === undefined ? {} : { firstFailure }),
  }
}

function send({ url, version }: LoadOptions, bytes: Buffer, agent: Agent): Promise<{ status: number; text: string }> {
  const proto = version === 2 ? ';proto=io.prometheus.write.v2.Request' : ''
  const headers = {
    'content-type': `application/x-protobuf${proto}`,
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': version === 2 ? '2.0.0' : '0.1.0',
    'content-length': bytes.length,
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    request.on('error', reject)
    request.end(bytes)
  })
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:9090/api/v1/write' },
      pid: { type: 'string' },
      layout: { type: 'string', default: 'd1' },
      version: { type: 'string', default: '1' },
      pods: { type: 'string', default: '50' },
      scrapes: { type: 'string', default: '40' },
      concurrency: { type: 'string', default: '2' },
    },
  })
  const options: LoadOptions = {
    url: values.url,
    version: values.version === '2' ? 2 : 1,
    layout: values.layout === 'd10' ? 'd10' : 'd1',
    pods: Number(values.pods),
    scrapes: Number(values.scrapes),
    concurrency: Number(values.concurrency),
    end: Date.now(),
    ...(values.pid === undefined ? {} : { pid: Number(values.pid) }),
  }
  console.log(JSON.stringify(await load(options, prepare(options))))
}
