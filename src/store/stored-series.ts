/** The part of the answer that comes from the tables: series and rows from before the head's watermark. */
import { durationMs } from '../core/time.ts'
import type { LabelSet } from '../model/labels.ts'
import type { NativeHistogram } from '../model/histogram.ts'
import type { Block, Engine, Sql } from './engine.ts'
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
  readonly value: NativeHistogram
}

export interface FoundSeries {
  readonly series: ReadonlyMap<string, StoredSeries>
  /** All of them by name, when they are few. */
  readonly listed: ListedSeries | undefined
}

/** A series of the tables: its ref when the head has it, its labels else. */
export type StoredSeries = { readonly ref: number } | { readonly labels: LabelSet }

export function idKey({ hi, lo }: SeriesId): string {
  return `${hi}/${lo}`
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

  /** The series of the scope by id; `note` is called with their number as it grows. */
  async series(scope: SeriesScope, head: TenantHead | undefined, note: (count: number) => void): Promise<FoundSeries> {
    const found = new Map<string, StoredSeries>()
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
        else found.set(idKey(id), { ref })
        if (listed.length > MAX_LISTED_IDS) continue
        listed.push(ids[row] as bigint)
        metrics.add(hashes[row] as number)
      }
      note(found.size + unknown.length)
    }
    if (unknown.length > 0) await this.#addLabels(scope, unknown, found)
    const isShort = listed.length <= MAX_LISTED_IDS
    return { series: found, listed: isShort ? { metrics: [...metrics], ids: listed } : undefined }
  }

  /** Float samples of the scope: blocks in order of series, then time. */
  samples(scope: SeriesScope, listed: ListedSeries | undefined): AsyncIterable<Block> {
    return this.read(samplesQuery(scope, listed))
  }

  /** Native histograms of the scope by id, each list in order of time and without repeats. */
  async histograms(scope: SeriesScope): Promise<Map<string, StoredHistogram[]>> {
    const found = new Map<string, StoredHistogram[]>()
    for await (const block of this.read(histogramsQuery(scope))) {
      const words = idWords(block)
      const times = timesOf(block)
      for (const [row, value] of histogramsOf(block).entries()) {
        const key = idKey(idAt(words, row))
        const list = found.get(key) ?? []
        if (list.length === 0) found.set(key, list)
        const t = times[row] as number
        if (list.at(-1)?.t !== t) list.push({ t, value })
      }
    }
    return found
  }

  async #addLabels(scope: SeriesScope, unknown: readonly bigint[], found: Map<string, StoredSeries>): Promise<void> {
    const listed = unknown.length > MAX_LISTED_IDS ? undefined : unknown
    for await (const block of this.read(labelsQuery(scope, listed))) {
      const words = idWords(block)
      for (const [row, labels] of labelSets(block).entries()) {
        const key = idKey(idAt(words, row))
        if (!found.has(key)) found.set(key, { labels })
      }
    }
  }
}
