/** One tenant's part of the head: its series, their samples and histograms, and the rules by which rows are taken in. */
import { hintAfter } from '../../model/histogram-continuity.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { Selector } from '../../model/matcher.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { Rejection, RejectionCode } from '../../signals/ingest.ts'
import type { SampleColumns, SeriesRef, SeriesTable } from '../../signals/metrics.ts'
import { explodedLabel } from './cardinality.ts'
import { ChangeLog } from './changes.ts'
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
import { SeriesStarts } from './starts.ts'
import { StoredDays } from './stored-days.ts'

/** What became of a row: KEPT (new), REPEATED (already there, the same), or the index of its code in OUTCOMES. */
export const KEPT = 0
export const REPEATED = 1
const OUT_OF_ORDER = 2
const TOO_OLD = 3
const TOO_FAR = 4
const DUPLICATE = 5
const INVALID = 6
const REMOVED = 7
const REFUSAL_CODES: Readonly<Record<number, RejectionCode>> = {
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
  /** Told of each label set that was refused. */
  readonly onRefused: (code: RejectionCode) => void
  /** The mark of a tenant that took no write yet; see `ChangeLog`. */
  readonly firstMark: number
  /** A number that no table of this process had before. */
  readonly nextGeneration: () => number
}

export class TenantHead implements SeriesTable {
  readonly tenant: TenantId
  readonly limits: TenantLimits
  readonly registry = new SeriesRegistry()
  readonly samples: SeriesSamples
  readonly histograms = new SeriesHistograms()
  /** Start timestamps of float samples. */
  readonly starts = new SeriesStarts()
  /** Told by whoever puts rows in or takes them out again. */
  readonly changes: ChangeLog
  readonly metadata = new MetadataStore()
  readonly refusals = new Refusals()
  readonly storedDays = new StoredDays()
  readonly #window: number
  readonly #deps: TenantHeadDeps
  readonly #identity = new SeriesIdentity()
  /** 1 = the series' definition is in the log or in the tables. */
  #defined: Uint8Array = new Uint8Array(0)
  #idleChecks: Uint8Array = new Uint8Array(0)
  #undefined = 0
  #generation: number

  constructor(options: TenantHeadOptions, deps: TenantHeadDeps) {
    this.tenant = options.tenant
    this.limits = options.limits
    this.#window = options.outOfOrderWindow
    this.#deps = deps
    this.samples = new SeriesSamples(deps.arena)
    this.changes = new ChangeLog(deps.firstMark)
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
    if (refusal !== undefined) {
      this.#deps.onRefused(refusal.code)
      return refusal
    }
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
    this.setDefined(ref, true)
    return ref
  }

  labelsOf(ref: SeriesRef): LabelSet {
    return this.registry.labelsOf(ref)
  }

  match(selector: Selector): Uint32Array {
    return matchSeries(this.registry, selector)
  }

  /** Whether any series' definition still has to be written. */
  get hasUndefined(): boolean {
    return this.#undefined > 0
  }

  /** Whether the definition of the series still has to be written. */
  isUndefined(ref: SeriesRef): boolean {
    return this.#defined[ref] === 0
  }

  setDefined(ref: SeriesRef, defined: boolean): void {
    if (this.isUndefined(ref) !== defined) return
    this.#defined[ref] = defined ? 1 : 0
    this.#undefined += defined ? -1 : 1
  }

  /** Takes rows in, in their order. `latest` is the newest time allowed; `outcomes` gets one entry a row. */
  takeSamples(columns: SampleColumns, latest: number, outcomes: Uint8Array): void {
    const { refs, timestamps, values, startTimestamps } = columns
    const { samples, starts } = this
    const watermark = this.#deps.watermark()
    const withStarts = startTimestamps !== undefined || !starts.isEmpty
    for (let i = 0; i < refs.length; i++) {
      const ref = refs[i] as number
      const t = timestamps[i] as number
      if (t > samples.lastTime(ref) && t >= watermark && t <= latest && t === Math.floor(t)) {
        samples.append(ref, t, values, i)
        outcomes[i] = KEPT
        if (withStarts) starts.set(ref, t, startTimestamps?.[i] ?? 0, true)
      } else outcomes[i] = this.#takeUnusual(ref, i, columns, latest)
    }
  }

  /**
   * Puts back a sample that the tables or the log hold. Of two rows of one time (they can only have come while the head did not
   * reach back so far) the larger value stays, as readers of the tables have it.
   */
  restoreSample(ref: SeriesRef, t: number, values: Float64Array, at: number, start = 0): void {
    const { samples } = this
    if (t < this.#deps.watermark()) {
      samples.raiseLastTime(ref, t)
      return
    }
    const isNewest = t > samples.lastTime(ref)
    if (isNewest) samples.append(ref, t, values, at)
    else if (!samples.restore(ref, t, values, at)) return
    this.#noteStart(ref, t, start, isNewest)
  }

