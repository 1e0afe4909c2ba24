/**
 * `selectSeries`: rows before the head's watermark come from the tables, all others from the head; a series that has both is
 * put together here, so that it appears once.
 */
import { setImmediate } from 'node:timers/promises'
import { defineError } from '../core/errors.ts'
import type { TimeRange, UnixMs } from '../core/time.ts'
import type { QueryLimits } from '../signals/ingest.ts'
import type { SeriesBlock } from '../signals/metrics.ts'
import type { Block } from './engine.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { SeriesBlockBuilder } from './series-block.ts'
import { appendDistinct, idAt, idWords, runEnd, timesOf } from './stored-rows.ts'
import { idKey } from './stored-series.ts'
import type { StoredHistogram, StoredSeries } from './stored-series.ts'

export const tooManySamples = defineError<{ limit: number }>({
  code: 'query.too_many_samples',
  status: 422,
  blame: 'caller',
  retry: false,
  message: ({ limit }) => `the query would load more than ${limit} samples`,
  advice: 'Narrow the selector or the range, or raise query.max_samples.',
})

export const tooManySeries = defineError<{ limit: number }>({
  code: 'query.too_many_series',
  status: 422,
  blame: 'caller',
  retry: false,
  message: ({ limit }) => `the query would touch more than ${limit} series`,
  advice: 'Narrow the selector, or raise query.max_series.',
})

/** Blocks after which other work gets its turn. */
const BLOCKS_A_TURN = 4

export interface SelectedHead {
  readonly tenant: TenantHead
  /** Matching refs, each with rows in the range or in the tables. */
  readonly refs: Uint32Array
  /** The part of the range that the head answers. */
  readonly range: TimeRange<UnixMs>
}

export interface SelectedStore {
  readonly series: ReadonlyMap<string, StoredSeries>
  readonly samples: AsyncIterable<Block>
  readonly histograms: ReadonlyMap<string, readonly StoredHistogram[]>
}

/** Puts one answer together. One use. */
export class SeriesSelection {
  readonly #head: SelectedHead | undefined
  readonly #limits: QueryLimits
  readonly #signal: AbortSignal
  readonly #builder = new SeriesBlockBuilder()
  readonly #done = new Set<number>()
  #samples = 0
  #blocks = 0

  constructor(head: SelectedHead | undefined, limits: QueryLimits, signal: AbortSignal) {
    this.#head = head
    this.#limits = limits
    this.#signal = signal
  }

  async *run(store: SelectedStore | undefined): AsyncGenerator<SeriesBlock, void, undefined> {
    if (store !== undefined) yield* this.#stored(store)
    for (const ref of this.#head?.refs ?? []) {
      if (this.#done.has(ref)) continue
      this.#addHead(ref)
      if (this.#builder.isFull) yield await this.#take()
    }
    if (!this.#builder.isEmpty) yield await this.#take()
  }

  async *#stored(store: SelectedStore): AsyncGenerator<SeriesBlock, void, undefined> {
    const seen = new Set<string>()
    let open: string | undefined
    for await (const block of store.samples) {
      const words = idWords(block)
      const times = timesOf(block)
      const values = block.columns['val'] as Float64Array
      for (let row = 0; row < block.rows;) {
        const end = runEnd(words, row, block.rows)
        const key = idKey(idAt(words, row))
        if (open !== undefined && open !== key) {
          this.#end(open, store)
          if (this.#builder.isFull) yield await this.#take()
        }
        open = store.series.has(key) ? key : undefined
        if (open !== undefined) {
          seen.add(open)
          this.#addRows({ times, values, start: row, end })
        }
        row = end
      }
    }
    if (open !== undefined) this.#end(open, store)
    // What is left of the tables has histograms only.
    for (const key of store.histograms.keys()) {
      if (seen.has(key) || !store.series.has(key)) continue
      this.#end(key, store)
      if (this.#builder.isFull) yield await this.#take()
    }
  }

  #addRows(rows: { times: Float64Array; values: Float64Array; start: number; end: number }): void {
    const { timestamps, values, at } = this.#builder.room(rows.end - rows.start)
    const since = at - this.#builder.openRows
    const added = appendDistinct(rows, { timestamps, values, since }, at) - at
    this.#builder.advance(added)
    this.#count(added)
  }

  /** Ends a series of the tables: adds its stored histograms, and what the head has of it. */
  #end(key: string, { series, histograms }: SelectedStore): void {
    const found = series.get(key) as StoredSeries
    for (const { t, value } of histograms.get(key) ?? []) this.#addHistogram(t, value)
    if ('labels' in found) this.#builder.endSeries(found.labels)
    else {
      this.#done.add(found.ref)
      this.#addHead(found.ref)
    }
  }

  #addHead(ref: number): void {
    if (this.#head === undefined) return
    const { tenant, range } = this.#head
    const rows = tenant.samples.countRange(ref, range.start, range.end)
    if (rows > 0) {
      const { timestamps, values, at } = this.#builder.room(rows)
      tenant.samples.copyRange(ref, range.start, range.end, timestamps, values, at)
      this.#builder.advance(rows)
      this.#count(rows)
    }
    if (tenant.histograms.has(ref)) {
      for (const { t, value } of tenant.histograms.range(ref, range.start, range.end)) this.#addHistogram(t, value)
    }
    this.#builder.endSeries(tenant.labelsOf(ref))
  }

  #addHistogram(t: number, value: StoredHistogram['value']): void {
    this.#builder.addHistogram(t, value)
    this.#count(1)
  }

  #count(rows: number): void {
    this.#samples += rows
    if (this.#samples > this.#limits.maxSamples) throw tooManySamples({ limit: this.#limits.maxSamples })
  }

  async #take(): Promise<SeriesBlock> {
    this.#signal.throwIfAborted()
    if (++this.#blocks % BLOCKS_A_TURN === 0) await setImmediate()
    return this.#builder.take()
  }
}
