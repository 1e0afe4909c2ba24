import { Buffer } from 'node:buffer'
import type { MetricType } from '../../signals/metrics.ts'
import type { Line } from './line.ts'
import { openMetricsLine, parseOpenMetricsLine } from './openmetrics-line.ts'

const SUFFIX = '_created'

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

/**
 * Finds the start timestamp of OpenMetrics series: the value of the next `_created` line of the same family and labels. A series
 * whose `_created` line stands before it, or behind that of other labels, has none, as in Prometheus. What is ahead is read once
 * for all series before it, so a page costs linear time.
 */
export class CreatedLines {
  readonly #ahead: Line
  /** The line found ahead, or where there is none: valid for positions in `[#from, #until)`. */
  #from = 0
  #until = 0
  #foundKey: string | undefined
  #foundMs = 0
  /** Where the word stands next in the page. */
  #mention = -1
  /** The series last given a timestamp: it keeps it, wherever its `_created` line stands. */
  #lastKey: string | undefined
  #lastMs = 0

  constructor(bytes: Uint8Array) {
    this.#ahead = openMetricsLine(bytes)
  }

  /** UnixMs, or 0. `line` has just been parsed. */
  startOf(line: Line): number {
    if (!hasCreated(line.type)) {
      this.#lastKey = undefined
      return 0
    }
    const name = line.text(line.nameStart, line.nameEnd).slice(0, line.familyLength)
    const key = keyOf(line, line.type, name)
    if (key === this.#lastKey && this.#lastMs > 0) return this.#lastMs
    this.#look(line)
    this.#lastKey = key === this.#foundKey ? key : undefined
    this.#lastMs = this.#foundMs
    return this.#lastKey === undefined ? 0 : this.#foundMs
  }

  /** True when no `_created` line lies ahead in the family at `at`, so that all its series have no start timestamp. */
  knowsNoneAt(at: number): boolean {
    return this.#foundKey === undefined && at >= this.#from && at < this.#until
  }

  #look(line: Line): void {
    const { at, state } = line.scanner
    if (at >= this.#from && at < this.#until) return
    if (this.#knowsNoneIn(line)) return
    const ahead = this.#ahead
    ahead.scanner.at = at
    ahead.scanner.state = state
    ahead.type = line.type
    this.#from = at
    this.#foundKey = undefined
    try {
      while (parseOpenMetricsLine(ahead) && ahead.kind === 'series') {
        if (!isCreated(ahead)) continue
        this.#foundKey = keyOf(ahead, line.type, ahead.text(ahead.nameStart, ahead.nameEnd - SUFFIX.length))
        this.#foundMs = Math.trunc(ahead.value * 1000)
        this.#until = ahead.start + 1
        return
      }
      this.#until = ahead.start + 1
    } catch {
      // The cursor will come to this line and tell its error; the series before it have no start timestamp.
      this.#until = Infinity
    }
  }

  /** Looks for the mere word in the rest of the family, which most pages don't have. */
  #knowsNoneIn(line: Line): boolean {
    const { at, bytes } = line.scanner
    const page = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (this.#mention < at) this.#mention = endless(page.indexOf(SUFFIX, at))
    const familyEnd = endless(page.indexOf('\n#', at - 1))
    if (this.#mention < familyEnd) return false
    this.#from = at
    this.#until = this.#mention === Infinity ? Infinity : familyEnd + 1
    this.#foundKey = undefined
    return true
  }
}

function endless(index: number): number {
  return index === -1 ? Infinity : index
}

function keyOf(line: Line, type: MetricType, name: string): string {
  const skipped = type === 'histogram' ? 'le' : type === 'summary' ? 'quantile' : ''
  const { labels } = line
  let key = ''
  for (let i = 0; i < labels.length; i += 4) {
    const label = line.text(labels[i] as number, labels[i + 1] as number)
    if (label !== skipped) key += `${label}\u0000${line.text(labels[i + 2] as number, labels[i + 3] as number)}\u0000`
  }
  return key + name
}
