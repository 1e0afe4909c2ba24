/**
 * Remote write bodies for load and benches: `pods` pods of 200 series each, as a fleet of services would send them
 * (`up`, request counters by method and status, four classic histograms of twelve buckets, counters and gauges), 10 labels each.
 */
import { ProtoWriter } from '../../src/codec/protobuf-writer.ts'
import { compressSnappy } from '../../src/codec/snappy.ts'

export type Labels = readonly (readonly [name: string, value: string])[]

const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
const STATUSES = ['200', '204', '301', '400', '404', '500', '503']
const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']

/** The series of one pod: 200 of them. */
export function podSeries(pod: number): Labels[] {
  const names: [string, [string, string][]][] = [['up', []]]
  for (const method of METHODS) {
    for (const status of STATUSES)
      names.push([
        'http_requests_total',
        [
          ['method', method],
          ['status', status],
        ],
      ])
  }
  for (const path of ['read', 'write', 'list', 'watch']) {
    for (const le of BOUNDS) names.push([`api_${path}_duration_seconds_bucket`, [['le', le]]])
    names.push([`api_${path}_duration_seconds_sum`, []], [`api_${path}_duration_seconds_count`, []])
  }
  for (let i = 0; names.length < 150; i++)
    names.push([`worker_queue_${i}_processed_bytes_total`, [['direction', 'in']]])
  for (let i = 0; names.length < 200; i++)
    names.push([`cache_pool_${i}_resident_memory_bytes`, [['pool', `pool-${i}`]]])
  return names.map(([name, own], i) => labelsOf(pod, i, name, own))
}

function labelsOf(pod: number, index: number, name: string, own: readonly [string, string][]): Labels {
  const id = `checkout-${(pod * 7919).toString(36)}-${pod}`
  const labels: [string, string][] = [
    ['__name__', name],
    ['cluster', 'production-eu-west-1'],
    ['component', `component-${pod}-${index}`],
    ['instance', `10.42.${pod >> 8}.${pod & 255}:9090`],
    ['job', 'kubernetes-pods'],
    ['namespace', `team-${pod % 10}`],
    ['pod', id],
    ['service', `checkout-${pod % 20}`],
    ...own,
  ]
  return labels.sort(([a], [b]) => (a < b ? -1 : 1))
}

export interface BodyOptions {
  readonly version: 1 | 2
  readonly samplesPerSeries: number
  /** UnixMs of the first sample. */
  readonly start: number
  readonly stepMs: number
  /** Version 2: with metadata on every series, as Prometheus sends them. */
  readonly metadata?: boolean
}

/** One uncompressed request of `series`. */
export function message(series: readonly Labels[], options: BodyOptions): Buffer {
  return options.version === 1 ? messageV1(series, options) : messageV2(series, options)
}

export function body(series: readonly Labels[], options: BodyOptions): Buffer {
  return compressSnappy(message(series, options))
}

function samples(
  writer: ProtoWriter,
  field: number,
  seed: number,
  { samplesPerSeries, start, stepMs }: BodyOptions,
): void {
  for (let i = 0; i < samplesPerSeries; i++) {
    const time = start + i * stepMs
    writer.message(field, (sample) => sample.double(1, sampleValue(seed, time)).int64(2, time))
  }
}

/** The value of the series at place `seed` of a request: one in five is a gauge of two decimals, the others grow. */
export function sampleValue(seed: number, time: number): number {
  return seed % 5 === 0 ? Math.round(1e6 * Math.abs(Math.sin(seed + time))) / 100 : seed * 1000 + (time % 1e7)
}

function messageV1(series: readonly Labels[], options: BodyOptions): Buffer {
  const request = new ProtoWriter(series.length * 256)
  for (const [i, labels] of series.entries()) {
    request.message(1, (one) => {
      for (const [name, value] of labels) one.message(1, (label) => label.string(1, name).string(2, value))
      samples(one, 2, i, options)
    })
  }
  return request.finish()
}

function messageV2(series: readonly Labels[], options: BodyOptions): Buffer {
  const symbols = new Map<string, number>([['', 0]])
  const ref = (text: string): number => {
    const known = symbols.get(text)
    if (known !== undefined) return known
    symbols.set(text, symbols.size)
    return symbols.size - 1
  }
  const rest = new ProtoWriter(series.length * 64)
  for (const [i, labels] of series.entries()) {
    rest.message(5, (one) => {
      one.packedUint64(
        1,
        labels.flatMap(([name, value]) => [ref(name), ref(value)]),
      )
      samples(one, 2, i, options)
      if (options.metadata === true) {
        const help = ref(`Help of ${labels[0]?.[1] ?? ''}`)
        one.message(5, (meta) => meta.uint64(1, 1).uint64(3, help))
      }
    })
  }
  const request = new ProtoWriter(series.length * 128)
  for (const text of symbols.keys()) request.string(4, text)
  return request.append(rest.view()).finish()
}
