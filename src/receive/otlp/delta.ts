/**
 * Delta temporality to cumulative: what each series has added up to so far.
 * Source: OpenTelemetry specification, metrics/data-model.md, "Sums: Delta-to-Cumulative".
 */
import type { Clock } from '../../core/clock.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'

/** What a series has added up to. Never changed in place. */
export interface Accumulated<T> {
  readonly total: T
  /** Start of the first point that went in; UnixMs, 0 = not known. */
  readonly start: number
  /** The same and the time of the last point, in nanoseconds as doubles: exact to 256 ns, enough to put points in order. */
  readonly startNano: number
  readonly timeNano: number
  /** Tells the last point from another of the same time. */
  readonly lastDelta: number
}

/** The running total of one series. Kept by whoever looks it up; void once `evicted`. */
export interface DeltaState {
  readonly key: string
  accumulated: Accumulated<unknown> | undefined
  seenAt: UnixMs
  evicted: boolean
}

export interface DeltaPoint<T> {
  readonly value: T
  readonly start: number
  readonly startNano: number
  readonly timeNano: number
  readonly lastDelta: number
}

export interface DeltaOptions {
  readonly maxSeries: number
  readonly maxStale: DurationMs
}

/** The running totals of all series; a key names tenant and series. Within `begin` and `rollback` every change can be taken back. */
export class DeltaStates {
  readonly #options: DeltaOptions
  readonly #clock: Clock
  readonly #states = new Map<string, DeltaState>()
  #journal: { readonly state: DeltaState; readonly before: Accumulated<unknown> | undefined }[] = []
  #sweptAt = 0

  constructor(options: DeltaOptions, deps: { readonly clock: Clock }) {
    this.#options = options
    this.#clock = deps.clock
  }

  get size(): number {
    return this.#states.size
  }

  /** Starts a request: forgets what is stale, and remembers from here on. */
  begin(): void {
    this.#journal = []
    const now = this.#clock.now()
    if (now - this.#sweptAt < this.#options.maxStale) return
    this.#sweptAt = now
    for (const [key, state] of this.#states) {
      if (now - state.seenAt <= this.#options.maxStale) continue
      state.evicted = true
      this.#states.delete(key)
    }
  }

  /** Takes back all that was added since `begin`. */
  rollback(): void {
    for (const { state, before } of this.#journal.reverse()) state.accumulated = before
    this.#journal = []
  }

  /** The state of a series, a new one if need be; undefined when there is no room. */
  stateOf(key: string): DeltaState | undefined {
    const known = this.#states.get(key)
    if (known !== undefined) return known
    if (this.#states.size >= this.#options.maxSeries) return undefined
    const state: DeltaState = { key, accumulated: undefined, seenAt: this.#clock.now(), evicted: false }
    this.#states.set(key, state)
    return state
  }

  /**
   * Adds a point and returns the new total; undefined when the point is older than what was already added, which can't be
   * put right. A point that was sent again (its answer was lost) is not added twice: it gets the total of the first time.
   * Where there is no total to add to (a new series, a stale one, `add` finds no sum) counting starts anew with this point.
   */
  add<T>(
    state: DeltaState,
    point: DeltaPoint<T>,
    add: (total: T, value: T) => T | undefined,
  ): Accumulated<T> | undefined {
    const now = this.#clock.now()
    const stale = now - state.seenAt > this.#options.maxStale
    // What a state holds is what this method put there for the same series, whose metric type is part of its key.
    const before = stale ? undefined : (state.accumulated as Accumulated<T> | undefined)
    if (before !== undefined && point.timeNano <= before.timeNano) {
      const again = point.timeNano === before.timeNano && point.lastDelta === before.lastDelta
      return again ? before : undefined
    }
    const total = before && add(before.total, point.value)
    const { startNano, timeNano, lastDelta } = point
    const next: Accumulated<T> =
      before === undefined || total === undefined
        ? { total: point.value, start: point.start, startNano, timeNano, lastDelta }
        : { total, start: before.start, startNano: before.startNano, timeNano, lastDelta }
    this.#journal.push({ state, before: state.accumulated })
    state.accumulated = next
    state.seenAt = now
    return next
  }
}
