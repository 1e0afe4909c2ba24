import type { LabelSet } from '../model/labels.ts'
import { IdTable } from './head/id-table.ts'

/**
 * Series that the tables have, in the order in which their rows lie there: by metric hash, then id. Columns, for there may be
 * a million of them. A series is told by its place.
 */
export class StoredList {
  /** No other list of its process has it. */
  readonly number: number
  readonly metric: Uint32Array
  /** Halves of the ids. */
  readonly lo: Uint32Array
  readonly hi: Uint32Array
  /** By place: the label sets that somebody asked for. */
  readonly labels = new Map<number, LabelSet>()
  #table: IdTable | undefined

  constructor(number: number, metric: Uint32Array, ids: Uint32Array) {
    this.number = number
    this.metric = metric
    this.lo = new Uint32Array(metric.length)
    this.hi = new Uint32Array(metric.length)
    for (let at = 0; at < metric.length; at++) {
      this.lo[at] = ids[2 * at] as number
      this.hi[at] = ids[2 * at + 1] as number
    }
  }

  get size(): number {
    return this.metric.length
  }

  /** Place of an id, undefined when it is none of these. */
  placeOf(lo: number, hi: number): number | undefined {
    this.#table ??= this.#indexed()
    return this.#table.find(lo, (at) => this.lo[at] === lo && this.hi[at] === hi)
  }

  /** Places for which `test` holds. */
  places(test: (place: number) => boolean): number[] {
    const places: number[] = []
    for (let place = 0; place < this.size; place++) if (test(place)) places.push(place)
    return places
  }

  /** Ids of the places `[from, to)`. */
  ids(from = 0, to = this.size): bigint[] {
    const ids: bigint[] = []
    for (let at = from; at < to; at++) ids.push((BigInt(this.hi[at] as number) << 32n) | BigInt(this.lo[at] as number))
    return ids
  }

  /** Metric hashes of the places `[from, to)`, each once. */
  metrics(from = 0, to = this.size): number[] {
    const metrics: number[] = []
    for (let at = from; at < to; at++) if (this.metric[at] !== metrics.at(-1)) metrics.push(this.metric[at] as number)
    return metrics
  }

  #indexed(): IdTable {
    const table = new IdTable((at) => this.lo[at] as number)
    for (let at = 0; at < this.size; at++) table.add(this.lo[at] as number, at)
    return table
  }
}
