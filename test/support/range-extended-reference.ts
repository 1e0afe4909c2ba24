/** Definitions for anchored and smoothed selectors, window by window: extendedRate and pickFirstSampleIndices of Prometheus. */
import { rangeSeconds } from './range-reference.ts'
import type { ReferencePoint } from './range-reference.ts'

/** `points` are those of the wide window. */
export function extendedDefinition(
  name: string,
  extent: 'anchored' | 'smoothed',
  points: readonly ReferencePoint[],
  start: number,
  end: number,
): number | undefined {
  if (points.length === 0) return undefined
  if (name === 'resets' || name === 'changes') return anchoredCount(name, points, start)
  return extendedRate(name, extent === 'smoothed', points, start, end)
}

/** Index of the first of `points.slice(0, limit)` that holds, else the limit. */
function search(points: readonly ReferencePoint[], limit: number, holds: (point: ReferencePoint) => boolean): number {
  const found = points.slice(0, limit).findIndex(holds)
  return found === -1 ? limit : found
}

function extendedRate(
  name: string,
  smoothed: boolean,
  points: readonly ReferencePoint[],
  start: number,
  end: number,
): number | undefined {
  const at = (i: number): ReferencePoint => points[i] as ReferencePoint
  const isCounter = name !== 'delta'
  let last = points.length - 1
  let first = Math.max(0, search(points, last, ({ t }) => t > start) - 1)
  if (smoothed) last = search(points, last, ({ t }) => t >= end)
  if (at(last).t <= start) return undefined
  if (smoothed && at(first).t > end) return undefined
  const line = (a: ReferencePoint, b: ReferencePoint, t: number): number => {
    const from = isCounter && b.v < a.v ? 0 : a.v
    return from + ((b.v - from) * (t - a.t)) / (b.t - a.t)
  }
  const left = smoothed && at(first).t < start ? line(at(first), at(first + 1), start) : at(first).v
  const right = smoothed && last > 0 && at(last).t > end ? line(at(last - 1), at(last), end) : at(last).v
  let result = right - left
  if (isCounter) {
    if (at(first).t <= start) first++
    if (at(last).t >= end) last--
    const chain = [left, ...points.slice(first, last + 1).map(({ v }) => v), right]
    let correction = 0
    for (const [i, v] of chain.entries())
      if (i > 0 && v < (chain[i - 1] as number)) correction += chain[i - 1] as number
    result += correction
  }
  return name === 'rate' ? result / rangeSeconds(start, end) : result
}

function anchoredCount(
  name: 'resets' | 'changes',
  points: readonly ReferencePoint[],
  start: number,
): number | undefined {
  const after = points.filter(({ t }) => t > start)
  if (after.length === 0) return undefined
  const anchor = points.filter(({ t }) => t <= start).at(-1)
  const values = [...(anchor === undefined ? [] : [anchor]), ...after].map(({ v }) => v)
  const differs = (a: number, b: number): boolean =>
    name === 'resets' ? b < a : a !== b && !(Number.isNaN(a) && Number.isNaN(b))
  return values.filter((v, i) => i > 0 && differs(values[i - 1] as number, v)).length
}
