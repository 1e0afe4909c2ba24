/** A sender of remote write that remembers what was acknowledged, and tells afterwards what of it is not there exactly once. */
import { compressSnappy } from '../../src/codec/snappy.ts'
import { api } from './prometheus-api.ts'
import { writeRequestV1, writeRequestV2 } from './remote-write-message.ts'
import type { HistogramInput, Pairs, SeriesInput } from './remote-write-message.ts'

export type Version = 1 | 2

const TYPE: Readonly<Record<Version, string>> = {
  1: 'application/x-protobuf',
  2: 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
}

/** Sends one request; the answer's body is read. */
export async function postWrite(
  url: string,
  series: readonly SeriesInput[],
  version: Version = 1,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const body = compressSnappy(version === 1 ? writeRequestV1(series) : writeRequestV2(series))
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': TYPE[version],
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': version === 1 ? '0.1.0' : '2.0.0',
      ...headers,
    },
    body: new Uint8Array(body),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

export interface SenderOptions {
  readonly name: string
  readonly version: Version
  /** Time of the first samples; those of the next batch are 10 ms later. */
  readonly start: number
  /** Series that are in every batch. */
  readonly steady?: number
}

/** One series as the query API gives it. */
interface Found {
  readonly metric: Readonly<Record<string, string>>
  readonly values?: readonly (readonly [time: number, value: string])[]
  readonly histograms?: readonly (readonly [time: number, value: { count: string; sum: string }])[]
}

const LATE_MS = 1_200_000

/**
 * Sends batch after batch, each again and again until it is acknowledged, as senders do. A batch has a sample of each steady
 * series, of one late series (20 minutes behind, and backwards) and of one new series, and a native histogram.
 */
export class RemoteWriteSender {
  readonly #options: SenderOptions
  /** Acknowledged samples: `labels -> time -> value`; a histogram's value is its count and sum. */
  readonly #acknowledged = new Map<string, Map<number, string>>()
  /** Answers that said "never send this again", and any of no known meaning. */
  readonly finalRefusals: string[] = []
  readonly statuses = new Map<number, number>()
  batches = 0
  /** Requests that got no answer. */
  broken = 0
  #number: number

  constructor(options: SenderOptions) {
    this.#options = options
    this.#number = 0
  }

  get samples(): number {
    return [...this.#acknowledged.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Sends until `signal` ends it. `url` is asked for at each attempt: the receiver may have moved. */
  async run(url: () => string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const batch = this.#next()
      while (!signal.aborted && !(await this.#attempt(url(), batch))) await pause(50)
    }
  }

  /** Sends one new batch, once; the status, or 0 without an answer. */
  async sendOne(url: string): Promise<number> {
    const batch = this.#next()
    return (await this.#attempt(url, batch)) ? 204 : (this.#lastStatus ?? 0)
  }
  #lastStatus: number | undefined

  async #attempt(url: string, batch: readonly SeriesInput[]): Promise<boolean> {
    let status: number
    let text: string
    try {
      ;({ status, text } = await postWrite(url, batch, this.#options.version))
    } catch {
      this.broken++
      this.#lastStatus = undefined
      return false
    }
    this.#lastStatus = status
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    if (status === 204) {
      this.#acknowledge(batch)
      return true
    }
    if (status < 500 && status !== 429) this.finalRefusals.push(`${status} ${text}`)
    return false
  }

  #next(): SeriesInput[] {
    const { name, start, steady = 10 } = this.#options
    const n = this.#number++
    const t = start + n * 10
    const labels = (metric: string, more: Pairs = []): Pairs => [['__name__', metric], ...more, ['sender', name]]
    const value = (n + 1) * 1.000_000_1
    return [
      ...Array.from({ length: steady }, (_, i) => ({
        labels: labels('faults_steady', [['i', String(i)]]),
        samples: [{ timestamp: t, value: value + i / 3 }],
      })),
      { labels: labels('faults_late'), samples: [{ timestamp: start - LATE_MS - n, value }] },
      { labels: labels('faults_new', [['batch', `${n}-é\n"`]]), samples: [{ timestamp: t, value }] },
      { labels: labels('faults_histogram'), histograms: [histogramOf(n, t)] },
    ]
  }

  #acknowledge(batch: readonly SeriesInput[]): void {
    this.batches++
    for (const { labels, samples = [], histograms = [] } of batch) {
      const key = keyOf(Object.fromEntries(labels))
      let rows = this.#acknowledged.get(key)
      if (rows === undefined) this.#acknowledged.set(key, (rows = new Map<number, string>()))
      for (const { timestamp, value } of samples) rows.set(timestamp, String(value))
      for (const { timestamp, countInt, sum } of histograms) rows.set(timestamp, `${countInt}/${String(sum)}`)
    }
  }

  /** What was acknowledged and is not there with its exact value and exactly once, in words; empty = all is well. */
  async missing(url: string): Promise<string[]> {
    const { name } = this.#options
    const query = `{sender=${JSON.stringify(name)},__name__=~"faults_.+"}[1h]`
    const time = String((this.#options.start + this.#number * 10 + 10_000) / 1000)
    const { result } = await api<{ result: readonly Found[] }>(url, 'query', { query, time })
    const problems: string[] = []
    const found = new Map<string, Map<number, string>>()
    for (const { metric, values = [], histograms = [] } of result) {
      const key = keyOf(metric)
      if (found.has(key)) problems.push(`twice: ${key}`)
      const rows = new Map<number, string>()
      const add = (seconds: number, value: string): void => {
        const ms = Math.round(seconds * 1000)
        if (rows.has(ms)) problems.push(`twice: ${key} at ${ms}`)
        rows.set(ms, value)
      }
      for (const [at, value] of values) add(at, String(Number(value)))
      for (const [at, { count, sum }] of histograms) add(at, `${count}/${Number(sum)}`)
      found.set(key, rows)
    }
    for (const [key, rows] of this.#acknowledged) {
      const there = found.get(key)
      for (const [t, value] of rows) {
        const got = there?.get(t)
        if (got !== value) problems.push(`${key} at ${t}: ${String(got)} instead of ${value}`)
      }
    }
    return problems
  }
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function histogramOf(n: number, timestamp: number): HistogramInput {
  const positiveDeltas = [1 + n, 2, -1]
  const counts = [1 + n, 3 + n, 2 + n]
  return {
    timestamp,
    countInt: counts.reduce((sum, count) => sum + count, 0) + 5,
    zeroCountInt: 5,
    zeroThreshold: 0.001,
    sum: n * 1.5,
    schema: 3,
    positiveSpans: [{ offset: 0, length: 3 }],
    positiveDeltas,
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
