import type { EntryCursor } from '../../codec/exposition/cursor.ts'
import { BongsuError } from '../../core/errors.ts'
import type { UnixMs } from '../../core/time.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { SeriesRef, SeriesTable } from '../../signals/metrics.ts'
import { tooManyBuckets, tooManySamples } from './errors.ts'
import { atMostSchema, withinBuckets } from './resolution.ts'
import { Rows } from './rows.ts'
import type { Labeler } from './sample-labels.ts'
import { NO_REF } from './scrape-cache.ts'
import type { ScrapeCache } from './scrape-cache.ts'
import type { TargetMetadata } from './target-metadata.ts'

/** A timestamp further ahead of the clock than this is not taken. */
export const MAX_AHEAD_MS = 10 * 60_000

export interface PageRules {
  readonly labelsOf: Labeler
  readonly honorTimestamps: boolean
  readonly trackTimestampsStaleness: boolean
  /** 0 = no limit, as for the next two. */
  readonly sampleLimit: number
  readonly bucketLimit: number
  readonly maxSchema: number
}

interface HistogramRow {
  slot: number
  readonly timestamp: number
  readonly value: NativeHistogram
  readonly start: number
}
interface PendingExemplar {
  readonly slot: number
  readonly labels: LabelSet
  readonly value: number
  readonly timestamp: UnixMs
}

/**
 * Reads one page of a target into rows. Everything known about the target's series stays in its cache; nothing reaches the
 * series table before `resolve`, so that a page which fails registers no series.
 */
export class PageReading {
  /** Samples on the page; those that relabeling left; series that were not on the page before. */
  total = 0
  kept = 0
  added = 0
  /** Samples not taken because their timestamp was there already, or is too far ahead. */
  duplicates = 0
  tooFarAhead = 0
  readonly rows: Rows
  readonly histograms: HistogramRow[] = []
  readonly exemplars: PendingExemplar[] = []

  readonly #cache: ScrapeCache
  readonly #metadata: TargetMetadata
  readonly #rules: PageRules
  readonly #time: UnixMs
  readonly #maxTime: number
  #tracked: Uint32Array<ArrayBuffer>
  #trackedCount = 0
  /** Rows whose series has no ref yet, and its slot. */
  readonly #unresolved: { readonly row: number; readonly slot: number }[] = []
  #taken = 0
  #overSamples = false
  #overBuckets = false

  constructor(cache: ScrapeCache, metadata: TargetMetadata, rules: PageRules, time: UnixMs, now: UnixMs) {
    this.#cache = cache
    this.#metadata = metadata
    this.#rules = rules
    this.#time = time
    this.#maxTime = now + MAX_AHEAD_MS
    this.rows = new Rows(cache.keys.size + 64)
    this.#tracked = new Uint32Array(cache.keys.size + 64)
  }

  /** Slots that must be marked stale when they vanish. After a page that failed: those that were read before it did. */
  get tracked(): Uint32Array {
    return this.#tracked.subarray(0, this.#trackedCount)
  }

  /** Reads to the end. Returns what makes the scrape fail: then only the counts and `tracked` are of use. */
  read(cursor: EntryCursor): BongsuError | undefined {
    try {
      while (cursor.next()) this.#entry(cursor)
    } catch (error) {
      if (error instanceof BongsuError) return error
      throw error
    }
    if (this.#overSamples) return tooManySamples({ limit: this.#rules.sampleLimit })
    return this.#overBuckets ? tooManyBuckets({ limit: this.#rules.bucketLimit }) : undefined
  }

  /** Gives every row its ref. Rows of series that the table refuses are taken out; their number is returned. */
  resolve(table: SeriesTable): number {
    const cache = this.#cache
    const refused: number[] = []
    for (const { row, slot } of this.#unresolved) {
      const ref = this.#refOf(slot, table)
      if (ref === NO_REF) refused.push(row)
      else this.rows.setRef(row, ref)
    }
    this.rows.remove(refused)
    let gone = refused.length
    for (const row of this.histograms) {
      if (this.#refOf(row.slot, table) === NO_REF) gone++
    }
    if (gone > 0) {
      this.added -= gone
      const alive = this.tracked.filter((slot) => cache.refs[slot] !== NO_REF)
      this.#tracked = Uint32Array.from(alive)
      this.#trackedCount = alive.length
    }
    return gone
  }

  #refOf(slot: number, table: SeriesTable): SeriesRef {
    const { refs, labels } = this.#cache
    const known = refs[slot] as number
    const set = labels[slot]
    if (known !== NO_REF || set === undefined) return known
    const ref = table.resolve(set)
    if (typeof ref === 'number') refs[slot] = ref
    return refs[slot] as number
  }

  #entry(cursor: EntryCursor): void {
    const { scrape } = this.#cache
    switch (cursor.kind) {
      case 'series':
        this.#series(cursor)
        break
      case 'histogram':
        this.#histogram(cursor)
        break
      case 'type':
        this.#metadata.setType(cursor.metric, cursor.type, scrape)
        break
      case 'help':
        this.#metadata.setHelp(cursor.metric, cursor.help, scrape)
        break
      case 'unit':
        this.#metadata.setUnit(cursor.metric, cursor.unit, scrape)
        break
      case 'comment':
        break
    }
  }

