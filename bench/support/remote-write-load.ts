/**
 * Loads a remote write receiver and tells accepted samples a second and what they cost its process.
 *
 *   tsx bench/support/remote-write-load.ts --url http://127.0.0.1:9090/api/v1/write --pid 1234 --layout d1 --pods 50 --scrapes 40
 *
 * Works alike against Prometheus (--web.enable-remote-write-receiver), VictoriaMetrics and Bongsu. Each sender has series of its
 * own and sends them in order, as the shards of a Prometheus do.
 */
import { request as httpRequest, Agent } from 'node:http'
import { parseArgs } from 'node:util'
import { cpuSeconds } from './process-figures.ts'
import { podSeries } from './remote-write-layout.ts'
import { sleep } from './scenario.ts'
import { groupsOf, LAYOUTS, makeBodies } from './write-bodies.ts'
import type { Body, Layout } from './write-bodies.ts'

export interface LoadOptions {
  readonly url: string
  readonly senders: number
  /** Of the receiver, on this machine. */
  readonly pid: number
  /** Samples a second that all senders together keep to; absent = as fast as answers come. */
  readonly pace?: number
  /** Ends the load early; bodies that are left are not sent. */
  readonly signal?: AbortSignal
}

export interface LoadResult {
  readonly samples: number
  readonly seconds: number
  /** CPU seconds of the receiver until the last answer, user and system. */
  readonly cpuSeconds: number
  /** Of each request, from sending to the answer. */
  readonly latenciesMs: readonly number[]
}

/** Rejects when a request is refused: figures of a load that was taken in part mean nothing. */
export async function load(options: LoadOptions, bodies: readonly Body[]): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.senders })
  const before = cpuSeconds(options.pid)
  const started = performance.now()
  const latenciesMs: number[] = []
  let samples = 0
  let failure: Error | undefined
  const sender = async (lane: number): Promise<void> => {
    let sent = 0
    for (const body of bodies.filter(({ group }) => group % options.senders === lane)) {
      if (failure !== undefined || options.signal?.aborted === true) return
      if (options.pace !== undefined) await due(started, sent / (options.pace / options.senders))
      const sentAt = performance.now()
      const { status, text } = await send(options.url, body.bytes, agent)
      latenciesMs.push(performance.now() - sentAt)
      if (status >= 300) failure = new Error(`${options.url} answered ${status}: ${text.slice(0, 300)}`)
      samples += body.samples
      sent += body.samples
    }
  }
  await Promise.all(Array.from({ length: options.senders }, (_, lane) => sender(lane)))
  agent.destroy()
  if (failure !== undefined) throw failure
  const seconds = (performance.now() - started) / 1000
  return { samples, seconds, cpuSeconds: cpuSeconds(options.pid) - before, latenciesMs }
}

async function due(started: number, seconds: number): Promise<void> {
  const wait = started + seconds * 1000 - performance.now()
  if (wait > 1) await sleep(wait)
}

const HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
}

function send(url: string, bytes: Buffer, agent: Agent): Promise<{ status: number; text: string }> {
  const headers = { ...HEADERS, 'content-length': bytes.length }
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:9090/api/v1/write' },
      pid: { type: 'string' },
      layout: { type: 'string', default: 'd1' },
      pods: { type: 'string', default: '50' },
      scrapes: { type: 'string', default: '40' },
      senders: { type: 'string', default: '2' },
    },
  })
  const layout: Layout = values.layout === 'd10' ? 'd10' : 'd1'
  const fleet = Array.from({ length: Number(values.pods) }, (_, pod) => podSeries(pod))
  const groups = groupsOf(fleet, LAYOUTS[layout].seriesPerRequest)
  const bodies = makeBodies(groups, { layout, scrapes: Number(values.scrapes), end: Date.now() })
  const { latenciesMs, ...result } = await load(
    { url: values.url, pid: Number(values.pid ?? process.pid), senders: Number(values.senders) },
    bodies,
  )
  const perSecond = Math.round(result.samples / result.seconds)
  const perCpuSecond = Math.round(result.samples / result.cpuSeconds)
  console.log(JSON.stringify({ requests: latenciesMs.length, ...result, perSecond, perCpuSecond }))
}

if (process.argv[1] === import.meta.filename) await main()
