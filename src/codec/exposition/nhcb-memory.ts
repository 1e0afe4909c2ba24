import { Buffer } from 'node:buffer'
import type { LabelSet } from '../../model/labels.ts'
import type { SeriesCache } from './series-cache.ts'

/** A native histogram that classic series make up. */
export interface HistogramGroup {
  readonly key: string
  readonly labels: LabelSet
  /** Its key in the series cache. */
  readonly bytes: Uint8Array
}

/** What a classic series is to its histogram. */
export interface HistogramPart {
  /** Name of the metric family. */
  readonly family: string
  readonly group: HistogramGroup
  readonly suffix: '_bucket' | '_count' | '_sum'
  /** Of a bucket. */
  readonly bound: number
}

interface KnownPart {
  readonly version: number
  /** Undefined for a series that is no part of a histogram. */
  readonly part: HistogramPart | undefined
  page: number
}

/** Pages between two looks for series that vanished. */
const SWEEP = 16

/**
 * What a target's pages taught about its classic histograms, so that their series are not taken apart on every page. One for each
 * target that converts histograms, beside its `SeriesCache`, in which it enters the series that the conversion swallows.
 */
export class NhcbMemory {
  readonly cache: SeriesCache
  readonly #parts: (KnownPart | undefined)[] = []
  readonly #groups = new Map<string, HistogramGroup>()
  /** Slots that nobody but the conversion knows of, with their version. */
  readonly #swallowed = new Map<number, number>()
  #page = 0

  constructor(cache: SeriesCache) {
    this.cache = cache
  }

  /** What is known of a series: its part, or null when it is none; undefined when it was never looked at. */
  partAt(slot: number): HistogramPart | null | undefined {
    const known = this.#parts[slot]
    if (known === undefined || known.version !== this.cache.versionOf(slot)) return undefined
    known.page = this.#page
    return known.part ?? null
  }

  keep(slot: number, part: HistogramPart | undefined): void {
    if (slot >= 0) this.#parts[slot] = { version: this.cache.versionOf(slot), part, page: this.#page }
  }

  /** The one group of this key. */
  group(key: string, labels: () => LabelSet): HistogramGroup {
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const group = { key, labels: labels(), bytes: Buffer.from(`histogram\u0000${key}`) }
    this.#groups.set(key, group)
    return group
  }

  isSwallowed(slot: number): boolean {
    return slot >= 0 && this.#swallowed.get(slot) === this.cache.versionOf(slot)
  }

  swallow(slot: number): void {
    this.#swallowed.set(slot, this.cache.versionOf(slot))
  }

  /** The series is told after all: whoever is told looks after its slot from now on. */
  release(slot: number): void {
    this.#swallowed.delete(slot)
  }

  /** Forgets what was not seen for a while. */
  endPage(): void {
    this.#page++
    if (this.#page % SWEEP !== 0) return
    const oldest = this.#page - SWEEP
    // Versions that changed: somebody else removed the series, and the slot is another's.
    for (const slot of this.#swallowed.keys()) if (!this.isSwallowed(slot)) this.#swallowed.delete(slot)
    const gone = [...this.#swallowed.keys()].filter((slot) => (this.#parts[slot]?.page ?? -1) < oldest)
    this.cache.remove(gone)
    for (const slot of gone) this.#swallowed.delete(slot)
    this.#parts.forEach((known, slot) => {
      if (known !== undefined && known.page < oldest) this.#parts[slot] = undefined
    })
    const groups = new Set(this.#parts.map((known) => known?.part?.group.key))
    for (const key of this.#groups.keys()) if (!groups.has(key)) this.#groups.delete(key)
  }
}
