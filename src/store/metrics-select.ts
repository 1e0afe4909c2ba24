/**
 * `select`: rows before the head's watermark come from the tables, all others from the head; a series that has both is put
 * together here, so that it appears once.
 */
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import type { TimeRange, UnixMs } from '../core/time.ts'
import { tooManySamples } from '../signals/ingest.ts'
import type { QueryContext } from '../signals/ingest.ts'
import type { LabelColumns, SampleBlock, Selection, SelectionRoute } from '../signals/metrics.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { HeadRows } from './head-rows.ts'
import { SampleBlockBuilder } from './sample-block.ts'
import type { BlockMemory } from './sample-block.ts'
import { StoredSamples } from './stored-samples.ts'
import type { StoredHistogram } from './stored-series.ts'
import type { RunVisitor, SeriesRuns } from './stored-slices.ts'

/** Work after which others get their turn. */
const TURN_MS = 4

export interface SelectedHead {
  readonly tenant: TenantHead
  /** By row: the first rows are those that the head knows. */
  readonly refs: Uint32Array
  /** The part of the range that the head answers. */
  readonly range: TimeRange<UnixMs>
}

export const NO_ROW = 0xffffffff

export interface SelectedStore {
  /** By place of a series in the slices' list: its row of the selection, NO_ROW when its labels are gone. */
  readonly rowOf: Uint32Array
  readonly slices: () => AsyncIterable<SeriesRuns>
  /** By place. */
  readonly histograms: ReadonlyMap<number, readonly StoredHistogram[]>
}

export interface SelectionDeps {
  readonly clock: Clock
  readonly memory: BlockMemory
  /** Lets go of the head's rows. */
  readonly release: () => void
}

export interface SelectionParts extends Pick<Selection, 'labels' | 'route' | 'isThinned'> {
  readonly head: SelectedHead | undefined
  readonly store: SelectedStore | undefined
  readonly starts: boolean
}

export class StoreSelection implements Selection {
  readonly labels: LabelColumns
  readonly route: SelectionRoute
  readonly isThinned: boolean
  readonly #head: SelectedHead | undefined
  readonly #store: SelectedStore | undefined
  readonly #deps: SelectionDeps
  readonly #reading: AsyncGenerator<SampleBlock, void, undefined>
  #isClosed = false

  constructor(parts: SelectionParts, ctx: QueryContext, deps: SelectionDeps) {
    this.labels = parts.labels
    this.route = parts.route
    this.isThinned = parts.isThinned
    this.#head = parts.head
    this.#store = parts.store
    this.#deps = deps
    this.#reading = this.#run(parts.starts, ctx)
  }

  read(): AsyncIterable<SampleBlock> {
    return this.#reading
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#deps.release()
    void this.#reading.return()
  }

