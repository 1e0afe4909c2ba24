/** The part of the answer that comes from the tables: series and rows from before the head's watermark. */
import { withTrueHint } from '../model/histogram-continuity.ts'
import { durationMs } from '../core/time.ts'
import type { NativeHistogram } from '../model/histogram.ts'
import type { Block, Engine, Sql } from './engine.ts'
import { histogramsQuery, idsQuery, labelsQuery } from './metrics-sql.ts'
import type { SeriesScope } from './metrics-sql.ts'
import { StoredList } from './stored-list.ts'
import { histogramsOf, idWords, labelSets, timesOf } from './stored-rows.ts'

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

export class StoredRows {
  readonly #engine: Engine
  readonly #signal: AbortSignal

  constructor(engine: Engine, signal: AbortSignal) {
    this.#engine = engine
    this.#signal = signal
  }

  /** `isSmall`: the result has some ten MB at most. */
  read(query: Sql, isSmall = false): AsyncIterable<Block> {
    return this.#engine.read(query, { signal: this.#signal, timeout: TIMEOUT, isSmall })
  }

  /** Strings of the one column of `query`. */
  async texts(query: Sql, column: string): Promise<string[]> {
    const found: string[] = []
    for await (const block of this.read(query)) found.push(...(block.columns[column] as readonly string[]))
    return found
  }

  /** The series of the scope, as the list with a `number`; `note` is called with their count as it grows. */
  async series(scope: SeriesScope, number: number, note: (count: number) => void): Promise<StoredList> {
    const ids: Uint32Array[] = []
    const metrics: Uint32Array[] = []
    let count = 0
    for await (const block of this.read(idsQuery(scope), true)) {
      ids.push(idWords(block).slice())
      metrics.push((block.columns['metric'] as Uint32Array).slice())
      note((count += block.rows))
    }
    return new StoredList(number, joined(metrics), joined(ids))
  }

  /** Sees to it that the list has the labels of `places`. */
  async addLabels(scope: SeriesScope, list: StoredList, places: readonly number[]): Promise<void> {
    const missing = places.filter((place) => !list.labels.has(place))
    if (missing.length === 0) return
    const listed = missing.length > MAX_LISTED_IDS ? undefined : missing.flatMap((place) => list.ids(place, place + 1))
    for await (const block of this.read(labelsQuery(scope, listed), true)) {
      const words = idWords(block)
      for (const [row, labels] of labelSets(block).entries()) {
        const place = list.placeOf(words[2 * row] as number, words[2 * row + 1] as number)
        if (place !== undefined) list.labels.set(place, labels)
      }
    }
  }

  /** Native histograms of the scope by place, each list in order of time and without repeats. */
  async histograms(scope: SeriesScope, list: StoredList): Promise<Map<number, StoredHistogram[]>> {
    const found = new Map<number, StoredHistogram[]>()
    for await (const block of this.read(histogramsQuery(scope))) {
      const words = idWords(block)
      const times = timesOf(block)
      const starts = timesOf(block, 'st')
      for (const [at, value] of histogramsOf(block).entries()) {
        const place = list.placeOf(words[2 * at] as number, words[2 * at + 1] as number)
        if (place === undefined) continue
        const own = found.get(place) ?? []
        if (own.length === 0) found.set(place, own)
        const t = times[at] as number
        const last = own.at(-1)
        if (last?.t !== t) own.push({ t, start: starts[at] as number, value: withTrueHint(last?.value, value) })
      }
    }
    return found
  }
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  if (parts.length === 1) return parts[0] as Uint32Array
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
