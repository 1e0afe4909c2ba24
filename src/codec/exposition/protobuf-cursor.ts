import { Buffer } from 'node:buffer'
import { BongsuError } from '../../core/errors.ts'
import { unixMs } from '../../core/time.ts'
import type { BucketSpans, NativeHistogram } from '../../model/histogram.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { ProtoReader } from '../protobuf.ts'
import { compacted } from './buckets.ts'
import { ClassicHistogram } from './classic-histogram.ts'
import { NO_EXEMPLARS } from './cursor.ts'
import type { EntryCursor, EntryKind, PageExemplar } from './cursor.ts'
import { formatGoOpenMetrics } from '../../core/go-number.ts'
import { isUtf8, quoteText } from './go-quote.ts'
import { MalformedExposition } from './malformed.ts'
import { labelSetOf } from './page-labels.ts'
import { ProtoMetric, readTimestamp } from './proto-metric.ts'
import type { MessageRange, ProtoBuckets } from './proto-metric.ts'
import { viewOf } from './series-cache.ts'
import type { SeriesCache } from './series-cache.ts'

export interface ProtobufCursorOptions {
  readonly cache?: SeriesCache
  /** Read histograms by their classic parts only (`scrape_native_histograms: false`). */
  readonly ignoreNative?: boolean
  /** Also report the classic parts of native and converted histograms (`always_scrape_classic_histograms`). */
  readonly keepClassic?: boolean
  /** Convert classic histograms to native ones with custom buckets (`convert_classic_histograms_to_nhcb`). */
  readonly convertClassic?: boolean
}

const TYPES: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram']

/** What is told of a metric, one after the other. */
type Part = 'value' | 'native' | 'count' | 'sum' | 'bound' | 'nhcb'
const TAGS: Readonly<Record<Part, number>> = { value: 0, native: 1, count: 2, sum: 3, bound: 4, nhcb: 1 }
const SUFFIXES: Readonly<Record<Part, string>> = {
  value: '',
  native: '',
  count: '_count',
  sum: '_sum',
  bound: '',
  nhcb: '',
}
const SEPARATOR = 0xff

/**
 * Reads a page of length-delimited `io.prometheus.client.MetricFamily` messages; the bytes are borrowed. Classic histograms and
 * summaries come out as the series they are in the text format. The key of a series is its family name, its label messages as
 * they stand, and the bound. Follows ProtobufParser, prometheus/model/textparse/protobufparse.go@v3.
 */
export class ProtobufCursor implements EntryCursor {
  kind: EntryKind = 'help'
  slot = -1
  value = 0
  type: MetricType = 'unknown'
  metric = ''
  help = ''
  unit = ''

  readonly #bytes: Uint8Array
  readonly #reader: ProtoReader
  readonly #options: ProtobufCursorOptions
  readonly #metric = new ProtoMetric()
  readonly #classic = new ClassicHistogram()
  /** Where the next family starts. */
  #at = 0
  /** Metrics of the family at hand: `[start, end]`, repeated; and the next one's index. */
  readonly #metrics: number[] = []
  #nextMetric = 0
  #pendingMetadata: EntryKind[] = []
  /** What is still to be told of the metric at hand, the next part last. */
  #parts: Part[] = []
  #part: Part = 'value'
  #bound = 0

  #key = Buffer.allocUnsafe(512)
  #keyView = viewOf(this.#key)
  /** Length of what all keys of the family, and all keys of the metric start with. */
  #nameEnd = 0
  #keyBase = 0
  #keyEnd = 0

  constructor(bytes: Uint8Array, options: ProtobufCursorOptions = {}) {
    this.#bytes = bytes
    this.#reader = new ProtoReader(bytes)
    this.#options = options
    options.cache?.rewind()
  }

  next(): boolean {
    return this.#reading(() => this.#next())
  }

  get keyBytes(): Uint8Array {
    return this.#key
  }

  get keyStart(): number {
    return 0
  }

  get keyEnd(): number {
    return this.#keyEnd
  }

  remember(): number {
    if (this.slot < 0) this.slot = this.#options.cache?.add(this.#key, 0, this.#keyEnd) ?? -1
    return this.slot
  }

