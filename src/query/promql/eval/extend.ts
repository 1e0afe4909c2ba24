/** Floats of an anchored or smoothed range selector, given values at both ends of the window. Follows extendFloats, promql/engine.go@v3.14. */

export interface Floats {
  readonly timestamps: readonly number[]
  readonly values: readonly number[]
}

export interface ExtendedWindow {
  readonly start: number
  readonly end: number
  readonly smoothed: boolean
}

/** The value at `t` on the straight line through sample i and the next one. */
export function interpolated({ timestamps, values }: Floats, i: number, t: number): number {
  const [t1, t2] = [timestamps[i] as number, timestamps[i + 1] as number]
  const [y1, y2] = [values[i] as number, values[i + 1] as number]
  return y1 + ((y2 - y1) * (t - t1)) / (t2 - t1)
}

/** `floats`: what lies in the window widened by the lookback. Nothing when no sample lies behind its start. */
export function extendFloats(floats: Floats, { start, end, smoothed }: ExtendedWindow): Floats {
  const { timestamps, values } = floats
  const newest = timestamps.length - 1
  if (newest < 0) return { timestamps: [], values: [] }
  let first = Math.max(0, firstWhere(timestamps, newest, (t) => t > start) - 1)
  let last = smoothed ? firstWhere(timestamps, newest, (t) => t >= end) : newest
  if ((timestamps[last] as number) <= start) return { timestamps: [], values: [] }
  const isCutLeft = smoothed && (timestamps[first] as number) < start
  const isCutRight = smoothed && last > 0 && (timestamps[last] as number) > end
  const left = isCutLeft ? interpolated(floats, first, start) : (values[first] as number)
  const right = isCutRight ? interpolated(floats, last - 1, end) : (values[last] as number)
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
