/** Data as a shop's HTTP servers would give them: requests by handler, status and instance, durations as classic and native histograms, exemplars. */
import { postWrite } from './remote-write-sender.ts'
import type { HistogramInput, MetadataInput, Pairs, SampleInput, SeriesInput } from './remote-write-message.ts'

export const LATENCY_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const

const HANDLERS = [
  { handler: '/api/cart', rate: 42, median: 0.031 },
  { handler: '/api/checkout', rate: 11, median: 0.14 },
  { handler: '/api/products', rate: 120, median: 0.012 },
  { handler: '/api/search', rate: 64, median: 0.074 },
] as const
const INSTANCES = ['web-1:8080', 'web-2:8080', 'web-3:8080'] as const
const STATUSES = [
  { status: '200', share: 0.968 },
  { status: '404', share: 0.024 },
  { status: '500', share: 0.008 },
] as const

const counter = (help: string): MetadataInput => ({ type: 1, help, unit: '' })
const REQUESTS = counter('Requests answered, by handler, method and status.')
const DURATION: MetadataInput = {
  type: 3,
  help: 'Time from the first byte of a request to the last of its answer.',
  unit: 'seconds',
}
const MEMORY: MetadataInput = { type: 2, help: 'Resident memory of the process.', unit: 'bytes' }
const IN_FLIGHT: MetadataInput = { type: 2, help: 'Requests being answered right now.', unit: '' }

/** A deterministic noise from 0 to 1. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453
  return x - Math.floor(x)
}

/** Load over the day, with an incident: for ten minutes in the middle, checkout is slow and fails. */
interface Moment {
  readonly load: number
  readonly isIncident: boolean
}

export interface ShopOptions {
  /** Unix ms of the last samples. */
  readonly end: number
  readonly minutes: number
  readonly stepSeconds?: number
}

/** The series of the whole time, for a few remote writes. */
export function shopSeries({ end, minutes, stepSeconds = 15 }: ShopOptions): readonly SeriesInput[] {
  const count = Math.floor((minutes * 60) / stepSeconds) + 1
  const times = Array.from({ length: count }, (_, i) => end - (count - 1 - i) * stepSeconds * 1000)
  const moments = times.map((time, i): Moment => ({
    load: 1 + 0.35 * Math.sin(time / 900_000) + 0.25 * Math.sin(time / 240_000) + 0.15 * noise(i),
    isIncident: i > count * 0.55 && i < count * 0.72,
  }))
  return INSTANCES.flatMap((instance, n) => [
    ...HANDLERS.flatMap((one, h) =>
      handlerSeries(one, instance, { times, moments, stepSeconds, seed: n * 97 + h * 13 }),
    ),
    gauge('process_resident_memory_bytes', MEMORY, instance, times, (i) =>
      Math.round((180 + n * 22 + (i % 90) * 0.9 + noise(i + n * 7) * 6) * 1024 * 1024),
    ),
    gauge('http_requests_in_flight', IN_FLIGHT, instance, times, (i) =>
      Math.round(
        (moments[i]?.load ?? 1) * (6 + n) + ((moments[i]?.isIncident ?? false) ? 30 : 0) + noise(i * 3 + n) * 4,
      ),
    ),
  ])
}

interface Course {
  readonly times: readonly number[]
  readonly moments: readonly Moment[]
  readonly stepSeconds: number
  readonly seed: number
}

