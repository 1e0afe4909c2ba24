/** One tenant's part of the head: its series, their samples and histograms, and the rules by which rows are taken in. */
import type { NativeHistogram } from '../../model/histogram.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { Selector } from '../../model/matcher.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { Rejection, RejectionCode } from '../../signals/ingest.ts'
import type { SampleColumns, SeriesRef, SeriesTable } from '../../signals/metrics.ts'
import { explodedLabel } from './cardinality.ts'
import type { ChunkArena } from './chunks.ts'
import { grownUint8 } from './columns.ts'
import { sameHistogram, SeriesHistograms } from './histograms.ts'
import { SeriesIdentity } from './identity.ts'
import type { SeriesId } from './identity.ts'
import { checkLabels, shown } from './label-checks.ts'
import type { TenantLimits } from './limits.ts'
import { matchSeries } from './matching.ts'
import { MetadataStore } from './metadata.ts'
import { Refusals } from './refusals.ts'
import { SeriesRegistry } from './registry.ts'
import { SeriesSamples } from './samples.ts'

/** What became of a row: KEPT (new), REPEATED (already there, the same), or the index of its code in OUTCOMES. */
export const KEPT = 0
export const REPEATED = 1
const OUT_OF_ORDER = 2
const TOO_OLD = 3
const TOO_FAR = 4
const DUPLICATE = 5
const INVALID = 6
const REMOVED = 7
export const REFUSAL_CODES: Readonly<Record<number, RejectionCode>> = {
  [OUT_OF_ORDER]: 'out_of_order',
  [TOO_OLD]: 'too_old',
  [TOO_FAR]: 'too_far_in_future',
  [DUPLICATE]: 'duplicate_timestamp',
  [INVALID]: 'invalid_value',
  [REMOVED]: 'series_removed',
}

export interface TenantHeadOptions {
  readonly tenant: TenantId
  readonly limits: TenantLimits
  /** Milliseconds that a row may be older than the newest of its series; 0 = not at all. */
  readonly outOfOrderWindow: number
}

export interface TenantHeadDeps {
  readonly arena: ChunkArena
  /** The time from which on the head keeps rows. */
  readonly watermark: () => number
  /** A number that no table of this process had before. */
  readonly nextGeneration: () => number
}

export class TenantHead implements SeriesTable {
  readonly tenant: TenantId
  readonly limits: TenantLimits
  readonly registry = new SeriesRegistry()
  readonly samples: SeriesSamples
  readonly histograms = new SeriesHistograms()
  readonly metadata = new MetadataStore()
  readonly refusals = new Refusals()
  readonly #window: number
  readonly #deps: TenantHeadDeps
  readonly #identity = new SeriesIdentity()
  /** 1 = the series' definition is in the log or in the tables. */
  #defined: Uint8Array = new Uint8Array(0)
  #generation: number

  constructor(options: TenantHeadOptions, deps: TenantHeadDeps) {
    this.tenant = options.tenant
    this.limits = options.limits
    this.#window = options.outOfOrderWindow
    this.#deps = deps
    this.samples = new SeriesSamples(deps.arena)
    this.#generation = deps.nextGeneration()
  }

  get generation(): number {
    return this.#generation
  }

  resolve(labels: LabelSet): SeriesRef | Rejection {
    const id = this.#identity.idOf(labels)
    const known = this.registry.findById(id)
    if (known !== undefined && this.registry.hasLabels(known, labels)) return known
    const refusal = checkLabels(labels, this.limits) ?? this.#checkRoom(labels)
    if (refusal !== undefined) return refusal
    if (known !== undefined) {
      return {
        code: 'invalid_labels',
        message: `series ${shown(labels)} has the same id as ${shown(this.labelsOf(known))}`,
      }
    }
    return this.#register(labels, id)
  }

  /** Registers what the store already knows: no limit holds, and the definition is stored. */
  restore(labels: LabelSet): SeriesRef {
    const id = this.#identity.idOf(labels)
    const ref = this.registry.findById(id) ?? this.#register(labels, id)
    this.#defined[ref] = 1
    return ref
  }

  labelsOf(ref: SeriesRef): LabelSet {
    return this.registry.labelsOf(ref)
  }

  match(selector: Selector): Uint32Array {
    return matchSeries(this.registry, selector)
  }

  /** Whether the definition of the series still has to be written. */
  isUndefined(ref: SeriesRef): boolean {
    return this.#defined[ref] === 0
  }

  setDefined(ref: SeriesRef, defined: boolean): void {
    this.#defined[ref] = defined ? 1 : 0
  }

  /** Takes rows in, in their order. `latest` is the newest time allowed; `outcomes` gets one entry a row. */
  takeSamples({ refs, timestamps, values }: SampleColumns, latest: number, outcomes: Uint8Array): void {
    const { samples } = this
    const watermark = this.#deps.watermark()
    for (let i = 0; i < refs.length; i++) {
      const ref = refs[i] as number
      const t = timestamps[i] as number
      if (t > samples.lastTime(ref) && t >= watermark && t <= latest) {
        samples.append(ref, t, values, i)
        outcomes[i] = KEPT
      } else outcomes[i] = this.#takeUnusual(ref, t, latest, values, i)
    }
  }

