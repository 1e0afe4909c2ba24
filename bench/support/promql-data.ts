/**
 * The data that PromQL is measured over: pods of 200 series each, scraped every 15 s with a few ms of jitter, some scrapes
 * missed, two pods away for ten minutes, counters that start anew up to three times. The same values for the same scrape,
 * whoever asks. Every series has a `component` of its own, so that `rate({__name__=~".+"}[5m])` leaves no two label sets equal.
 */
import { compressSnappy } from '../../src/codec/snappy.ts'
import type { Labels } from './remote-write-layout.ts'
import { encodeLabels, SAMPLE_BYTES, STEP_MS, varint, writeSample } from './write-bodies.ts'
import type { Body } from './write-bodies.ts'

export const SERIES_A_POD = 200
/** Pods whose series travel in one request. */
const PODS_A_BODY = 2
const MISSED_SHARE = 0.003
const OUTAGE_SCRAPES = 40
const JITTER_MS = 5

type Advance = (value: number, random: () => number) => number
interface SeriesKind {
  readonly name: string
  readonly own: Readonly<Record<string, string>>
  readonly isCounter: boolean
  readonly first: (random: () => number) => number
  readonly advance: Advance
}

const zero = (): number => 0
const counter = (name: string, own: Record<string, string>, advance: Advance): SeriesKind => ({
  name,
  own,
  isCounter: true,
  first: zero,
  advance,
})
const gauge = (
  name: string,
  own: Record<string, string>,
  first: SeriesKind['first'],
  advance: Advance,
): SeriesKind => ({
  name,
  own,
  isCounter: false,
  first,
  advance,
})

const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']
const HISTOGRAMS = ['http_request_duration', 'http_response_wait', 'db_query_duration', 'rpc_client_duration']

const whole =
  (most: number): Advance =>
  (value, random) =>
    value + Math.floor(random() * most)
const hundredths: Advance = (value, random) => (Math.round(value * 100) + Math.floor(random() * 1500)) / 100
const walk =
  (unit: number): Advance =>
  (value, random) =>
    Math.max(0, value + Math.floor(random() * 21 - 10) * unit)
const constant: Advance = (value) => value

const KINDS: readonly SeriesKind[] = [
  gauge('up', {}, () => 1, constant),
  gauge('pod_info', { node: '', version: '' }, () => 1, constant),
  ...['GET', 'POST', 'PUT'].flatMap((method) =>
    ['200', '201', '404', '500', '503'].map((status, i) =>
      counter('http_requests_total', { method, status }, whole(200 >> (i * 2))),
    ),
  ),
  ...HISTOGRAMS.flatMap((name) =>
    ['GET', 'POST'].flatMap((method) => [
      ...BOUNDS.map((le) => counter(`${name}_seconds_bucket`, { method, le }, zero)),
      counter(`${name}_seconds_sum`, { method }, zero),
      counter(`${name}_seconds_count`, { method }, zero),
    ]),
  ),
  counter('process_cpu_seconds_total', {}, hundredths),
  ...['in', 'out'].flatMap((direction) => [
    counter('network_bytes_total', { direction }, whole(2_000_000)),
    counter('disk_bytes_total', { direction }, whole(20_000_000)),
  ]),
  ...Array.from({ length: 15 }, (_, i) => counter(`worker_${i}_jobs_total`, {}, whole(30))),
  ...Array.from({ length: 27 }, (_, i) =>
    gauge(`cache_${i}_resident_bytes`, { pool: `pool-${i % 3}` }, () => 4096 * 5000, walk(4096)),
  ),
  ...Array.from({ length: 12 }, (_, i) => gauge(`queue_${i}_depth`, {}, () => 50, walk(1))),
  ...Array.from({ length: 6 }, (_, i) =>
    gauge(
      `load_${i}_ratio`,
      {},
      (random) => random(),
      (_value, random) => random(),
    ),
  ),
  ...Array.from({ length: 4 }, (_, i) =>
    gauge(
      `temperature_${i}_celsius`,
      {},
      () => 40,
      (value, random) => (Math.round(value * 100) + Math.floor(random() * 21) - 10) / 100,
    ),
  ),
  gauge('process_resident_memory_bytes', {}, () => 4096 * 90_000, walk(4096 * 16)),
  gauge('config_generation', {}, () => 42, constant),
]

/** The name of a pod, as its series carry it. */
export function podName(pod: number): string {
  return `checkout-${((pod * 7919) % 46_656).toString(36)}-${pod}`
}

