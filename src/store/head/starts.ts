/**
 * Start timestamps of one tenant's series: a step function of time for each series that has any. A start mostly stays the same
 * for as long as the series' process lives, so a series has one step: two numbers in columns. Those with more have a list.
 */
import { grownFloat64 } from './columns.ts'

/** Steps by time: from `from[i]` on the start is `start[i]`, 0 before the first. */
interface Steps {
  readonly from: number[]
  readonly start: number[]
}

/** `#since` of a series without any start, and of one whose steps are a list. */
const NONE = Infinity
const LISTED = -Infinity

export class SeriesStarts {
  /** Time from which on the series' one start holds. */
  #since: Float64Array = new Float64Array(0)
  #start: Float64Array = new Float64Array(0)
  readonly #listed = new Map<number, Steps>()
  #isEmpty = true

  /** True as long as no series ever had a start: then nothing needs to be told or asked. */
  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** About the bytes held. */
  get bytes(): number {
    let total = this.#since.byteLength * 2
    for (const { from } of this.#listed.values()) total += 150 + 16 * from.length
    return total
  }

  has(ref: number): boolean {
    return (this.#since[ref] ?? NONE) !== NONE
  }

  /** The start of the sample at `t`, 0 when it has none. */
  at(ref: number, t: number): number {
    const since = this.#since[ref] ?? NONE
    if (since === LISTED) return valueAt(this.#listed.get(ref) as Steps, t)
    return t >= since ? (this.#start[ref] as number) : 0
  }

  /** Tells the start (0: none) of the sample at `t`. `isNewest`: the series has no sample later than that. */
  set(ref: number, t: number, start: number, isNewest: boolean): void {
    const since = this.#since[ref] ?? NONE
    if (since === NONE) {
      if (start === 0) return
      if (isNewest) this.#setOnly(ref, t, start)
      else this.#list(ref, { from: [t, t + 1], start: [start, 0] })
      return
    }
    if (this.at(ref, t) === start) return
    const steps = this.#listed.get(ref) ?? { from: [since], start: [this.#start[ref] as number] }
    if (isNewest) cutFrom(steps, t)
    assign(steps, t, start, isNewest)
    if (since !== LISTED) this.#list(ref, steps)
  }

  /** Drops the steps that end before `t`. */
  evict(t: number): void {
    for (const { from, start } of this.#listed.values()) {
      let gone = 0
      while (gone + 1 < from.length && (from[gone + 1] as number) <= t) gone++
      from.splice(0, gone)
      start.splice(0, gone)
    }
  }

  /** For a ref that is given out anew. */
  forget(ref: number): void {
    if (!this.has(ref)) return
    this.#since[ref] = NONE
    this.#listed.delete(ref)
  }

  #setOnly(ref: number, t: number, start: number): void {
    this.#reserve(ref)
    this.#since[ref] = t
    this.#start[ref] = start
  }

  #list(ref: number, steps: Steps): void {
    this.#reserve(ref)
    this.#since[ref] = LISTED
    this.#listed.set(ref, steps)
  }

  #reserve(ref: number): void {
    this.#isEmpty = false
    this.#since = grownFloat64(this.#since, ref + 1, NONE)
    this.#start = grownFloat64(this.#start, ref + 1, 0)
  }
}

function valueAt({ from, start }: Steps, t: number): number {
  const step = stepAt(from, t)
  return step < 0 ? 0 : (start[step] as number)
}

/** Index of the step that holds at `t`, -1 before the first. */
function stepAt(from: readonly number[], t: number): number {
  let low = 0
  let high = from.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((from[middle] as number) <= t) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Drops the steps that begin at `t` or later: rolled-back rows leave such behind. */
function cutFrom({ from, start }: Steps, t: number): void {
  while (from.length > 0 && (from.at(-1) as number) >= t) {
    from.pop()
    start.pop()
  }
}

/** Makes `value` hold from `t` on, or at `t` alone: times are whole milliseconds. */
function assign(steps: Steps, t: number, value: number, onwards: boolean): void {
  const { from, start } = steps
  const step = stepAt(from, t)
  const before = step < 0 ? 0 : (start[step] as number)
  if (onwards) {
    if (valueAt(steps, t) !== value) {
      from.push(t)
      start.push(value)
    }
    return
  }
  const isAtBegin = step >= 0 && from[step] === t
  const isEndKnown = from[step + 1] === t + 1
  const place = isAtBegin ? step : step + 1
  from.splice(place, isAtBegin ? 1 : 0, ...(isEndKnown ? [t] : [t, t + 1]))
  start.splice(place, isAtBegin ? 1 : 0, ...(isEndKnown ? [value] : [value, before]))
}
