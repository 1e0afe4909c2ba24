/**
 * ns a data point for OTLP metrics requests whose series are known, from bytes to batch. Best of several rounds, in CPU time.
 * Run: `tsx bench/otlp-decode.ts`.
 */
import { jsonToProtobuf } from '../src/codec/otlp/json.ts'
import { readMetricsRequest } from '../src/codec/otlp/metrics-request.ts'
import type { MetricsVisitor } from '../src/codec/otlp/metrics-views.ts'
import { durationMs } from '../src/core/time.ts'
import { DEFAULT_TENANT } from '../src/model/tenant.ts'
import { otlpReceiverSection, otlpSection } from '../src/receive/otlp/config.ts'
import { DeltaStates } from '../src/receive/otlp/delta.ts'
import { MetricsTranslator } from '../src/receive/otlp/metrics-translator.ts'
import { SeriesCache } from '../src/receive/otlp/series-cache.ts'
import { Translation } from '../src/receive/otlp/translation.ts'
import { MemorySeriesTable } from '../test/support/memory-metrics.ts'
import { attributes, encodeMetricsRequest } from '../test/support/otlp-message.ts'
import type { Metric, MetricsRequest } from '../test/support/otlp-message.ts'
import { TestClock } from '../test/support/test-clock.ts'

const START_MS = 1_700_000_000_000
const RESOURCES = 50
const POINTS_PER_METRIC = 25
const METRICS = 4
const ROUNDS = 30

const nano = (ms: number): string => `${ms}000000`
const pointAttributes = (i: number) =>
  attributes({
    'http.request.method': ['GET', 'POST', 'PUT'][i % 3] as string,
    'http.response.status_code': String(200 + i),
    'url.scheme': 'https',
    'server.address': `cart-${i}.shop.svc.cluster.local`,
  })

type MakeMetric = (name: string, points: readonly number[], timeMs: number) => Metric
const common = (i: number, timeMs: number) => ({
  attributes: pointAttributes(i),
  startTimeUnixNano: nano(START_MS),
  timeUnixNano: nano(timeMs),
})
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const KINDS: [name: string, make: MakeMetric][] = [
  [
    'gauge',
    (name, points, t) => ({ name, gauge: { dataPoints: points.map((i) => ({ ...common(i, t), asDouble: i })) } }),
  ],
  [
    'cumulative sum',
    (name, points, t) => ({
      name,
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: points.map((i) => ({ ...common(i, t), asInt: String(i) })),
      },
    }),
  ],
  [
    'delta sum',
    (name, points, t) => ({
      name,
      sum: {
        aggregationTemporality: 1,
        isMonotonic: true,
        dataPoints: points.map((i) => ({ ...common(i, t), asInt: String(i) })),
      },
    }),
  ],
  [
    'histogram, 15 buckets',
    (name, points, t) => ({
      name,
      histogram: {
        aggregationTemporality: 2,
        dataPoints: points.map((i) => ({
          ...common(i, t),
          count: '15',
          sum: 3.5,
          bucketCounts: Array.from({ length: 15 }, () => '1'),
          explicitBounds: BOUNDS,
        })),
      },
    }),
  ],
  [
    'exponential, 20 buckets',
    (name, points, t) => ({
      name,
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: points.map((i) => ({
          ...common(i, t),
          count: '20',
          sum: 3.5,
          scale: 3,
          positive: { offset: -10, bucketCounts: Array.from({ length: 20 }, () => '1') },
        })),
      },
    }),
  ],
]

function request(make: MakeMetric, timeMs: number): MetricsRequest {
  const points = Array.from({ length: POINTS_PER_METRIC }, (_, i) => i)
  return {
    resourceMetrics: Array.from({ length: RESOURCES }, (_, pod) => ({
      resource: {
        attributes: attributes({
          'service.name': 'cart',
          'service.namespace': 'shop',
          'service.instance.id': `pod-${pod}`,
          'k8s.pod.name': `cart-7d9f-${pod}`,
          'host.name': `node-${pod % 5}`,
        }),
      },
      scopeMetrics: [
        {
          scope: { name: 'io.opentelemetry.http', version: '2.1.0' },
          metrics: Array.from({ length: METRICS }, (_none, m) => make(`http.server.metric.${m}`, points, timeMs)),
        },
      ],
    })),
  }
}

/** What reading alone costs: nothing is done with what is seen. */
const blind: MetricsVisitor = {
  resource: () => undefined,
  scope: () => undefined,
  metric: () => undefined,
  number: () => undefined,
  histogram: () => undefined,
  exponential: () => undefined,
  summary: () => undefined,
  resourceEnd: () => undefined,
}

function bestOf(run: (round: number) => void): number {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    // CPU time, the garbage collector's threads included: a busy machine changes it less than the clock on the wall.
    const before = process.cpuUsage()
    run(round)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) * 1000)
  }
  return best
}

const points = RESOURCES * METRICS * POINTS_PER_METRIC
const perPoint = (ns: number): string => (ns / points).toFixed(0).padStart(6)
console.log(`${points} points a request; ns/point: read only, whole (known series), whole (new series), JSON on top`)
for (const [name, make] of KINDS) {
  const requests = Array.from({ length: ROUNDS }, (_, round) => request(make, START_MS + (round + 1) * 15_000))
  const bodies = requests.map((one) => encodeMetricsRequest(one))
  const texts = requests.slice(0, 3).map((one) => Buffer.from(JSON.stringify(one)))
  const translation = new Translation(otlpSection.schema.parse({}))
  const receiver = otlpReceiverSection.schema.parse({})
  const clock = new TestClock(START_MS)
  const options = { lookback: durationMs(300_000), now: clock.now() }
  const fresh = () => ({
    tenant: DEFAULT_TENANT,
    translation,
    cache: new SeriesCache(),
    table: new MemorySeriesTable(),
    deltas: new DeltaStates({ maxSeries: receiver.delta_max_series, maxStale: receiver.delta_max_stale }, { clock }),
  })
  const translate = (round: number, deps: ReturnType<typeof fresh>): void => {
    deps.deltas.begin()
    const translator = new MetricsTranslator(options, deps)
    readMetricsRequest(bodies[round] as Buffer, translator)
    translator.batch()
    for (const metric of translator.described) metric.metadataAt = clock.now()
  }
  const read = bestOf((round) => readMetricsRequest(bodies[round] as Buffer, blind))
  const known = fresh()
  const whole = bestOf((round) => translate(round, known))
  const first = bestOf((round) => translate(round, fresh()))
  const json = bestOf((round) => void jsonToProtobuf(texts[round % 3] as Buffer, 'ExportMetricsServiceRequest'))
  const bytes = (bodies[0] as Buffer).length / points
  console.log(
    `${name.padEnd(24)} ${perPoint(read)} ${perPoint(whole)} ${perPoint(first)} ${perPoint(json)}   ${bytes.toFixed(0)} B/point`,
  )
}
