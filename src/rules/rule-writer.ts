import type { Clock } from '../core/clock.ts'
import type { UnixMs } from '../core/time.ts'
import type { NativeHistogram } from '../model/histogram.ts'
import type { LabelSet } from '../model/labels.ts'
import { setStale } from '../model/stale.ts'
import type { TenantId } from '../model/tenant.ts'
import type { Rejection } from '../signals/ingest.ts'
import type { HistogramColumns, MetricsConsumer, SampleColumns, SeriesTable } from '../signals/metrics.ts'
import type { RuleSample } from './template/sample-values.ts'

/** What one evaluation writes: samples, and markers for series that are no longer there, all at one time. */
export interface RuleRows {
  readonly samples: readonly RuleSample[]
  readonly stale: readonly LabelSet[]
  readonly time: UnixMs
}

export interface Written {
  /** The samples that were kept. */
  readonly kept: readonly RuleSample[]
  /** The first refusal of a sample. Refusals of markers don't count: another rule may write such a series. */
  readonly refusal: Rejection | undefined
  readonly refused: number
}

/** Writes what rules produce into the store, as one batch an evaluation. */
export class RuleWriter {
  readonly #consumer: MetricsConsumer
  readonly #tenant: TenantId
  readonly #clock: Clock

  constructor(deps: { readonly consumer: MetricsConsumer; readonly tenant: TenantId; readonly clock: Clock }) {
    this.#consumer = deps.consumer
    this.#tenant = deps.tenant
    this.#clock = deps.clock
  }

  /** Resolves once the rows are durable. Rejects with `ingest.overloaded` and `store.*`. */
  async write({ samples, stale, time }: RuleRows, signal: AbortSignal): Promise<Written> {
    if (samples.length + stale.length === 0) return { kept: [], refusal: undefined, refused: 0 }
    const table = this.#consumer.seriesTable(this.#tenant)
    const draft = new Draft(table)
    for (const sample of samples) draft.add(sample)
    for (const labels of stale) draft.addStale(labels)
    const batch = {
      generation: table.generation,
      samples: draft.samples(time),
      histograms: draft.histograms(time),
      exemplars: [],
      metadata: [],
    }
    const ctx = { tenant: this.#tenant, signal, receivedAt: this.#clock.now() }
    const { rejections } = await this.#consumer.consumeMetrics(batch, ctx)
    return draft.outcome(rejections)
  }
}

/** Rows of a batch on their way into columns: floats, markers, then histograms. */
class Draft {
  readonly #table: SeriesTable
  readonly #floats: { readonly ref: number; readonly sample: RuleSample; readonly value: number }[] = []
  readonly #histograms: { readonly ref: number; readonly sample: RuleSample; readonly value: NativeHistogram }[] = []
  readonly #stale: number[] = []
  readonly #refusals: Rejection[] = []

  constructor(table: SeriesTable) {
    this.#table = table
  }

  add(sample: RuleSample): void {
    const ref = this.#table.resolve(sample.labels)
    const { value } = sample
    if (typeof ref !== 'number') this.#refusals.push(ref)
    else if (typeof value === 'number') this.#floats.push({ ref, sample, value })
    else this.#histograms.push({ ref, sample, value })
  }

  addStale(labels: LabelSet): void {
    const ref = this.#table.resolve(labels)
    if (typeof ref === 'number') this.#stale.push(ref)
  }

  samples(time: UnixMs): SampleColumns {
    const refs = Uint32Array.from([...this.#floats.map(({ ref }) => ref), ...this.#stale])
    const values = new Float64Array(refs.length)
    for (const [i, { value }] of this.#floats.entries()) values[i] = value
    for (let i = this.#floats.length; i < values.length; i++) setStale(values, i)
    return { refs, values, timestamps: new Float64Array(refs.length).fill(time) }
  }

  histograms(time: UnixMs): HistogramColumns {
    return {
      refs: Uint32Array.from(this.#histograms, ({ ref }) => ref),
      timestamps: new Float64Array(this.#histograms.length).fill(time),
      values: this.#histograms.map(({ value }) => value),
    }
  }

  outcome(rejections: readonly (Rejection & { readonly row: number })[]): Written {
    const behindMarkers = this.#floats.length + this.#stale.length
    const isMarker = (row: number): boolean => row >= this.#floats.length && row < behindMarkers
    const told = rejections.filter(({ row }) => !isMarker(row))
    const lost = new Set(told.map(({ row }) => row))
    const kept = [
      ...this.#floats.filter((_, i) => !lost.has(i)),
      ...this.#histograms.filter((_, i) => !lost.has(behindMarkers + i)),
    ]
    const refusals = [...this.#refusals, ...told]
    return { kept: kept.map(({ sample }) => sample), refusal: refusals[0], refused: refusals.length }
  }
}
