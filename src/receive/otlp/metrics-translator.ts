/** OTLP metrics of one request as a batch of series. Follows FromMetrics, prometheusremotewrite/metrics_to_prw.go@v3.14. */
import { NO_RECORDED_VALUE } from '../../codec/otlp/metrics-views.ts'
import type {
  ExponentialView,
  HistogramView,
  MetricsVisitor,
  MetricView,
  NumberView,
  PointView,
  ResourceView,
  ScopeView,
  SummaryView,
} from '../../codec/otlp/metrics-views.ts'
import { Bug } from '../../core/errors.ts'
import { nanoToMs } from '../../core/time.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { MetricsBatch } from '../../signals/metrics.ts'
import { bucketOf, classicShape, classicValues, summaryShape } from './classic-histogram.ts'
import { addExplicit, addExponential, copyExplicit, copyExponential } from './delta-histogram.ts'
import { ExemplarRows } from './exemplar-rows.ts'
import { describeMetric } from './metric-metadata.ts'
import { fromExplicit, fromExponential, staleHistogram } from './native-histogram.ts'
import type { ExplicitHistogram } from './native-histogram.ts'
import { Refusals } from './refusals.ts'
import { HistogramRows, SampleRows } from './rows.ts'
import type { KnownMetric, KnownResource, KnownScope, KnownSeries } from './series-cache.ts'
import { resolveSeries, SINGLE } from './series-resolver.ts'
import type { PointContext, ResolverDeps, Shape } from './series-resolver.ts'
import { addTargetInfo } from './target-info.ts'

const TWO_32 = 4_294_967_296
/** How often the metadata of a metric are sent on, though nothing about them is new. */
const METADATA_INTERVAL_MS = 600_000

export interface TranslatorOptions {
  /** Of the query engine: `target_info` is written often enough for it. */
  readonly lookback: DurationMs
  /** Time of points that come without one. */
  readonly now: UnixMs
}

/** Sees one request and makes its batch. Used once. */
export class MetricsTranslator implements MetricsVisitor {
  readonly refusals = new Refusals()
  readonly #options: TranslatorOptions
  readonly #deps: ResolverDeps
  readonly #rows = new SampleRows()
  readonly #histograms = new HistogramRows()
  readonly #exemplars = new ExemplarRows()
  readonly #described = new Set<KnownMetric>()
  readonly #targetInfoWritten = new Set<string>()
  #points = 0

  // Where in the request the visitor is.
  #resource: KnownResource | undefined
  #scope: KnownScope | undefined
  #context: PointContext | undefined
  #earliest = Infinity
  #latest = -Infinity
  // Of the point at hand: UnixMs.
  #time = 0
  #start = 0

  constructor(options: TranslatorOptions, deps: ResolverDeps) {
    this.#options = options
    this.#deps = deps
  }

  /** Data points seen, taken or not. */
  get points(): number {
    return this.#points
  }

  get droppedExemplars(): number {
    return this.#exemplars.dropped
  }

  /** Metrics whose metadata are in the batch: to be told when they were kept. */
  get described(): Iterable<KnownMetric> {
    return this.#described
  }

  /** True when there is nothing to pass on. */
  get empty(): boolean {
    return this.#rows.length + this.#histograms.length === 0 && this.#described.size === 0
  }

