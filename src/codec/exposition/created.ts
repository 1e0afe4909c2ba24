import { Buffer } from 'node:buffer'
import type { MetricType } from '../../signals/metrics.ts'
import type { Line } from './line.ts'
import { openMetricsLine, parseOpenMetricsLine } from './openmetrics-line.ts'

const SUFFIX = '_created'
const LE = Buffer.from('le')
const QUANTILE = Buffer.from('quantile')

/** Types whose `_created` lines tell when their series started. */
export function hasCreated(type: MetricType): boolean {
  return type === 'counter' || type === 'histogram' || type === 'summary'
}

/** True for a `_created` line of a family that may have one. */
export function isCreated(line: Line): boolean {
  const length = line.nameEnd - line.nameStart
  return (
    hasCreated(line.type) && length >= SUFFIX.length && line.text(line.nameEnd - SUFFIX.length, line.nameEnd) === SUFFIX
  )
}

/** What a series has in common with its `_created` line: a hash of family and labels (without bounds), never 0. */
export function createdKey(line: Line): number {
  return keyOf(line, line.type, Math.min(line.familyLength, line.nameEnd - line.nameStart))
}

/**
 * Finds the start timestamp of OpenMetrics series: the value of the next `_created` line of the same family and labels. A series
 * whose `_created` line stands before it, or behind that of other labels, has none, as in Prometheus. What is ahead is looked for
 * once for all series before it, so a page costs linear time.
 */
export class CreatedLines {
  readonly #page: Buffer
  readonly #ahead: Line
  /** What was found ahead, or nothing (key 0): valid for positions in `[#from, #until)`. */
  #from = 0
  #until = 0
  #foundKey = 0
  #foundMs = 0
  /** The series last given a timestamp: it keeps it, wherever its `_created` line stands. */
  #lastKey = 0
  #lastMs = 0
  /** Where the word stands next in the page, and where the next comment line does. */
  #mention = -1
  #familyEnd = -1

  constructor(bytes: Uint8Array) {
    this.#page = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#ahead = openMetricsLine(bytes)
  }

  /** UnixMs, or 0, for the series of this key (0 = its type has none) in the line that ends at `at`. */
  startOf(key: number, type: MetricType, at: number): number {
    if (key !== 0 && key === this.#lastKey && this.#lastMs > 0) return this.#lastMs
    if (key !== 0 && !(at >= this.#from && at < this.#until)) this.#look(type, at)
    this.#lastKey = key === this.#foundKey ? key : 0
    this.#lastMs = this.#lastKey === 0 ? 0 : this.#foundMs
    return this.#lastMs
  }

  /** Where to go on when the line at `at` is the `_created` line found before; else `at`. */
  behind(at: number): number {
    const { scanner, start } = this.#ahead
    return this.#foundKey !== 0 && at === start && scanner.state === 'init' ? scanner.at : at
  }

  #look(type: MetricType, at: number): void {
    const ahead = this.#ahead
    ahead.type = type
    this.#from = at
    this.#foundKey = 0
    if (this.#familyEnd < at) this.#familyEnd = endless(this.#page.indexOf('\n#', at - 1))
    for (let from = at; this.#findMention(from); from = ahead.scanner.at) {
      ahead.scanner.at = Math.max(at, this.#page.lastIndexOf(10, this.#mention) + 1)
      ahead.scanner.state = 'init'
      if (!this.#parseAhead()) return
      this.#until = ahead.start + 1
      if (ahead.kind !== 'series' || !isCreated(ahead)) continue
      this.#foundKey = keyOf(ahead, type, ahead.nameEnd - ahead.nameStart - SUFFIX.length)
      this.#foundMs = Math.trunc(ahead.value * 1000)
      return
    }
    this.#until = this.#mention === Infinity ? Infinity : this.#familyEnd + 1
  }

  /** False when the family at hand does not mention the word from `from` on: most pages never do. */
  #findMention(from: number): boolean {
    if (this.#mention < from) this.#mention = endless(this.#page.indexOf(SUFFIX, from))
    return this.#mention < this.#familyEnd
  }

  #parseAhead(): boolean {
    try {
      return parseOpenMetricsLine(this.#ahead)
    } catch {
      // The cursor will come to this line and tell its error; the series before it have no start timestamp.
      this.#until = Infinity
      return false
    }
  }
}

function endless(index: number): number {
  return index === -1 ? Infinity : index
}

/** 53 bits over the label names and values, as they stand, and the first `nameLength` bytes of the name. */
function keyOf(line: Line, type: MetricType, nameLength: number): number {
  const skipped = type === 'histogram' ? LE : type === 'summary' ? QUANTILE : undefined
  const { labels, nameStart, scanner } = line
  const { bytes } = scanner
  let low = 0x811c9dc5
  let high = 0x01234567
  const take = (start: number, end: number): void => {
    for (let at = start; at < end; at++) {
      low = Math.imul(low ^ (bytes[at] as number), 0x01000193)
      high = Math.imul(high ^ (bytes[at] as number), 0x5bd1e995)
    }
    low = Math.imul(low ^ 0xff, 0x01000193)
    high = Math.imul(high ^ 0xff, 0x5bd1e995)
  }
  for (let i = 0; i < labels.length; i += 4) {
    const start = labels[i] as number
    const end = labels[i + 1] as number
    if (skipped !== undefined && isWord(bytes, start, end, skipped)) continue
    take(start, end)
    take(labels[i + 2] as number, labels[i + 3] as number)
  }
  take(nameStart, nameStart + nameLength)
  return (high >>> 11) * 4_294_967_296 + (low >>> 0) + 1
}

function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  return end - start === word.length && word.every((byte, i) => byte === bytes[start + i])
}
