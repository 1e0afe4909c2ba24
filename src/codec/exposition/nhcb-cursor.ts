import { Buffer } from 'node:buffer'
import type { NativeHistogram } from '../../model/histogram.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { ClassicHistogram } from './classic-histogram.ts'
import type { EntryCursor, EntryKind, PageExemplar } from './cursor.ts'
import { parseGoFloat } from './go-number.ts'
import { viewOf } from './series-cache.ts'
import type { SeriesCache } from './series-cache.ts'

export interface NhcbOptions {
  /** Also report the classic series (`always_scrape_classic_histograms`). */
  readonly keepClassic: boolean
  readonly cache?: SeriesCache
}

/** A histogram as its classic series built it up, until the next series is another's. */
interface Collected {
  readonly key: string
  readonly labels: LabelSet
  readonly startTimestamp: number
  readonly exemplars: PageExemplar[]
}

interface Converted extends Collected {
  readonly histogram: NativeHistogram
  readonly bytes: Uint8Array
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
  readonly #options: NhcbOptions
  readonly #parts = new ClassicHistogram()
  #family = ''
  #collected: Collected | undefined
  #converted: Converted | undefined
  #labels: LabelSet | undefined
  #timestamp = 0
  #hasTimestamp = false
  /** The entry at hand came while a conversion had to be told first; true = tell it next. */
  #held = false
  #ended = false

  constructor(cursor: EntryCursor, options: NhcbOptions) {
    this.#cursor = cursor
    this.#options = options
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
      this.#labels = undefined
      if (this.#endsHistogram() && this.#convert()) {
        this.#held = true
        return true
      }
      if (this.#cursor.kind === 'type') this.#family = this.#cursor.metric
      if (!this.#swallow()) return true
    }
    this.#ended = true
    return this.#convert()
  }

  get kind(): EntryKind {
    return this.#converted === undefined ? this.#cursor.kind : 'histogram'
  }

  get keyBytes(): Uint8Array {
    return this.#converted?.bytes ?? this.#cursor.keyBytes
  }

  get keyStart(): number {
    return this.#converted === undefined ? this.#cursor.keyStart : 0
  }

  get keyEnd(): number {
    return this.#converted?.bytes.length ?? this.#cursor.keyEnd
  }

  get slot(): number {
    return this.#converted?.slot ?? this.#cursor.slot
  }

  remember(): number {
    const converted = this.#converted
    if (converted === undefined) return this.#cursor.remember()
    if (converted.slot < 0) {
      converted.slot = this.#options.cache?.add(converted.bytes, 0, converted.bytes.length) ?? -1
    }
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
    return this.#converted?.labels ?? this.#ownLabels()
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

  #ownLabels(): LabelSet {
    return (this.#labels ??= this.#cursor.labels())
  }

  /** True when the entry at hand is not of the histogram that is being collected. */
  #endsHistogram(): boolean {
    if (this.#collected === undefined) return false
    if (this.#cursor.kind !== 'series' || this.#cursor.type !== 'histogram') return true
    const labels = this.#ownLabels()
    return keyOf(labels, baseName(labels.name)) !== this.#collected.key
  }

  /** Takes the entry at hand as part of a classic histogram; false when it is none, or is told all the same. */
  #swallow(): boolean {
    if (this.#cursor.kind !== 'series' || this.#cursor.type !== 'histogram') return false
    const labels = this.#ownLabels()
    const base = baseName(labels.name)
    if (base !== this.#family || !this.#takePart(labels, base)) return false
    this.#timestamp = this.#cursor.timestamp
    this.#hasTimestamp = this.#cursor.hasTimestamp
    return !this.#options.keepClassic
  }

  #takePart(labels: LabelSet, base: string): boolean {
    const { value } = this.#cursor
    const suffix = labels.name.slice(base.length)
    const bound = suffix === '_bucket' ? parseGoFloat(labels.get('le') ?? '') : 0
    if (suffix === '' || typeof bound !== 'number' || Number.isNaN(bound)) return false
    this.#collected ??= {
      key: keyOf(labels, base),
      labels: labels.with({ [METRIC_NAME]: base, le: '' }),
      startTimestamp: this.#cursor.startTimestamp,
      exemplars: [],
    }
    this.#collected.exemplars.push(...this.#cursor.exemplars())
    if (suffix === '_bucket') this.#parts.setBucket(bound, value)
    else if (suffix === '_count') this.#parts.setCount(value)
    else this.#parts.setSum(value)
    return true
  }

  /** Makes the histogram collected so far the entry at hand; false when there is none, or it makes no sense. */
  #convert(): boolean {
    const collected = this.#collected
    if (collected === undefined) return false
    const histogram = this.#parts.convert()
    this.#parts.reset()
    this.#collected = undefined
    if ('problem' in histogram) return false
    const bytes = Buffer.from(`histogram\u0000${collected.key}`)
    const slot = this.#options.cache?.find(bytes, viewOf(bytes), 0, bytes.length) ?? -1
    const time = { timestamp: this.#timestamp, hasTimestamp: this.#hasTimestamp }
    this.#converted = { ...collected, ...time, histogram, bytes, slot }
    return true
  }
}

const SUFFIX = /_(?:bucket|sum|count)$/

function baseName(name: string): string {
  return name.replace(SUFFIX, '')
}

function keyOf(labels: LabelSet, base: string): string {
  let key = base
  const { pairs } = labels
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] !== METRIC_NAME && pairs[i] !== 'le') key += `\u0000${pairs[i]}\u0000${pairs[i + 1]}`
  }
  return key
}