  takeHistogram(ref: SeriesRef, t: number, value: NativeHistogram, latest: number): number {
    const refused = this.#checkTime(ref, t, latest)
    if (refused !== undefined) return refused
    if (t <= this.samples.lastTime(ref)) {
      const held = this.histograms.at(ref, t)
      if (held !== undefined) return sameHistogram(held, value) ? REPEATED : DUPLICATE
      if (this.samples.hasAt(ref, t)) return DUPLICATE
      const late = this.#checkLate(ref, t)
      if (late !== undefined) return late
    }
    this.samples.raiseLastTime(ref, t)
    if (t >= this.#deps.watermark()) this.histograms.insert(ref, t, value)
    return KEPT
  }

  /** Why the row was refused, in words. */
  refusalOf(outcome: number, ref: SeriesRef, t: number): Rejection {
    const code = REFUSAL_CODES[outcome] ?? 'invalid_value'
    const isKnown = ref < this.registry.size && outcome !== REMOVED
    const series = isKnown ? shown(this.labelsOf(ref)) : `number ${ref}`
    const newest = isKnown ? `, its newest sample is at ${this.samples.lastTime(ref)}` : ''
    const fault: Readonly<Record<number, string>> = {
      [OUT_OF_ORDER]: `out of order sample at ${t}${newest}`,
      [TOO_OLD]: `sample at ${t} is older than the out-of-order window allows${newest}`,
      [TOO_FAR]: `sample at ${t} is too far in the future`,
      [DUPLICATE]: `duplicate sample at ${t} with another value`,
      [INVALID]: `${t} is no timestamp`,
      [REMOVED]: 'the series is not active any more',
    }
    return { code, message: `series ${series}: ${fault[outcome] ?? 'refused'}` }
  }

  /** Time of the oldest row held of a series, Infinity when none. */
  firstTime(ref: SeriesRef): number {
    return Math.min(this.samples.firstTime(ref), this.histograms.firstTime(ref))
  }

  isIdle(ref: SeriesRef, since: number): boolean {
    return this.samples.isEmpty(ref) && !this.histograms.has(ref) && this.samples.lastTime(ref) < since
  }

  /** Takes idle series out; every ref of before is void. Their labels stay readable until the registry reuses the refs. */
  retire(refs: readonly SeriesRef[]): void {
    this.registry.retire(refs)
    for (const ref of refs) this.samples.forget(ref)
    this.#generation = this.#deps.nextGeneration()
  }

  #register(labels: LabelSet, id: SeriesId): SeriesRef {
    const ref = this.registry.add(labels, id)
    this.samples.reserve(ref + 1)
    this.#defined = grownUint8(this.#defined, ref + 1)
    this.#defined[ref] = 0
    return ref
  }

  #checkRoom(labels: LabelSet): Rejection | undefined {
    const { series, seriesPerMetric } = this.limits
    const metric = labels.name
    const names = this.registry.label(METRIC_NAME)
    const id = names?.idOf(metric)
    const ofMetric = names === undefined || id === undefined ? 0 : names.countOf(id)
    const code =
      seriesPerMetric > 0 && ofMetric >= seriesPerMetric
        ? 'metric_series_limit'
        : series > 0 && this.registry.count >= series
          ? 'series_limit'
          : undefined
    if (code === undefined) return undefined
    const label = this.refusals.note(metric, () => explodedLabel(this.registry, metric))
    const said =
      code === 'series_limit'
        ? `the tenant has ${this.registry.count} active series, the limit is ${series} (limits.max_global_series_per_user)`
        : `metric ${JSON.stringify(metric)} has ${ofMetric} active series, the limit is ${seriesPerMetric} (limits.max_global_series_per_metric)`
    const hint = label === '' ? '' : `; label ${JSON.stringify(label)} of ${JSON.stringify(metric)} has the most values`
    return { code, message: `new series ${shown(labels)} refused: ${said}${hint}` }
  }

  #takeUnusual(ref: SeriesRef, t: number, latest: number, values: Float64Array, at: number): number {
    const refused = this.#checkTime(ref, t, latest)
    if (refused !== undefined) return refused
    if (t <= this.samples.lastTime(ref)) {
      const held = this.samples.compare(ref, t, values, at)
      if (held !== 'absent') return held === 'same' ? REPEATED : DUPLICATE
      if (this.histograms.at(ref, t) !== undefined) return DUPLICATE
      const late = this.#checkLate(ref, t)
      if (late !== undefined) return late
    }
    if (t >= this.#deps.watermark()) this.samples.insert(ref, t, values, at)
    this.samples.raiseLastTime(ref, t)
    return KEPT
  }

  #checkTime(ref: SeriesRef, t: number, latest: number): number | undefined {
    if (!this.registry.isAlive(ref)) return REMOVED
    if (!Number.isInteger(t)) return INVALID
    return t > latest ? TOO_FAR : undefined
  }

  // Prometheus measures the window from the newest sample of the whole head, and refuses new series that start an hour behind
  // it. Here it is the series' own newest sample that counts: the tables take rows of any age, so a sender that catches up
  // after an outage loses nothing.
  #checkLate(ref: SeriesRef, t: number): number | undefined {
    if (this.#window === 0) return OUT_OF_ORDER
    return t < this.samples.lastTime(ref) - this.#window ? TOO_OLD : undefined
  }
}