function labelsOf(pod: number, index: number, { name, own }: SeriesKind): Labels {
  const labels: [string, string][] = [
    ['__name__', name],
    ['cluster', 'production-eu-west-1'],
    ['component', `component-${pod}-${index}`],
    ['instance', `10.42.${pod >> 8}.${pod & 255}:9090`],
    ['job', 'kubernetes-pods'],
    ['namespace', `team-${pod % 10}`],
    ['pod', podName(pod)],
    ['service', `checkout-${pod % 20}`],
    ...Object.entries(own),
  ]
  if (name === 'pod_info') labels.splice(-2, 2, ['node', `node-${pod % 8}`], ['version', `v1.${pod % 5}`])
  return labels.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Numbers in [0, 1) from a seed, the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Pod {
  readonly labels: readonly Buffer[]
  readonly values: Float64Array
  readonly random: () => number
  readonly offsetMs: number
  readonly restarts: ReadonlySet<number>
  readonly outage: number
}

export interface FleetOptions {
  readonly pods: number
  /** UnixMs behind the last of `scrapes`. */
  readonly end: number
  readonly scrapes: number
}

/** A fleet that is scraped on and on: ask for its bodies in order, once. */
export class Fleet {
  readonly #pods: readonly Pod[]
  readonly #start: number
  #scrape = 0

  constructor({ pods, end, scrapes }: FleetOptions) {
    this.#pods = Array.from({ length: pods }, (_, pod) => makePod(pod, pods, scrapes))
    this.#start = end - scrapes * STEP_MS
  }

  get series(): number {
    return this.#pods.length * SERIES_A_POD
  }

  /** The bodies of the next `scrapes` scrapes, one a group of pods: senders may send them in any order. */
  next(scrapes: number): Body[] {
    const from = this.#scrape
    this.#scrape += scrapes
    const bodies: Body[] = []
    for (let pod = 0; pod < this.#pods.length; pod += PODS_A_BODY) {
      const pods = this.#pods.slice(pod, pod + PODS_A_BODY)
      bodies.push(this.#body(pods, { from, scrapes, group: pod / PODS_A_BODY }))
    }
    return bodies
  }

  #body(pods: readonly Pod[], { from, scrapes, group }: { from: number; scrapes: number; group: number }): Body {
    const labelBytes = pods.reduce(
      (sum, { labels }) => sum + labels.reduce((bytes, one) => bytes + one.length + 6, 0),
      0,
    )
    const out = Buffer.allocUnsafe(labelBytes + pods.length * SERIES_A_POD * scrapes * SAMPLE_BYTES)
    let at = 0
    let samples = 0
    for (const pod of pods) {
      const { times, columns } = this.#scraped(pod, from, scrapes)
      if (times.length === 0) continue
      for (const [i, labels] of pod.labels.entries()) {
        out[at++] = 0x0a
        at = varint(out, labels.length + times.length * SAMPLE_BYTES, at)
        at += labels.copy(out, at)
        for (const [n, time] of times.entries()) at = writeSample(out, at, columns[n]?.[i] ?? 0, time)
      }
      samples += times.length * SERIES_A_POD
    }
    return { bytes: compressSnappy(out.subarray(0, at)), samples, group }
  }

  /** The scrapes that came through. */
  #scraped(pod: Pod, from: number, scrapes: number): { times: number[]; columns: Float64Array[] } {
    const times: number[] = []
    const columns: Float64Array[] = []
    for (let scrape = from; scrape < from + scrapes; scrape++) {
      const jitter = Math.round((pod.random() * 2 - 1) * JITTER_MS)
      const isMissed = pod.random() < MISSED_SHARE || (scrape >= pod.outage && scrape < pod.outage + OUTAGE_SCRAPES)
      moveOn(pod, scrape)
      if (isMissed) continue
      times.push(this.#start + scrape * STEP_MS + pod.offsetMs + jitter)
      columns.push(pod.values.slice())
    }
    return { times, columns }
  }
}

function makePod(pod: number, pods: number, scrapes: number): Pod {
  const random = randomOf(pod * 2_654_435_761 + 1)
  const restarts = Array.from({ length: Math.floor(random() * 4) }, () => Math.floor(random() * scrapes))
  const isAway = pod === Math.floor(pods / 7) || pod === Math.floor(pods / 2)
  return {
    labels: KINDS.map((kind, i) => encodeLabels(labelsOf(pod, i, kind))),
    values: Float64Array.from(KINDS, ({ first }) => first(random)),
    random,
    offsetMs: JITTER_MS + ((pod * 293) % (STEP_MS - 2 * JITTER_MS)),
    restarts: new Set(restarts),
    outage: isAway ? Math.floor(scrapes / 3) : Infinity,
  }
}

function moveOn({ values, random, restarts }: Pod, scrape: number): void {
  const isRestart = restarts.has(scrape)
  for (const [i, { isCounter, advance }] of KINDS.entries()) {
    if (advance === zero) continue
    values[i] = advance(isRestart && isCounter ? 0 : (values[i] as number), random)
  }
  for (const first of HISTOGRAM_STARTS) observe(values, first, isRestart, random)
}

const HISTOGRAM_STARTS = KINDS.flatMap(({ own }, i) => (own['le'] === BOUNDS[0] ? [i] : []))

/** Some observations more in the buckets, the sum and the count that begin at `first`. */
function observe(values: Float64Array, first: number, isRestart: boolean, random: () => number): void {
  const end = first + BOUNDS.length + 2
  if (isRestart) values.fill(0, first, end)
  let more = 0
  for (let bucket = 0; bucket < BOUNDS.length; bucket++) {
    const own = Math.floor(random() * (bucket < 8 ? 12 : 1.2))
    more += own
    values[first + bucket] = (values[first + bucket] as number) + more
    values[end - 2] = (values[end - 2] as number) + own * Number(BOUNDS[Math.min(bucket, 10)]) * random()
  }
  values[end - 1] = (values[end - 1] as number) + more
}