  #series(cursor: EntryCursor): void {
    const slot = this.#admit(cursor, true)
    if (slot < 0) return
    const { rows } = this
    const ref = this.#cache.refs[slot] as number
    const row = rows.add(ref, this.#timeOf(cursor), cursor.value, cursor.startTimestamp)
    if (ref === NO_REF) this.#unresolved.push({ row, slot })
    this.#exemplarsOf(cursor, slot, false)
  }

  #histogram(cursor: EntryCursor): void {
    const { bucketLimit, maxSchema } = this.#rules
    const value = withinBuckets(atMostSchema(cursor.histogram, maxSchema), bucketLimit)
    const slot = this.#admit(cursor, value !== undefined)
    if (slot < 0 || value === undefined) return
    this.histograms.push({ slot, timestamp: this.#timeOf(cursor), value, start: cursor.startTimestamp })
    this.#exemplarsOf(cursor, slot, true)
  }

  /** Counts a sample, and finds or makes its slot; -1 when the sample is not taken. `fits`: its buckets are within their limit. */
  #admit(cursor: EntryCursor, fits: boolean): number {
    this.total++
    const cache = this.#cache
    const explicit = this.#rules.honorTimestamps && cursor.hasTimestamp
    let { slot } = cursor
    let labels: LabelSet | undefined
    if (slot >= 0) {
      if (cache.labels[slot] === undefined) {
        cache.seen[slot] = cache.scrape
        return -1
      }
      if (cache.seen[slot] === cache.scrape && !explicit) return this.#refuse('duplicates')
    } else {
      labels = this.#rules.labelsOf(cursor.labels())
      if (labels === undefined) {
        cache.enter(cursor.remember(), undefined)
        return -1
      }
    }
    this.kept++
    if (!fits) this.#overBuckets = true
    if (!fits || !this.#mayTake(explicit ? cursor.timestamp : 0)) return -1
    if (slot < 0) {
      slot = cursor.remember()
      cache.enter(slot, labels)
      this.added++
    }
    cache.seen[slot] = cache.scrape
    if (!explicit || this.#rules.trackTimestampsStaleness) this.#track(slot)
    return slot
  }

  #refuse(what: 'duplicates' | 'tooFarAhead'): -1 {
    this[what]++
    if (what === 'duplicates') this.kept++
    return -1
  }

  #mayTake(timestamp: number): boolean {
    const { sampleLimit } = this.#rules
    if (sampleLimit > 0 && ++this.#taken > sampleLimit) {
      this.#overSamples = true
      return false
    }
    if (timestamp <= this.#maxTime) return true
    this.#refuse('tooFarAhead')
    return false
  }

  #track(slot: number): void {
    const { tracked, scrape } = this.#cache
    if (tracked[slot] === scrape) return
    tracked[slot] = scrape
    if (this.#trackedCount === this.#tracked.length) {
      const longer = new Uint32Array(this.#trackedCount * 2 + 64)
      longer.set(this.#tracked)
      this.#tracked = longer
    }
    this.#tracked[this.#trackedCount++] = slot
  }

  #timeOf(cursor: EntryCursor): number {
    return this.#rules.honorTimestamps && cursor.hasTimestamp ? cursor.timestamp : this.#time
  }

  #exemplarsOf(cursor: EntryCursor, slot: number, ofHistogram: boolean): void {
    const exemplars = cursor.exemplars()
    if (exemplars.length === 0) return
    const time = this.#timeOf(cursor) as UnixMs
    for (const { labels, value, timestamp } of exemplars) {
      // Native histograms have many exemplars: without a time, a repeated one can't be told from a new one.
      if (timestamp === undefined && ofHistogram) continue
      this.exemplars.push({ slot, labels, value, timestamp: timestamp ?? time })
    }
  }
}
