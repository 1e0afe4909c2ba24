/** The part of the answer that comes from the tables: series and rows from before the head's watermark. */
import { durationMs } from '../core/time.ts'
import type { LabelSet } from '../model/labels.ts'
import type { NativeHistogram } from '../model/histogram.ts'
import type { Block, Engine, Sql } from './engine.ts'
import { IdTable } from './head/id-table.ts'
import type { SeriesId } from './head/identity.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { histogramsQuery, idsQuery, labelsQuery, samplesQuery } from './metrics-sql.ts'
import type { ListedSeries, SeriesScope } from './metrics-sql.ts'
import { histogramsOf, idAt, idWords, labelSets, timesOf } from './stored-rows.ts'

/** A longer list of ids costs more than it saves: then the matchers choose again. */
const MAX_LISTED_IDS = 2_000
/** The caller's signal is the real limit; this ends what its caller forgot. */
const TIMEOUT = durationMs(300_000)

export interface StoredHistogram {
  readonly t: number
  /** UnixMs, 0 = unknown. */
  readonly start: number
  readonly value: NativeHistogram
}

/** A series of the tables: its ref when the head has it, its labels else. */
export type StoredSeries = SeriesId & ({ readonly ref: number } | { readonly labels: LabelSet })

export interface FoundSeries {
  readonly series: readonly StoredSeries[]
  /** All of them by name, when they are few. */
  readonly listed: ListedSeries | undefined
}

export function idKey({ hi, lo }: SeriesId): string {
  return `${hi}/${lo}`
}

/** Tells the row of an id; undefined when it is none of the series. */
export class IdRows {
  readonly #table = new IdTable((at) => this.#lo[at] as number)
  readonly #lo: Uint32Array
  readonly #hi: Uint32Array
  readonly #rows: Uint32Array

  constructor(ids: readonly SeriesId[], rows: readonly number[]) {
    this.#rows = new Uint32Array(rows)
    this.#lo = new Uint32Array(ids.length)
    this.#hi = new Uint32Array(ids.length)
    for (let at = 0; at < ids.length; at++) {
      const { lo, hi } = ids[at] as SeriesId
      this.#lo[at] = lo
      this.#hi[at] = hi
      this.#table.add(lo, at)
    }
  }

  /** Of the id at `row` of a block's id words. */
  at(words: Uint32Array, row: number): number | undefined {
    const lo = words[2 * row] as number
    const hi = words[2 * row + 1] as number
    const at = this.#table.find(lo, (one) => this.#lo[one] === lo && this.#hi[one] === hi)
    return at === undefined ? undefined : this.#rows[at]
  }
}

export class StoredRows {
  readonly #engine: Engine
  readonly #signal: AbortSignal

  constructor(engine: Engine, signal: AbortSignal) {
    this.#engine = engine
    this.#signal = signal
  }

  read(query: Sql): AsyncIterable<Block> {
    return this.#engine.read(query, { signal: this.#signal, timeout: TIMEOUT })
  }

  /** Strings of the one column of `query`. */
  async texts(query: Sql, column: string): Promise<string[]> {
    const found: string[] = []
    for await (const block of this.read(query)) found.push(...(block.columns[column] as readonly string[]))
    return found
  }

  /** The series of the scope; `note` is called with their number as it grows. */
  async series(scope: SeriesScope, head: TenantHead | undefined, note: (count: number) => void): Promise<FoundSeries> {
    const found: StoredSeries[] = []
    const unknown: bigint[] = []
    const metrics = new Set<number>()
    const listed: bigint[] = []
    for await (const block of this.read(idsQuery(scope))) {
      const words = idWords(block)
      const ids = block.columns['id'] as BigUint64Array
      const hashes = block.columns['metric'] as Uint32Array
      for (let row = 0; row < block.rows; row++) {
        const id = idAt(words, row)
        const ref = head?.registry.findById(id)
        if (ref === undefined) unknown.push(ids[row] as bigint)
        else found.push({ hi: id.hi, lo: id.lo, ref })
        if (listed.length > MAX_LISTED_IDS) continue
        listed.push(ids[row] as bigint)
        metrics.add(hashes[row] as number)
      }
      note(found.length + unknown.length)
    }
    if (unknown.length > 0) found.push(...(await this.#labelsOf(scope, unknown)))
    const isShort = listed.length <= MAX_LISTED_IDS
    return { series: found, listed: isShort ? { metrics: [...metrics], ids: listed } : undefined }
  }

  /** Float samples of the scope: blocks in order of series, then time. */
  samples(scope: SeriesScope, listed: ListedSeries | undefined, starts: boolean): AsyncIterable<Block> {
    return this.read(samplesQuery(scope, listed, starts))
  }

  /** Native histograms of the scope by row, each list in order of time and without repeats. */
  async histograms(scope: SeriesScope, rows: IdRows): Promise<Map<number, StoredHistogram[]>> {
    const found = new Map<number, StoredHistogram[]>()
    for await (const block of this.read(histogramsQuery(scope))) {
      const words = idWords(block)
      const times = timesOf(block)
      const starts = timesOf(block, 'st')
      for (const [at, value] of histogramsOf(block).entries()) {
        const row = rows.at(words, at)
        if (row === undefined) continue
        const list = found.get(row) ?? []
        if (list.length === 0) found.set(row, list)
        const t = times[at] as number
        if (list.at(-1)?.t !== t) list.push({ t, start: starts[at] as number, value })
      }
    }
    return found
  }

  async #labelsOf(scope: SeriesScope, unknown: readonly bigint[]): Promise<StoredSeries[]> {
    const listed = unknown.length > MAX_LISTED_IDS ? undefined : unknown
    const wanted = new Set(unknown)
    const found: StoredSeries[] = []
    for await (const block of this.read(labelsQuery(scope, listed))) {
      const words = idWords(block)
      const ids = block.columns['id'] as BigUint64Array
      for (const [row, labels] of labelSets(block).entries()) {
        if (wanted.delete(ids[row] as bigint)) found.push({ ...idAt(words, row), labels })
      }
    }
    return found
  }
}
