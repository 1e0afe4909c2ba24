/** Floats of an anchored or smoothed range selector, given values at both ends of the window. Follows extendFloats, promql/engine.go@v3.14. */
import { valueAtEnd, valueAtStart } from './interpolation.ts'
import type { Points } from './interpolation.ts'

export interface Floats {
  readonly timestamps: readonly number[]
  readonly values: readonly number[]
}

export interface ExtendedWindow {
  readonly start: number
  readonly end: number
  readonly smoothed: boolean
}

/** As `interpolation.ts` reads them. */
export function pointsOf({ timestamps, values }: Floats, smoothed: boolean): Points {
  const [times, own] = [Float64Array.from(timestamps), Float64Array.from(values)]
  return { times, timeFrom: 0, values: own, from: 0, smoothed, isCounter: false }
}

/** `floats`: what lies in the window widened by the lookback. Nothing when no sample lies behind its start. */
export function extendFloats(floats: Floats, { start, end, smoothed }: ExtendedWindow): Floats {
  const { timestamps, values } = floats
  const newest = timestamps.length - 1
  if (newest < 0) return { timestamps: [], values: [] }
  let first = Math.max(0, firstWhere(timestamps, newest, (t) => t > start) - 1)
  let last = smoothed ? firstWhere(timestamps, newest, (t) => t >= end) : newest
  if ((timestamps[last] as number) <= start) return { timestamps: [], values: [] }
  const points = pointsOf(floats, smoothed)
  const left = valueAtStart(points, first, start)
  const right = last > 0 ? valueAtEnd(points, last, end) : (values[last] as number)
  if ((timestamps[first] as number) <= start) first++
  if ((timestamps[last] as number) >= end) last--
  return {
    timestamps: [start, ...timestamps.slice(first, last + 1), end],
    values: [left, ...values.slice(first, last + 1), right],
  }
}

/** The first index below `length` for which `holds`; `length` when there is none. */
function firstWhere(times: readonly number[], length: number, holds: (t: number) => boolean): number {
  let i = 0
  while (i < length && !holds(times[i] as number)) i++
  return i
}