  get hasTimestamp(): boolean {
    return this.#metric.timestampMs !== 0
  }

  get timestamp(): number {
    return this.#metric.timestampMs
  }

  get startTimestamp(): number {
    return this.#metric.startTimestamp
  }

  get histogram(): NativeHistogram {
    const histogram = this.#part === 'nhcb' ? this.#converted() : nativeOf(this.#metric)
    return this.type === 'gaugehistogram' ? { ...histogram, resetHint: 'gauge' } : histogram
  }

  labels(): LabelSet {
    return this.#reading(() => this.#labels())
  }

  exemplars(): readonly PageExemplar[] {
    return this.#reading(() => this.#exemplars())
  }

  #labels(): LabelSet {
    const suffix = this.#part === 'bound' && this.type !== 'summary' ? '_bucket' : SUFFIXES[this.#part]
    const pairs = [METRIC_NAME, this.metric + suffix]
    const { labels } = this.#metric
    for (let i = 0; i < labels.length; i += 2) this.#labelPair(labels[i] as number, labels[i + 1] as number, pairs)
    if (this.#part === 'bound') {
      pairs.push(this.type === 'summary' ? 'quantile' : 'le', formatGoOpenMetrics(this.#bound))
    }
    return labelSetOf(pairs, (name) => this.#fail(`label name ${quoteText(name)} is not unique: invalid sample`))
  }

  #exemplars(): readonly PageExemplar[] {
    const { exemplars, bucketExemplars } = this.#metric
    if (exemplars.length === 0 && bucketExemplars.length === 0) return NO_EXEMPLARS
    if (this.#part === 'value') return exemplars.slice(-1).map((range) => this.#exemplar(range))
    if (this.#part === 'bound') {
      const range = bucketExemplars[this.#boundIndex()]
      return range === undefined ? NO_EXEMPLARS : [this.#exemplar(range)]
    }
    if (this.#part !== 'native' && this.#part !== 'nhcb') return NO_EXEMPLARS
    const ranges = exemplars.length > 0 ? exemplars : bucketExemplars.filter((range) => range !== undefined)
    // Those of native histograms must say when they were.
    return ranges.map((range) => this.#exemplar(range)).filter(({ timestamp }) => timestamp !== undefined)
  }

  #next(): boolean {
    for (;;) {
      const metadata = this.#pendingMetadata.pop()
      if (metadata !== undefined) {
        this.kind = metadata
        return true
      }
      const part = this.#parts.pop()
      if (part !== undefined) {
        this.#tell(part)
        return true
      }
      if (this.#nextMetric < this.#metrics.length) this.#startMetric()
      else if (!this.#startFamily()) return false
    }
  }

  /** Reads the next family but for its metrics; false at the end of the page. A family without metrics is passed over. */
  #startFamily(): boolean {
    const reader = this.#reader
    reader.pos = this.#at
    reader.end = this.#bytes.length
    if (reader.pos >= reader.end) return false
    const end = this.#familyEnd(reader)
    this.#at = end
    reader.end = end
    this.#metrics.length = 0
    this.#nextMetric = 0
    let name: Uint8Array = EMPTY
    let help: Uint8Array = EMPTY
    let unit: Uint8Array = EMPTY
    let type = 0
    while (reader.next()) {
      if (reader.field === 1) name = reader.view()
      else if (reader.field === 2) help = reader.view()
      else if (reader.field === 3) type = reader.int32()
      else if (reader.field === 4) {
        const start = reader.range()
        this.#metrics.push(start, reader.pos)
      } else if (reader.field === 5) unit = reader.view()
      else reader.skip()
    }
    if (this.#metrics.length > 0) this.#describe(name, help, type, unit)
    return true
  }

  #familyEnd(reader: ProtoReader): number {
    const start = reader.pos
    const length = reader.bareVarint()
    if (reader.pos - start > 5) this.#fail('clientpb: invalid varint encountered')
    const left = this.#bytes.length - reader.pos
    if (length <= left) return reader.pos + length
    const prefix = reader.pos - start
    return this.#fail(
      `clientpb: insufficient length of buffer, expected at least ${prefix + length} bytes, got ${prefix + left} bytes`,
    )
  }

  #describe(name: Uint8Array, help: Uint8Array, type: number, unit: Uint8Array): void {
    this.metric = textOf(name)
    this.help = textOf(help)
    this.unit = textOf(unit)
    if (name.length === 0 || !isUtf8(name, 0, name.length)) this.#fail(`invalid metric name: ${this.metric}`)
    if (!isUtf8(help, 0, help.length)) this.#fail(`invalid help for metric ${quoteText(this.metric)}: ${this.help}`)
    const known = TYPES[type]
    if (known === undefined) this.#fail(`unknown metric type for metric ${quoteText(this.metric)}: ${type}`)
    this.type = known
    this.#pendingMetadata = unit.length > 0 ? ['type', 'unit', 'help'] : ['type', 'help']
    this.#reserveKey(name.length + 2)
    this.#key[1] = SEPARATOR
    this.#key.set(name, 2)
    this.#nameEnd = name.length + 2
  }

  #startMetric(): void {
    const reader = this.#reader
    reader.pos = this.#metrics[this.#nextMetric] as number
    reader.end = this.#metrics[this.#nextMetric + 1] as number
    this.#nextMetric += 2
    const metric = this.#metric
    metric.read(reader)
    this.#parts = this.#partsOf(metric)
    this.#addLabelsToKey(metric.labels)
  }

  #addLabelsToKey(labels: readonly number[]): void {
    const bytes = this.#bytes
    let at = this.#nameEnd
    for (let i = 0; i < labels.length; i += 2) {
      const start = labels[i] as number
      const end = labels[i + 1] as number
      this.#reserveKey(at + end - start + 1)
      const key = this.#key
      key[at++] = SEPARATOR
      for (let from = start; from < end; from++) key[at++] = bytes[from] as number
    }
    this.#keyBase = at
    this.#reserveKey(at + 8)
  }

  /** What is to be told of a metric, last part first. */
  #partsOf(metric: ProtoMetric): Part[] {
    if (this.type === 'summary') return [...metric.bounds.map((): Part => 'bound'), 'sum', 'count']
    if (this.type !== 'histogram' && this.type !== 'gaugehistogram') return ['value']
    const { keepClassic = false, convertClassic = false, ignoreNative = false } = this.#options
    if (metric.isNative && !ignoreNative) {
      this.#checkNative(metric)
      return keepClassic && metric.bounds.length > 0 ? [...this.#classicParts(metric), 'native'] : ['native']
    }
    const classic = convertClassic && !keepClassic ? [] : this.#classicParts(metric)
    return convertClassic ? ['nhcb', ...classic] : classic
  }

  /** Classic parts end with the +Inf bucket, which is added when it is missing. */
  #classicParts(metric: ProtoMetric): Part[] {
    const infinite = metric.bounds.indexOf(Infinity)
    if (infinite === -1) {
      metric.bounds.push(Infinity)
      metric.values.push(metric.observations)
      metric.bucketExemplars.push(undefined)
    } else metric.bounds.length = infinite + 1
    return [...metric.bounds.map((): Part => 'bound'), 'sum', 'count']
  }

  #checkNative(metric: ProtoMetric): void {
    for (const side of ['positive', 'negative'] as const) {
      const { lengths, counts, deltas } = metric[side]
      const wanted = lengths.reduce((sum, length) => sum + length, 0)
      const found = metric.isFloat ? counts.length : deltas.length
      if (wanted === found) continue
      const problem = `${side} side: spans require ${wanted} buckets, have ${found}`
      this.#fail(`histogram ${quoteText(this.metric)}: ${problem}`)
    }
  }