  /** Puts back a histogram that the tables or the log hold. */
  restoreHistogram(ref: SeriesRef, t: number, value: NativeHistogram, start: number): void {
    this.samples.raiseLastTime(ref, t)
    if (t < this.#deps.watermark() || this.histograms.at(ref, t) !== undefined) return
    this.histograms.insert(ref, t, value, start)
  }

  /** Takes in a histogram, with what it says of counter resets next to the one before it. The outcome is `KEPT` or a refusal. */
  takeHistogram(ref: SeriesRef, t: number, value: NativeHistogram, start: number, latest: number): number {
    const refused = this.#checkTime(ref, t, latest)
    if (refused !== undefined) return refused
    if (t <= this.samples.lastTime(ref)) {
      const held = this.histograms.at(ref, t)
      if (held !== undefined) return sameHistogram(held, value) ? REPEATED : DUPLICATE
      if (this.samples.hasAt(ref, t)) return DUPLICATE
      const late = this.#checkLate(ref, t)
      if (late !== undefined) return late
    }
    const hinted = { ...value, resetHint: hintAfter(this.#before(ref, t), value) }
    this.samples.raiseLastTime(ref, t)
    if (t >= this.#deps.watermark()) this.histograms.insert(ref, t, hinted, start)
    else this.histograms.voidHintAfter(ref, t)
    return KEPT
  }

  /** The series' histogram before a new one at `t`, when that follows it directly and is still in memory. */
  #before(ref: SeriesRef, t: number): NativeHistogram | undefined {
    const newest = this.histograms.newest(ref)
    return newest !== undefined && newest.t < t && newest.t === this.samples.lastTime(ref) ? newest.value : undefined
  }

  codeOf(outcome: number): RejectionCode {
    return REFUSAL_CODES[outcome] ?? 'invalid_value'
  }

  /** Why the row was refused, in words. */
  refusalOf(outcome: number, ref: SeriesRef, t: number): Rejection {
    const code = this.codeOf(outcome)
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
    const first = this.samples.firstTime(ref)
    return this.histograms.isEmpty ? first : Math.min(first, this.histograms.firstTime(ref))
  }

  /** Looks at refs of `[from, to)`: notes how many checks in a row found each idle, that is, without a row since `since`. */
  noteIdle(since: number, from: number, to: number): void {
    this.#idleChecks = grownUint8(this.#idleChecks, this.registry.size)
    for (let ref = from; ref < Math.min(to, this.registry.size); ref++) {
      const checks = this.#idleChecks[ref] as number
      this.#idleChecks[ref] = this.#isIdle(ref, since) ? Math.min(checks + 1, 2) : 0
    }
  }

  /** Series that the last two checks found idle, and that still are. */
  idleRefs(since: number): SeriesRef[] {
    const refs: SeriesRef[] = []
    for (let ref = 0; ref < this.#idleChecks.length; ref++) {
      if (this.#idleChecks[ref] === 2 && this.#isIdle(ref, since)) refs.push(ref)
    }
    return refs
  }

  /** Takes idle series out; every ref of before is void. Their labels stay readable until the registry reuses the refs. */
  retire(refs: readonly SeriesRef[]): void {
    this.registry.retire(refs)
    for (const ref of refs) {
      this.samples.forget(ref)
      this.starts.forget(ref)
      this.setDefined(ref, true) // it needs no definition any more
    }
    this.#generation = this.#deps.nextGeneration()
  }

  #isIdle(ref: SeriesRef, since: number): boolean {
    const { registry, samples, histograms } = this
    return registry.isAlive(ref) && samples.isEmpty(ref) && !histograms.has(ref) && samples.lastTime(ref) < since
  }

  #register(labels: LabelSet, id: SeriesId): SeriesRef {
    const ref = this.registry.add(labels, id)
    this.samples.reserve(ref + 1)
    this.#defined = grownUint8(this.#defined, ref + 1)
    this.#defined[ref] = 0
    this.storedDays.reset(ref)
    if (ref < this.#idleChecks.length) this.#idleChecks[ref] = 0
    this.#undefined++
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
    const active = this.registry.count
    const said = (): string =>
      code === 'series_limit'
        ? `the tenant has ${active} active series, the limit is ${series} (limits.max_global_series_per_user)`
        : `metric ${JSON.stringify(metric)} has ${ofMetric} active series, the limit is ${seriesPerMetric} (limits.max_global_series_per_metric)`
    const hint = label === '' ? '' : `; label ${JSON.stringify(label)} of ${JSON.stringify(metric)} has the most values`
    // Of a hundred thousand refusals a few are read: the text is made for those.
    return {
      code,
      get message() {
        return `new series ${shown(labels)} refused: ${said()}${hint}`
      },
    }
  }

  #takeUnusual(
    ref: SeriesRef,
    at: number,
    { timestamps, values, startTimestamps }: SampleColumns,
    latest: number,
  ): number {
    const t = timestamps[at] as number
    const refused = this.#checkTime(ref, t, latest)
    if (refused !== undefined) return refused
    if (t <= this.samples.lastTime(ref)) {
      const held = this.samples.compare(ref, t, values, at)
      if (held !== 'absent') return held === 'same' ? REPEATED : DUPLICATE
      if (this.histograms.at(ref, t) !== undefined) return DUPLICATE
      const late = this.#checkLate(ref, t)
      if (late !== undefined) return late
    }
    if (t >= this.#deps.watermark()) {
      const isNewest = t > this.samples.lastTime(ref)
      this.samples.insert(ref, t, values, at)
      this.#noteStart(ref, t, startTimestamps?.[at] ?? 0, isNewest)
    }
    this.samples.raiseLastTime(ref, t)
    return KEPT
  }

  #noteStart(ref: SeriesRef, t: number, start: number, isNewest: boolean): void {
    if (start !== 0 || !this.starts.isEmpty) this.starts.set(ref, t, start, isNewest)
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