function handlerSeries(
  { handler, rate, median }: (typeof HANDLERS)[number],
  instance: string,
  { times, moments, stepSeconds, seed }: Course,
): readonly SeriesInput[] {
  const base: Pairs = [
    ['handler', handler],
    ['instance', instance],
    ['job', 'shop'],
  ]
  const slow = handler === '/api/checkout'
  const perStep = moments.map(({ load, isIncident }, i) => ({
    requests: Math.round((rate / INSTANCES.length) * stepSeconds * load * (0.9 + 0.2 * noise(seed + i))),
    median: median * (0.85 + 0.3 * noise(seed + i * 5)) * (isIncident && slow ? 6 : 1) * (0.8 + 0.25 * load),
    failing: isIncident && slow ? 22 : 1,
  }))
  const bounds = [...LATENCY_BOUNDS, Infinity]
  const shares = perStep.map(({ median: middle }) => bounds.map((bound) => shareBelow(bound, middle)))
  return [
    ...STATUSES.map(({ status, share }): SeriesInput => ({
      labels: named('http_requests_total', [...base, ['method', slow ? 'POST' : 'GET'], ['status', status]]),
      samples: running(
        times,
        (i) => (perStep[i]?.requests ?? 0) * share * (status === '500' ? (perStep[i]?.failing ?? 1) : 1),
      ),
      metadata: REQUESTS,
    })),
    ...bounds.map((bound, b): SeriesInput => ({
      labels: named('http_request_duration_seconds_bucket', [
        ...base,
        ['le', bound === Infinity ? '+Inf' : String(bound)],
      ]),
      samples: running(times, (i) => Math.round((perStep[i]?.requests ?? 0) * (shares[i]?.[b] ?? 0))),
      metadata: DURATION,
      exemplars: bound === Infinity ? [] : exemplarsOf(times, (i) => perStep[i]?.median ?? median, bound, b, seed),
    })),
    {
      labels: named('http_request_duration_seconds_count', base),
      samples: running(times, (i) => perStep[i]?.requests ?? 0),
      metadata: DURATION,
    },
    {
      labels: named('http_request_duration_seconds_sum', base),
      samples: running(times, (i) => (perStep[i]?.requests ?? 0) * (perStep[i]?.median ?? 0) * 1.2),
      metadata: DURATION,
    },
    { labels: named('rpc_duration_seconds', base), histograms: nativeOf(times, perStep), metadata: DURATION },
  ]
}

const named = (name: string, labels: Pairs): Pairs =>
  [['__name__', name] as const, ...labels].sort(([a], [b]) => (a < b ? -1 : 1))

/** How many of log-normal durations lie below a bound. */
function shareBelow(bound: number, median: number): number {
  return bound === Infinity ? 1 : 1 / (1 + (bound / median) ** -2.4)
}

function running(times: readonly number[], added: (i: number) => number): readonly SampleInput[] {
  let sum = 0
  return times.map((timestamp, i) => ({ timestamp, value: (sum += Math.round(added(i))) }))
}

function exemplarsOf(
  times: readonly number[],
  medianAt: (i: number) => number,
  bound: number,
  b: number,
  seed: number,
) {
  const below = LATENCY_BOUNDS[b - 1] ?? 0
  return times.flatMap((timestamp, i) => {
    const chance = (shareBelow(bound, medianAt(i)) - shareBelow(below || 1e-9, medianAt(i))) * 0.05
    if (noise(seed * 31 + i * 7 + b) > chance) return []
    const value = below + (bound - below) * noise(seed + i + b)
    const id = Math.floor(noise(seed + i * 3 + b) * 2 ** 48)
      .toString(16)
      .padStart(16, '0')
    return [{ labels: [['trace_id', `4bf92f3577b34da6${id}`]] as Pairs, value, timestamp: timestamp - 400 }]
  })
}

/** Native histograms of schema 3 with the same course. */
function nativeOf(times: readonly number[], steps: readonly { readonly requests: number; readonly median: number }[]) {
  const from = -64
  const length = 80
  const sums = new Float64Array(length)
  let sum = 0
  return times.map((timestamp, i): HistogramInput => {
    const { requests = 0, median = 0.1 } = steps[i] ?? {}
    for (let b = 0; b < length; b++) {
      const upper = 2 ** ((from + b) / 8)
      sums[b] =
        (sums[b] ?? 0) + Math.round(requests * (shareBelow(upper, median) - shareBelow(upper / 2 ** (1 / 8), median)))
    }
    sum += requests * median
    const counts = [...sums]
    return {
      timestamp,
      sum,
      schema: 3,
      zeroThreshold: 1e-6,
      zeroCountInt: 0,
      countInt: counts.reduce((all, one) => all + one, 0),
      positiveSpans: [{ offset: from, length }],
      positiveDeltas: counts.map((count, b) => count - (counts[b - 1] ?? 0)),
    }
  })
}

function gauge(
  name: string,
  metadata: MetadataInput,
  instance: string,
  times: readonly number[],
  value: (i: number) => number,
): SeriesInput {
  const samples = times.map((timestamp, i) => ({ timestamp, value: value(i) }))
  return {
    labels: named(name, [
      ['instance', instance],
      ['job', 'shop'],
    ]),
    samples,
    metadata,
  }
}

/** Sends all of it by remote write 2.0, which carries metadata. */
export async function sendShop(url: string, options: ShopOptions): Promise<void> {
  const series = shopSeries(options)
  for (let at = 0; at < series.length; at += 60) {
    const { status, text } = await postWrite(url, series.slice(at, at + 60), 2)
    if (status >= 300) throw new Error(`remote write: ${status} ${text}`)
  }
}