  async *#run(starts: boolean, ctx: QueryContext): AsyncGenerator<SampleBlock, void, undefined> {
    const { clock, memory } = this.#deps
    const columns = memory.take()
    try {
      const reading = new Reading(new SampleBlockBuilder(columns), this.#head, starts, ctx.limits.maxSamples)
      let began = clock.monotonic()
      if (this.#store !== undefined) {
        for await (const block of reading.stored(this.#store)) {
          if (!this.#goesOn(ctx)) return
          yield block
          began = await afterTurn(clock, began)
        }
      }
      for (const block of reading.rest()) {
        if (!this.#goesOn(ctx)) return
        yield block
        // A turn that is not over must not cost a promise.
        if (clock.monotonic() - began >= TURN_MS) began = await afterTurn(clock, began)
      }
    } finally {
      memory.give(columns)
      this.close()
    }
  }

  /** False once it was closed. */
  #goesOn({ signal }: QueryContext): boolean {
    signal.throwIfAborted()
    return !this.#isClosed
  }
}

/** Lets others have their turn when the one that began then is over; when the present one began. */
async function afterTurn(clock: Clock, began: number): Promise<number> {
  if (clock.monotonic() - began < TURN_MS) return began
  await setImmediate()
  return clock.monotonic()
}

/** Fills blocks, row by row. */
class Reading {
  readonly #block: SampleBlockBuilder
  readonly #stored: StoredSamples
  readonly #refs: Uint32Array
  readonly #rows: HeadRows | undefined
  readonly #starts: boolean
  readonly #maxSamples: number
  readonly #done: Uint8Array
  #samples = 0

  constructor(block: SampleBlockBuilder, head: SelectedHead | undefined, starts: boolean, maxSamples: number) {
    this.#block = block
    this.#stored = new StoredSamples(block)
    this.#refs = head?.refs ?? new Uint32Array(0)
    this.#rows = head === undefined ? undefined : new HeadRows(head.tenant, { range: head.range, starts })
    this.#starts = starts
    this.#maxSamples = maxSamples
    this.#done = new Uint8Array(this.#refs.length)
  }

  /** Rows that the tables have something of. */
  async *stored(store: SelectedStore): AsyncGenerator<SampleBlock, void, undefined> {
    const { rowOf, histograms } = store
    const add: RunVisitor = (columns, from, to) => this.#stored.add(columns, from, to)
    let byRow: Uint32Array | undefined
    for await (const slice of store.slices()) {
      // Where all series are at hand they come in the order of rows, as those of the head do.
      if (slice.from === 0 && slice.to === rowOf.length) byRow = placesByRow(rowOf)
      for (let at = slice.from; at < slice.to; at++) {
        const place = byRow?.[at] ?? at
        const held = histograms.get(place)
        if (rowOf[place] === NO_ROW) continue
        if (!slice.runsOf(place, add) && held === undefined) continue
        this.#end(rowOf[place] as number, held ?? [])
        if (this.#block.isFull) yield this.#take()
      }
    }
  }

  /** Rows that only the head has. */
  *rest(): Generator<SampleBlock, void, undefined> {
    const rows = rowsLeft(this.#done)
    for (let at = 0; at < rows.length && this.#rows !== undefined;) {
      at = this.#rows.fill(rows, this.#refs, at, this.#block)
      if (this.#block.isFull) yield this.#take()
    }
    if (!this.#block.isEmpty) yield this.#take()
  }

  /** Ends a row of the tables: adds its stored histograms, and what the head has of it. */
  #end(row: number, held: readonly StoredHistogram[]): void {
    for (const { t, start, value } of held) this.#block.addHistogram(t, this.#starts ? start : 0, value)
    if (row < this.#refs.length) this.#done[row] = 1
    const ref = this.#refs[row]
    if (ref === undefined || this.#rows === undefined || !this.#rows.has(ref)) {
      this.#stored.end(row)
      return
    }
    this.#stored.settle()
    this.#rows.endRow(ref, row, this.#block)
  }

  #take(): SampleBlock {
    this.#samples += this.#block.samples
    if (this.#samples > this.#maxSamples) throw tooManySamples({ limit: this.#maxSamples })
    return this.#block.take()
  }
}

/** All places, in order of their rows, which are all different but for NO_ROW. */
function placesByRow(rowOf: Uint32Array): Uint32Array {
  const rows = rowOf.reduce((most, row) => (row === NO_ROW ? most : Math.max(most, row + 1)), 0)
  const placeAt = new Int32Array(rows).fill(-1)
  for (let place = 0; place < rowOf.length; place++) {
    const row = rowOf[place] as number
    if (row !== NO_ROW) placeAt[row] = place
  }
  const places = new Uint32Array(rowOf.length)
  let count = 0
  for (const place of placeAt) if (place >= 0) places[count++] = place
  for (let place = 0; place < rowOf.length; place++) if (rowOf[place] === NO_ROW) places[count++] = place
  return places
}

/** Rows that are not done, in order. */
function rowsLeft(done: Uint8Array): Uint32Array {
  const rows = new Uint32Array(done.length)
  let count = 0
  for (let row = 0; row < done.length; row++) if (done[row] === 0) rows[count++] = row
  return rows.subarray(0, count)
}
