import type { NativeHistogram } from '../../model/histogram.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { ClassicHistogram } from './classic-histogram.ts'
import type { EntryCursor, EntryKind, PageExemplar } from './cursor.ts'
import { parseGoFloat } from '../../core/go-number.ts'
import type { HistogramGroup, HistogramPart, NhcbMemory } from './nhcb-memory.ts'
import { viewOf } from './series-cache.ts'

export interface NhcbOptions {
  /** Also report the classic series (`always_scrape_classic_histograms`). */
  readonly keepClassic: boolean
  /** Of the target; its cache must be that of the wrapped cursor. */
  readonly memory: NhcbMemory
}

/** A histogram as its classic series built it up, until the next series is another's. */
interface Collected {
  readonly group: HistogramGroup
  readonly startTimestamp: number
  readonly exemplars: PageExemplar[]
}

interface Converted extends Collected {
  readonly histogram: NativeHistogram
  slot: number
  readonly timestamp: number
  readonly hasTimestamp: boolean
}

/**
 * Wraps the cursor of a text page (the protobuf one converts by itself) so that each classic histogram comes out as one native
 * histogram with custom buckets, behind its last series. Only families with TYPE histogram are converted; what can't be converted
 * (counts that fall, say) is left out, as in Prometheus. Follows NHCBParser, prometheus/model/textparse/nhcbparse.go@v3.
 */
export class NhcbCursor implements EntryCursor {
  readonly #cursor: EntryCursor
  readonly #memory: NhcbMemory
  readonly #keepClassic: boolean
  readonly #parts = new ClassicHistogram()
  #family = ''
  #collected: Collected | undefined
  #converted: Converted | undefined
  /** What the series at hand is part of. */
  #part: HistogramPart | undefined
  #timestamp = 0
  #hasTimestamp = false
  /** The entry at hand came while a conversion had to be told first; true = tell it next. */
  #held = false
  #ended = false

  constructor(cursor: EntryCursor, options: NhcbOptions) {
    this.#cursor = cursor
    this.#memory = options.memory
    this.#keepClassic = options.keepClassic
  }

