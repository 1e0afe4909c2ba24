import type { Buffer } from 'node:buffer'
import { jsonToProtobuf } from '../../codec/otlp/json.ts'
import { readMetricsRequest } from '../../codec/otlp/metrics-request.ts'
import type { PartialSuccess } from '../../codec/otlp/response.ts'
import type { Clock } from '../../core/clock.ts'
import { Bug } from '../../core/errors.ts'
import type { Counter, Telemetry } from '../../core/telemetry.ts'
import type { DurationMs } from '../../core/time.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { IngestResult } from '../../signals/ingest.ts'
import type { MetricsConsumer } from '../../signals/metrics.ts'
import type { OtlpConfig, OtlpReceiverConfig } from './config.ts'
import { DeltaStates } from './delta.ts'
import { MetricsTranslator } from './metrics-translator.ts'
import { NO_POINT } from './rows.ts'
import { SeriesCache } from './series-cache.ts'
import type { ExportRequest, OtlpService } from './service.ts'
import { Translation } from './translation.ts'

const MAX_ATTEMPTS = 3
const MAX_TENANTS = 1000

export interface OtlpMetricsOptions {
  readonly otlp: OtlpConfig
  readonly receiver: Pick<
    OtlpReceiverConfig,
    'delta_temporality' | 'delta_max_series' | 'delta_max_stale' | 'max_cached_series'
  >
  /** The query engine's: `target_info` is written at half of it. */
  readonly lookback: DurationMs
}

export interface OtlpMetricsDeps {
  readonly next: MetricsConsumer
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Takes OTLP metrics from any transport and passes them on as series. */
export class OtlpMetrics implements OtlpService {
  readonly signal = 'metrics'
  readonly #options: OtlpMetricsOptions
  readonly #deps: OtlpMetricsDeps
  readonly #caches = new Map<TenantId, SeriesCache>()
  readonly #deltas: DeltaStates
  readonly #counters: Counters
  #translation: Translation

  constructor(options: OtlpMetricsOptions, deps: OtlpMetricsDeps) {
    this.#options = options
    this.#deps = deps
    this.#translation = new Translation(options.otlp)
    const { delta_max_series, delta_max_stale } = options.receiver
    this.#deltas = new DeltaStates({ maxSeries: delta_max_series, maxStale: delta_max_stale }, deps)
    this.#counters = registerMetrics(deps.telemetry, {
      cachedSeries: () => this.#cachedSeries(),
      deltaSeries: () => this.#deltas.size,
    })
  }

  /** New rules of translation, for requests from now on. */
  apply(otlp: OtlpConfig): Promise<void> {
    this.#translation = new Translation(otlp)
    this.#caches.clear()
    return Promise.resolve()
  }

  async export(request: ExportRequest): Promise<PartialSuccess | undefined> {
    const { tenant, signal } = request
    const { clock, next } = this.#deps
    const body =
      request.encoding === 'json' ? jsonToProtobuf(request.body, 'ExportMetricsServiceRequest') : request.body
    const receivedAt = clock.now()
    const seen = this.#translate(body, tenant)
    this.#counters.points.inc(seen.points, { transport: request.transport })
    if (seen.droppedExemplars > 0) this.#counters.droppedExemplars.inc(seen.droppedExemplars)
    if (!seen.empty) {
      const result = await next.consumeMetrics(seen.batch(), { tenant, signal, receivedAt })
      for (const metric of seen.described) metric.metadataAt = receivedAt
      takeRefusals(seen, result)
    }
    return this.#partialSuccess(seen)
  }

  /** Runs in one turn, so that refs are of one generation and a body that breaks off leaves no trace in the deltas. */
  #translate(body: Buffer, tenant: TenantId): MetricsTranslator {
    const cache = this.#cacheOf(tenant)
    const table = this.#deps.next.seriesTable(tenant)
    const converts = this.#options.receiver.delta_temporality === 'convert'
    const options = { lookback: this.#options.lookback, now: this.#deps.clock.now() }
    const deltas = converts ? this.#deltas : undefined
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (cache.generation !== table.generation) cache.clear()
      cache.generation = table.generation
      const translation = this.#translation
      const translator = new MetricsTranslator(options, { tenant, translation, cache, table, deltas })
      this.#deltas.begin()
      try {
        readMetricsRequest(body, translator)
      } catch (error) {
        this.#deltas.rollback()
        throw error
      }
      if (table.generation === cache.generation) return translator
      this.#deltas.rollback() // registering a series gave all refs out anew
    }
    throw new Bug('series refs were given out anew several times within one request')
  }

  #cacheOf(tenant: TenantId): SeriesCache {
    const full = this.#cachedSeries() > this.#options.receiver.max_cached_series
    if (full || this.#caches.size > MAX_TENANTS) this.#caches.clear()
    let cache = this.#caches.get(tenant)
    if (cache === undefined) {
      cache = new SeriesCache()
      this.#caches.set(tenant, cache)
    }
    return cache
  }

  #cachedSeries(): number {
    let size = 0
    for (const cache of this.#caches.values()) size += cache.size
    return size
  }

  #partialSuccess({ refusals }: MetricsTranslator): PartialSuccess | undefined {
    for (const [reason, points] of refusals.byReason) this.#counters.rejectedPoints.inc(points, { reason })
    return refusals.message === '' ? undefined : { rejected: refusals.total, message: refusals.message }
  }
}

/** Counts data points, where the consumer counts rows: a classic histogram is one point of many rows. */
function takeRefusals(seen: MetricsTranslator, result: IngestResult): void {
  const points = new Set<number>()
  for (const { row, code, message } of result.rejections) {
    const point = seen.pointOf(row)
    if (point === NO_POINT || points.has(point)) seen.refusals.note(message)
    else seen.refusals.add({ reason: code, message })
    points.add(point)
  }
  // Rows beyond those that are listed: one point each is the best that can be said.
  const unlisted = result.rejected - result.rejections.length
  const rest = Math.min(unlisted, seen.points - seen.refusals.total)
  const first = result.rejections[0]
  if (rest > 0 && first !== undefined) seen.refusals.add({ reason: first.code, message: first.message }, rest)
}

interface Counters {
  readonly points: Counter<'transport'>
  readonly rejectedPoints: Counter<'reason'>
  readonly droppedExemplars: Counter
}

function registerMetrics(
  telemetry: Telemetry,
  read: { readonly cachedSeries: () => number; readonly deltaSeries: () => number },
): Counters {
  telemetry
    .gauge({
      name: 'bongsu_receive_otlp_cached_series',
      help: 'Attribute sets whose series are known without building labels.',
    })
    .read(read.cachedSeries)
  telemetry
    .gauge({ name: 'bongsu_receive_otlp_delta_series', help: 'Series of delta temporality that are summed up.' })
    .read(read.deltaSeries)
  return {
    points: telemetry.counter({
      name: 'bongsu_receive_otlp_points_total',
      help: 'Metric data points received over OTLP, taken or not.',
      labels: ['transport'],
    }),
    rejectedPoints: telemetry.counter({
      name: 'bongsu_receive_otlp_rejected_points_total',
      help: 'Metric data points received over OTLP that were not taken.',
      labels: ['reason'],
    }),
    droppedExemplars: telemetry.counter({
      name: 'bongsu_receive_otlp_dropped_exemplars_total',
      help: 'Exemplars received over OTLP without a value.',
    }),
  }
}
