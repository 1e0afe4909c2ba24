import { unixMs } from '../../core/time.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { createdKey, CreatedLines, hasCreated, isCreated } from './created.ts'
import { NO_EXEMPLARS } from './cursor.ts'
import type { EntryCursor, EntryKind, PageExemplar } from './cursor.ts'
import { DecimalReader } from './decimal.ts'
import { Bug } from '../../core/errors.ts'
import { BACKSLASH, BRACE_CLOSE, BRACE_OPEN, HASH, isBlank, NEWLINE, QUOTE, SPACE } from './lexer.ts'
import type { Line } from './line.ts'
import { openMetricsLine, parseEndOfSeries, parseOpenMetricsLine } from './openmetrics-line.ts'
import { exemplarLabelsOf, labelsOf, unescape } from './page-labels.ts'
import { viewOf } from './series-cache.ts'
import type { SeriesCache } from './series-cache.ts'
import { parseTextLine, textLine } from './text-line.ts'

export interface TextCursorOptions {
  readonly format: 'text' | 'openmetrics'
  /** Series of this target known from earlier pages; without it, every line takes the long way. */
  readonly cache?: SeriesCache
  /** Read `_created` lines as start timestamps, and not as series (OpenMetrics). */
  readonly createdTimestamps?: boolean
}

const HELP_ESCAPE = /\\([\\n])/g

/**
 * Reads a page of the Prometheus text format or of OpenMetrics; the bytes are borrowed.
 *
 * Two ways lead through a line. The long one takes its tokens apart exactly as Prometheus does, and tells what is wrong. The
 * fast one serves lines whose series part is in the cache byte by byte (it was taken apart once) and whose rest is plain: it
 * reads the numbers and goes on. Whatever it does not know, it leaves to the long way.
 */
export class TextCursor implements EntryCursor {
  readonly keyBytes: Uint8Array
  kind: EntryKind = 'comment'
  keyStart = 0
  keyEnd = 0
  slot = -1
  value = 0
  timestamp = 0
  hasTimestamp = false
  startTimestamp = 0

  readonly #view: DataView
  readonly #line: Line
  readonly #openMetrics: boolean
  readonly #cache: SeriesCache | undefined
  readonly #created: CreatedLines | undefined
  readonly #number = new DecimalReader()
  /** Whether `#line` describes the entry at hand; not so on the fast way, but for the exemplar. */
  #parsed = false
  /** Of a series on the long way: what finds its `_created` line, kept as the note of its slot. */
  #createdKey = 0

  constructor(bytes: Uint8Array, options: TextCursorOptions) {
    this.keyBytes = bytes
    this.#view = viewOf(bytes)
    this.#openMetrics = options.format === 'openmetrics'
    this.#line = this.#openMetrics ? openMetricsLine(bytes) : textLine(bytes)
    this.#cache = options.cache
    this.#created = options.createdTimestamps === true && this.#openMetrics ? new CreatedLines(bytes) : undefined
    options.cache?.rewind()
  }