  next(): boolean {
    const told = this.#converted !== undefined
    this.#converted = undefined
    if (told && this.#ended) return false
    if (this.#held) {
      this.#held = false
      if (!this.#swallow()) return true
    }
    while (this.#cursor.next()) {
      this.#part = this.#findPart()
      if (this.#endsHistogram() && this.#convert()) {
        this.#held = true
        return true
      }
      if (this.#cursor.kind === 'type') this.#family = this.#cursor.metric
      if (!this.#swallow()) return true
    }
    this.#ended = true
    this.#memory.endPage()
    return this.#convert()
  }

  get kind(): EntryKind {
    return this.#converted === undefined ? this.#cursor.kind : 'histogram'
  }

  get keyBytes(): Uint8Array {
    return this.#converted?.group.bytes ?? this.#cursor.keyBytes
  }

  get keyStart(): number {
    return this.#converted === undefined ? this.#cursor.keyStart : 0
  }

  get keyEnd(): number {
    return this.#converted?.group.bytes.length ?? this.#cursor.keyEnd
  }

  get slot(): number {
    if (this.#converted !== undefined) return this.#converted.slot
    const { slot } = this.#cursor
    // A series that was swallowed up to now is news.
    return this.#memory.isSwallowed(slot) ? -1 : slot
  }

  remember(): number {
    const converted = this.#converted
    if (converted === undefined) {
      const slot = this.#cursor.remember()
      this.#memory.release(slot)
      return slot
    }
    const { bytes } = converted.group
    if (converted.slot < 0) converted.slot = this.#memory.cache.add(bytes, 0, bytes.length)
    return converted.slot
  }

  get value(): number {
    return this.#cursor.value
  }

  get histogram(): NativeHistogram {
    return this.#converted?.histogram ?? this.#cursor.histogram
  }

  get timestamp(): number {
    return this.#converted?.timestamp ?? this.#cursor.timestamp
  }

  get hasTimestamp(): boolean {
    return this.#converted?.hasTimestamp ?? this.#cursor.hasTimestamp
  }

  get startTimestamp(): number {
    return this.#converted?.startTimestamp ?? this.#cursor.startTimestamp
  }

  labels(): LabelSet {
    return this.#converted?.group.labels ?? this.#cursor.labels()
  }

  exemplars(): readonly PageExemplar[] {
    return this.#converted?.exemplars ?? this.#cursor.exemplars()
  }

  get metric(): string {
    return this.#cursor.metric
  }

  get type(): MetricType {
    return this.#cursor.type
  }

  get help(): string {
    return this.#cursor.help
  }

  get unit(): string {
    return this.#cursor.unit
  }

  /** True when the entry at hand is not of the histogram that is being collected. */
  #endsHistogram(): boolean {
    if (this.#collected === undefined) return false
    return this.#cursor.kind !== 'series' || this.#part?.group !== this.#collected.group
  }

  /** Takes the entry at hand as part of a classic histogram; false when it is none, or is told all the same. */
  #swallow(): boolean {
    const part = this.#part
    if (part === undefined || part.family !== this.#family) return false
    const cursor = this.#cursor
    this.#collected ??= { group: part.group, startTimestamp: cursor.startTimestamp, exemplars: [] }
    this.#collected.exemplars.push(...cursor.exemplars())
    if (part.suffix === '_bucket') this.#parts.setBucket(part.bound, cursor.value)
    else if (part.suffix === '_count') this.#parts.setCount(cursor.value)
    else this.#parts.setSum(cursor.value)
    this.#timestamp = cursor.timestamp
    this.#hasTimestamp = cursor.hasTimestamp
    if (this.#keepClassic) return false
    if (cursor.slot < 0) this.#swallowNew(part)
    return true
  }

  #swallowNew(part: HistogramPart): void {
    const slot = this.#cursor.remember()
    this.#memory.keep(slot, part)
    this.#memory.swallow(slot)
  }

  /** What the entry at hand is to a histogram, from memory if it was there before. */
  #findPart(): HistogramPart | undefined {
    const { kind, type, slot } = this.#cursor
    if (kind !== 'series' || type !== 'histogram') return undefined
    const known = slot < 0 ? undefined : this.#memory.partAt(slot)
    if (known !== undefined) return known ?? undefined
    const part = this.#partOf(this.#cursor.labels())
    this.#memory.keep(slot, part)
    return part
  }

  #partOf(labels: LabelSet): HistogramPart | undefined {
    const { name } = labels
    const suffix = SUFFIXES.find((one) => name.endsWith(one))
    if (suffix === undefined) return undefined
    const bound = suffix === '_bucket' ? parseGoFloat(labels.get('le') ?? '') : 0
    if (typeof bound !== 'number' || Number.isNaN(bound)) return undefined
    const family = name.slice(0, -suffix.length)
    const group = this.#memory.group(keyOf(labels, family), () => labels.with({ [METRIC_NAME]: family, le: '' }))
    return { family, group, suffix, bound }
  }

  /** Makes the histogram collected so far the entry at hand; false when there is none, or it makes no sense. */
  #convert(): boolean {
    const collected = this.#collected
    if (collected === undefined) return false
    const histogram = this.#parts.convert()
    this.#parts.reset()
    this.#collected = undefined
    if ('problem' in histogram) return false
    const { bytes } = collected.group
    const slot = this.#memory.cache.find(bytes, viewOf(bytes), 0, bytes.length)
    const time = { timestamp: this.#timestamp, hasTimestamp: this.#hasTimestamp }
    this.#converted = { ...collected, ...time, histogram, slot }
    return true
  }
}

const SUFFIXES = ['_bucket', '_sum', '_count'] as const

function keyOf(labels: LabelSet, base: string): string {
  let key = base
  const { pairs } = labels
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] !== METRIC_NAME && pairs[i] !== 'le') key += `\u0000${pairs[i]}\u0000${pairs[i + 1]}`
  }
  return key
}
