import { grownUint32 } from './columns.ts'
import type { PostingList, Postings } from './postings.ts'

/** Number of a value within its label's dictionary; 0 is the empty value, that is, an absent label. */
export type ValueId = number

/**
 * The distinct values of one label name, each with the refs of its series. A list may hold refs of series that have left
 * until `compact`; readers check the series' own value anyway.
 */
export class LabelDictionary {
  readonly name: string
  readonly #postings: Postings
  readonly #ids = new Map<string, ValueId>()
  readonly #values: string[] = ['']
  readonly #free: ValueId[] = []
  #starts: Uint32Array = new Uint32Array(4)
  #counts: Uint32Array = new Uint32Array(4)
  readonly #list: PostingList = { start: 0, count: 0 }
  #valueChars = 0

  constructor(name: string, postings: Postings) {
    this.name = name
    this.#postings = postings
  }

  /** Distinct values. */
  get size(): number {
    return this.#ids.size
  }

  /** All value ids are below this; some may be free. */
  get capacity(): number {
    return this.#values.length
  }

  /** About what the dictionary takes: strings, the map's entries, the columns. */
  get bytes(): number {
    return this.#valueChars + this.#values.length * 88
  }

  idOf(value: string): ValueId | undefined {
    return this.#ids.get(value)
  }

  valueOf(id: ValueId): string {
    return this.#values[id] as string
  }

  values(): IterableIterator<[value: string, id: ValueId]> {
    return this.#ids.entries()
  }

  intern(value: string): ValueId {
    const known = this.#ids.get(value)
    if (known !== undefined) return known
    const id = this.#free.pop() ?? this.#values.length
    this.#values[id] = value
    this.#ids.set(value, id)
    this.#valueChars += value.length
    this.#starts = grownUint32(this.#starts, id + 1)
    this.#counts = grownUint32(this.#counts, id + 1)
    return id
  }

  addRef(id: ValueId, ref: number): void {
    this.#list.start = this.#starts[id] as number
    this.#list.count = this.#counts[id] as number
    this.#postings.add(this.#list, ref)
    this.#starts[id] = this.#list.start
    this.#counts[id] = this.#list.count
  }

  /** Upper bound of the series with this value. */
  countOf(id: ValueId): number {
    return this.#counts[id] as number
  }

  /** Refs that may have this value; a view valid until the next change. */
  refsOf(id: ValueId): Uint32Array {
    return this.#postings.view(this.#starts[id] as number, this.#counts[id] as number)
  }

  /** Drops the refs for which `keep` fails, and values without refs. */
  compact(keep: (ref: number) => boolean): void {
    for (const [value, id] of this.#ids) {
      this.#list.start = this.#starts[id] as number
      this.#list.count = this.#counts[id] as number
      this.#postings.retain(this.#list, keep)
      this.#starts[id] = this.#list.start
      this.#counts[id] = this.#list.count
      if (this.#list.count === 0) this.#release(value, id)
    }
  }

  #release(value: string, id: ValueId): void {
    this.#ids.delete(value)
    this.#values[id] = ''
    this.#valueChars -= value.length
    this.#free.push(id)
  }
}