  /** The batch of all that was seen. Nothing may be shown to the translator afterwards. */
  batch(): MetricsBatch {
    return {
      generation: this.#deps.table.generation,
      samples: this.#rows.columns(),
      histograms: this.#histograms.columns(),
      exemplars: this.#exemplars.rows,
      metadata: [...this.#described].map(({ metadata }) => metadata),
    }
  }

  /** The data point behind a row of the batch (samples, then histograms); `NO_POINT` for target_info. */
  pointOf(row: number): number {
    const { length } = this.#rows
    return row < length ? this.#rows.pointOf(row) : this.#histograms.pointOf(row - length)
  }

  resource(view: ResourceView): void {
    const { cache, translation } = this.#deps
    this.#earliest = Infinity
    this.#latest = -Infinity
    this.#resource = madeOnce(cache.resources, view.fields.key(), () => {
      const attributes = view.readAttributes()
      const labels = translation.resourceLabels(attributes)
      return { labels, attributes, scopes: new Map(), targetInfo: undefined }
    })
  }

  scope(view: ScopeView): void {
    this.#scope = madeOnce(held(this.#resource).scopes, view.fields.key(), () => ({
      labels: this.#deps.translation.scopeLabels(view.read()),
      metrics: new Map(),
    }))
  }

  metric(view: MetricView): void {
    const resource = held(this.#resource)
    const scope = held(this.#scope)
    const { kind, temporality, monotonic } = view
    const key = `${kind} ${temporality} ${monotonic} ${view.fields.key()}`
    const metric = madeOnce(scope.metrics, key, () =>
      describeMetric(view, this.#deps.translation, this.#deps.deltas !== undefined),
    )
    metric.cursor = 0
    const delta = temporality === 'delta' && kind !== 'gauge' && kind !== 'summary'
    this.#context = { resource, scope, metric, kind, delta }
  }

  number(point: NumberView): void {
    const series = this.#open(point, SINGLE)
    if (series === undefined) return
    const stale = isStale(point)
    const value = this.#total(series, point, point.value, point.value, addNumbers)
    if (value === undefined) return
    const ref = series.refs[0] as number
    this.#rows.add(this.#index, ref, this.#time, this.#start, value, stale)
    // A gauge's exemplars are not kept, as Prometheus does not.
    if (held(this.#context).kind === 'sum') this.#addExemplars(point, () => ref)
  }

  histogram(point: HistogramView): void {
    const native = this.#deps.translation.config.convert_histograms_to_nhcb
    const shape = native ? SINGLE : classicShape(point)
    const series = this.#open(point, shape)
    if (series === undefined) return
    const value = held(this.#context).delta ? copyExplicit(point) : point
    const total = this.#total(series, point, value, point.count, addExplicit)
    if (total === undefined) return
    if (native) this.#addNative(point, series, () => fromExplicit(total))
    else this.#addClassic(point, series, total)
  }

  exponential(point: ExponentialView): void {
    const series = this.#open(point, SINGLE)
    if (series === undefined) return
    const value = held(this.#context).delta ? copyExponential(point) : point
    const total = this.#total(series, point, value, point.count, addExponential)
    if (total !== undefined) this.#addNative(point, series, () => fromExponential(total))
  }

  summary(point: SummaryView): void {
    const series = this.#open(point, summaryShape(point.quantiles))
    if (series === undefined) return
    this.#addFamily(point, series, [point.count, point.sum, ...point.values])
  }

  resourceEnd(): void {
    const resource = held(this.#resource)
    if (this.#latest === -Infinity || 'message' in resource.labels) return
    const added = addTargetInfo(resource, this.#earliest, this.#latest, this.#options.lookback, {
      translation: this.#deps.translation,
      table: this.#deps.table,
      rows: this.#rows,
      refusals: this.refusals,
      written: this.#targetInfoWritten,
    })
    if (added) this.#describe(this.#deps.cache.targetInfo)
  }

  /** Index of the point at hand. */
  get #index(): number {
    return this.#points - 1
  }

  /** Begins a point: its series, or undefined when it is refused. */
  #open(point: PointView, shape: Shape): KnownSeries | undefined {
    const context = held(this.#context)
    const { metric } = context
    this.#points++
    const timed = point.timeHi !== 0 || point.timeLo !== 0
    this.#time = timed ? nanoToMs(point.timeHi, point.timeLo) : this.#options.now
    this.#start = nanoToMs(point.startHi, point.startLo)
    if (this.#time < this.#earliest) this.#earliest = this.#time
    if (this.#time > this.#latest) this.#latest = this.#time
    const series = metric.problem ?? resolveSeries(point, shape, context, this.#deps)
    if ('reason' in series) {
      this.refusals.add(series)
      return undefined
    }
    this.#describe(metric)
    return series
  }

  #describe(metric: KnownMetric): void {
    const { metadataAt } = metric
    if (metadataAt === undefined || this.#options.now - metadataAt > METADATA_INTERVAL_MS) this.#described.add(metric)
  }

  /** The value that is written: with delta temporality, what the series has added up to; undefined when it comes too late. */
  #total<T>(
    series: KnownSeries,
    point: PointView,
    value: T,
    lastDelta: number,
    add: (total: T, value: T) => T | undefined,
  ): T | undefined {
    if (series.delta === undefined || isStale(point)) return value
    const start = this.#start
    const startNano = point.startHi * TWO_32 + point.startLo
    const timeNano = point.timeHi === 0 && point.timeLo === 0 ? this.#time * 1e6 : point.timeHi * TWO_32 + point.timeLo
    const total = this.#deps.deltas?.add(series.delta, { value, start, startNano, timeNano, lastDelta }, add)
    if (total === undefined) {
      const message = `delta point of ${held(this.#context).metric.metadata.metric} is older than one already added`
      this.refusals.add({ reason: 'delta_out_of_order', message })
      return undefined
    }
    this.#start = total.start
    return total.total
  }

  #addClassic(point: HistogramView, series: KnownSeries, histogram: ExplicitHistogram): void {
    const { refs, bounds, hasSum } = series
    this.#addFamily(point, series, classicValues(histogram, hasSum, bounds.length))
    const firstBucket = refs.length - bounds.length - 1
    this.#addExemplars(point, (value) => refs[firstBucket + bucketOf(value, bounds)] as number)
  }

  #addFamily(point: PointView, { refs }: KnownSeries, values: readonly number[]): void {
    const stale = isStale(point)
    for (let i = 0; i < refs.length; i++) {
      this.#rows.add(this.#index, refs[i] as number, this.#time, this.#start, values[i] as number, stale)
    }
  }

  #addNative(point: PointView, series: KnownSeries, convert: () => NativeHistogram | string): void {
    const histogram = isStale(point) ? staleHistogram() : convert()
    if (typeof histogram === 'string') {
      const message = `${held(this.#context).metric.metadata.metric}: ${histogram}`
      this.refusals.add({ reason: 'histogram', message })
      return
    }
    const ref = series.refs[0] as number
    this.#histograms.add(this.#index, ref, this.#time, this.#start, histogram)
    this.#addExemplars(point, () => ref)
  }

  #addExemplars(point: PointView, refOf: (value: number) => number): void {
    if (!point.exemplars.empty) this.#exemplars.add(point.exemplars, this.#time, refOf)
  }
}

function addNumbers(a: number, b: number): number {
  return a + b
}

function isStale(point: PointView): boolean {
  return (point.flags & NO_RECORDED_VALUE) !== 0
}

function held<T>(part: T | undefined): T {
  if (part === undefined) throw new Bug('the visitor was shown a part without what it belongs to')
  return part
}

function madeOnce<T>(known: Map<string, T>, key: string, make: () => T): T {
  let found = known.get(key)
  if (found === undefined) {
    found = make()
    known.set(key, found)
  }
  return found
}