  next(): boolean {
    const line = this.#line
    for (;;) {
      if (this.#created !== undefined) line.scanner.at = this.#created.behind(line.scanner.at)
      if (this.#fast()) return true
      if (!(this.#openMetrics ? parseOpenMetricsLine(line) : parseTextLine(line))) return false
      this.#parsed = true
      this.kind = line.kind
      if (line.kind !== 'series') return true
      if (this.#created === undefined || !isCreated(line)) break
    }
    this.#take(line)
    return true
  }

  remember(): number {
    const cache = this.#cache
    if (this.slot >= 0 || cache === undefined) return this.slot
    this.slot = cache.add(this.keyBytes, this.keyStart, this.keyEnd)
    cache.setNote(this.slot, this.#createdKey)
    return this.slot
  }

  get histogram(): NativeHistogram {
    throw new Bug('text pages have no native histograms')
  }

  labels(): LabelSet {
    return labelsOf(this.#whole())
  }

  exemplars(): readonly PageExemplar[] {
    const line = this.#line
    if (!line.hasExemplar) return NO_EXEMPLARS
    return [
      {
        labels: exemplarLabelsOf(line, line.exemplarLabels),
        value: line.exemplarValue,
        timestamp: line.hasExemplarTimestamp ? unixMs(line.exemplarTimestamp) : undefined,
      },
    ]
  }

  get metric(): string {
    return unescape(this.#line.text(this.#line.nameStart, this.#line.nameEnd))
  }

  get type(): MetricType {
    return this.#line.type
  }

  get help(): string {
    const text = this.#line.text(this.#line.textStart, this.#line.textEnd)
    // OpenMetrics escapes quotes too.
    if (this.#openMetrics) return unescape(text)
    return text.replaceAll(HELP_ESCAPE, (_, c: string) => (c === 'n' ? '\n' : c))
  }

  get unit(): string {
    return this.#line.text(this.#line.textStart, this.#line.textEnd)
  }

  #take(line: Line): void {
    this.keyStart = line.seriesStart
    this.keyEnd = line.seriesEnd
    this.value = line.value
    this.timestamp = line.timestamp
    this.hasTimestamp = line.hasTimestamp
    this.slot = this.#cache?.find(this.keyBytes, this.#view, line.seriesStart, line.seriesEnd) ?? -1
    this.startTimestamp = 0
    if (this.#created === undefined) return
    this.#createdKey = hasCreated(line.type) ? createdKey(line) : 0
    if (this.slot >= 0) this.#cache?.setNote(this.slot, this.#createdKey)
    this.startTimestamp = this.#created.startOf(this.#createdKey, line.type, line.scanner.at)
  }

  /** The line at hand, taken apart even when the fast way was taken. */
  #whole(): Line {
    const line = this.#line
    if (this.#parsed) return line
    const { scanner } = line
    const { at, state } = scanner
    scanner.at = this.keyStart
    scanner.state = 'init'
    if (this.#openMetrics) parseOpenMetricsLine(line)
    else parseTextLine(line)
    scanner.at = at
    scanner.state = state
    this.#parsed = true
    return line
  }

  #fast(): boolean {
    const cache = this.#cache
    const { scanner } = this.#line
    if (cache === undefined || scanner.state !== 'init') return false
    const start = scanner.at
    const bytes = this.keyBytes
    let slot = cache.guess(this.#view, start)
    let end = slot < 0 ? 0 : start + cache.lengthOf(slot)
    if (slot < 0 || bytes[end] !== SPACE) {
      end = endOfSeries(bytes, start)
      slot = end < 0 ? -1 : cache.find(bytes, this.#view, start, end)
      if (slot < 0) return false
    }
    const created = this.#created
    const starts = created !== undefined && hasCreated(this.#line.type)
    const key = starts ? cache.noteOf(slot) : 0
    // Known from a page on which its type had no start timestamps.
    if (starts && key === 0) return false
    this.#line.hasExemplar = false
    const next = this.#restOfLine(bytes, start, end + 1)
    if (next < 0) return false
    this.#parsed = false
    this.kind = 'series'
    this.keyStart = start
    this.keyEnd = end
    this.slot = slot
    this.startTimestamp = created === undefined ? 0 : created.startOf(key, this.#line.type, next)
    scanner.at = next
    return true
  }

  /** Reads `value [timestamp] [exemplar]`; gives the start of the next line, or -1 when the rest is not that plain. */
  #restOfLine(bytes: Uint8Array, lineStart: number, start: number): number {
    const number = this.#number
    if (!number.read(bytes, start)) return -1
    this.value = number.value
    this.timestamp = 0
    this.hasTimestamp = false
    if (bytes[number.end] === SPACE && bytes[number.end + 1] !== HASH) {
      const from = number.end + 1
      if (!number.read(bytes, from)) return -1
      if (!this.#openMetrics && !isPlainInteger(bytes, from, number.end)) return -1
      const timestamp = this.#openMetrics ? Math.trunc(number.value * 1000) : number.value
      if (!Number.isFinite(timestamp)) return -1
      this.timestamp = timestamp
      this.hasTimestamp = true
    }
    if (bytes[number.end] === NEWLINE) return number.end + 1
    if (bytes[number.end] === SPACE) return this.#openMetrics ? this.#exemplar(lineStart, number.end) : -1
    // The page ends without a line feed: fine in the text format, whose lexer adds it.
    return this.#openMetrics ? -1 : bytes.length + 1
  }

  /** Takes the exemplar at `at` apart on the long way, which needs no more than where the line started. */
  #exemplar(lineStart: number, at: number): number {
    const line = this.#line
    const bytes = this.keyBytes
    if (bytes[at + 1] !== HASH || bytes[at + 2] !== SPACE || bytes[at + 3] !== BRACE_OPEN) return -1
    line.start = lineStart
    line.scanner.at = at
    line.scanner.state = 'timestamp'
    parseEndOfSeries(line)
    return line.scanner.at
  }
}

function isPlainInteger(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 15) return false
  for (let at = start; at < end; at++) if ((bytes[at] as number) < 48 || (bytes[at] as number) > 57) return false
  return true
}

/** End of the series part that starts at `start` and is followed by one space and a value; -1 when it is anything less plain. */
function endOfSeries(bytes: Uint8Array, start: number): number {
  let at = start
  let c = bytes[at] as number
  if (c === BRACE_OPEN || c === NEWLINE || c === HASH) return -1
  while (c !== SPACE && c !== BRACE_OPEN && c !== NEWLINE && at < bytes.length) c = bytes[++at] as number
  if (c === SPACE) return isBlank(bytes[at + 1] as number) || bytes[at + 1] === BRACE_OPEN ? -1 : at
  if (c !== BRACE_OPEN) return -1
  while (c !== BRACE_CLOSE) {
    c = bytes[++at] as number
    if (c === NEWLINE || at >= bytes.length) return -1
    if (c !== QUOTE) continue
    do {
      c = bytes[++at] as number
      if (c === BACKSLASH) at++
      if (at >= bytes.length) return -1
    } while (c !== QUOTE)
  }
  return bytes[at + 1] === SPACE ? at + 1 : -1
}