  #tell(part: Part): void {
    const metric = this.#metric
    this.#part = part
    this.kind = part === 'native' || part === 'nhcb' ? 'histogram' : 'series'
    this.#keyEnd = this.#keyBase
    if (part === 'value') this.value = metric.value
    else if (part === 'count') this.value = metric.observations
    else if (part === 'sum') this.value = metric.sampleSum
    else if (part === 'bound') {
      const at = this.#boundIndex()
      this.#bound = metric.bounds[at] as number
      this.value = metric.values[at] as number
      this.#keyView.setFloat64(this.#keyBase, this.#bound)
      this.#keyEnd += 8
    } else if (part === 'nhcb') this.#converted()
    this.#key[0] = TYPES.indexOf(this.type) * 8 + TAGS[part]
    this.slot = this.#findSlot()
  }

  #findSlot(): number {
    const { cache } = this.#options
    if (cache === undefined) return -1
    const guess = cache.guess(this.#keyView, 0, this.#keyEnd)
    return guess < 0 ? cache.find(this.#key, this.#keyView, 0, this.#keyEnd) : guess
  }

  /** Index of the bucket or quantile at hand: the parts still to be told count the ones behind it. */
  #boundIndex(): number {
    const behind = this.#parts.length - (this.#parts[0] === 'nhcb' ? 1 : 0)
    return this.#metric.bounds.length - 1 - behind
  }

  #converted(): NativeHistogram {
    const classic = this.#classic
    const metric = this.#metric
    classic.reset()
    classic.setCount(metric.observations)
    classic.setSum(metric.sampleSum)
    metric.bounds.forEach((bound, i) => classic.setBucket(bound, metric.values[i] as number))
    const histogram = classic.convert()
    return 'problem' in histogram ? this.#fail(histogram.problem) : histogram
  }

  #exemplar({ start, end }: MessageRange): PageExemplar {
    const reader = new ProtoReader(this.#bytes, start, end)
    const pairs: string[] = []
    let value = 0
    let timestamp: number | undefined
    while (reader.next()) {
      if (reader.field === 1) {
        const from = reader.range()
        this.#labelPair(from, reader.pos, pairs)
      } else if (reader.field === 2) value = reader.double()
      else if (reader.field === 3) timestamp = readTimestamp(reader)
      else reader.skip()
    }
    const entries = pairs.flatMap((name, i): [string, string][] =>
      i % 2 === 0 ? [[name, pairs[i + 1] as string]] : [],
    )
    return { labels: LabelSet.from(entries), value, timestamp: timestamp === undefined ? undefined : unixMs(timestamp) }
  }

  #labelPair(start: number, end: number, into: string[]): void {
    const reader = new ProtoReader(this.#bytes, start, end)
    let name: Uint8Array = EMPTY
    let value: Uint8Array = EMPTY
    while (reader.next()) {
      if (reader.field === 1) name = reader.view()
      else if (reader.field === 2) value = reader.view()
      else reader.skip()
    }
    if (name.length === 0 || !isUtf8(name, 0, name.length)) this.#fail(`invalid label name: ${textOf(name)}`)
    if (!isUtf8(value, 0, value.length)) this.#fail(`invalid label value: ${textOf(value)}`)
    into.push(textOf(name), textOf(value))
  }

  /** Tells errors of the wire format as those of the page. */
  #reading<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof BongsuError) || error instanceof MalformedExposition) throw error
      throw new MalformedExposition(error.message, { line: 0, offset: this.#reader.pos }, { cause: error })
    }
  }

  #reserveKey(length: number): void {
    if (length <= this.#key.length) return
    const grown = Buffer.allocUnsafe(length * 2)
    grown.set(this.#key)
    this.#key = grown
    this.#keyView = viewOf(grown)
  }

  #fail(text: string): never {
    throw new MalformedExposition(text, { line: 0, offset: this.#reader.pos })
  }
}

const EMPTY = new Uint8Array(0)

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}

function nativeOf(metric: ProtoMetric): NativeHistogram {
  const integer = !metric.isFloat
  return {
    schema: metric.schema,
    zeroThreshold: metric.zeroThreshold,
    zeroCount: integer ? metric.zeroCount : metric.zeroCountFloat,
    count: integer ? metric.sampleCount : metric.sampleCountFloat,
    sum: metric.sampleSum,
    stale: false,
    integer,
    positive: compacted(absolute(metric.positive, integer), 0),
    negative: compacted(absolute(metric.negative, integer), 0),
    customValues: [],
    resetHint: 'unknown',
  }
}

function absolute({ offsets, lengths, deltas, counts }: ProtoBuckets, integer: boolean): BucketSpans {
  let sum = 0
  return { offsets, lengths, counts: integer ? deltas.map((delta) => (sum += delta)) : counts }
}
