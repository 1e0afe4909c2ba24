/** Random series of every kind, the same for the same seed: two hours of samples that begin at `FIRST`. */
import type { NativeHistogram } from '../../../src/model/histogram.ts'
import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../../src/model/histogram.ts'
import { LabelSet } from '../../../src/model/labels.ts'
import { STALE_NAN } from '../../../src/model/stale.ts'
import { Dice } from '../../support/api-requests.ts'
import type { LoadedSample, LoadedSeries } from '../promql/script.ts'

/** UnixMs. */
export const FIRST = 1_700_000_000_000
export const LAST = FIRST + 7_200_000
const STEP = 15_000

type Value = LoadedSample['value']
/** Gives the next value, or undefined for a gap. */
type Source = () => Value | undefined

export function randomSeries(seed: number): readonly LoadedSeries[] {
  const dice = new Dice(seed)
  const series = [
    ...floatFamilies(dice),
    ...classicHistogram(dice, 'latency_seconds', ['0.1', '0.5', '1', '2.5', '+Inf'], 3),
    ...classicHistogram(dice, 'broken_seconds', ['0.1', '1', '10'], 2),
    ...nativeFamilies(dice),
    ...infoSeries(),
  ]
  return series.sort((a, b) => (a.labels.key() < b.labels.key() ? -1 : 1))
}

function floatFamilies(dice: Dice): LoadedSeries[] {
  const instances = ['a:1', 'b:1', 'c:1'] as const
  return instances.flatMap((instance, n) => [
    ...['200', '404', '500'].map((code) =>
      one(dice, { __name__: 'requests_total', job: 'web', instance, code }, { gaps: 0.03 }, counter(dice, 20)),
    ),
    one(dice, { __name__: 'bytes_total', job: 'web', instance }, {}, counter(dice, 1e9)),
    one(
      dice,
      { __name__: 'temperature', job: n === 2 ? 'db' : 'web', instance, room: 'k' },
      { jitter: 900 },
      walk(dice),
    ),
    one(dice, { __name__: 'temperature', job: 'db', instance, room: 'l' }, { gaps: 0.4 }, walk(dice)),
    one(dice, { __name__: 'queue', job: 'db', instance }, { gaps: 0.1, stale: 0.05 }, () => dice.below(5) - 2),
    one(dice, { __name__: 'odd', instance }, {}, () => dice.pick(ODD)),
    one(dice, { __name__: 'memory.used', instance, 'unit.of': 'By' }, { jitter: 400 }, () => dice.next() * 1e10),
  ])
}

const ODD: readonly [number, ...number[]] = [NaN, Infinity, -Infinity, -0, 0, 1, -1, 1e-9, 5e-324, 1e308, -1e308, 1 / 3]

function counter(dice: Dice, most: number): Source {
  let value = dice.below(1000)
  return () => (value = dice.chance(0.01) ? dice.below(5) : value + dice.below(most))
}

function walk(dice: Dice): Source {
  let value = 20
  return () => (value += dice.next() - 0.5)
}

/** With a bound of +Inf or without one; with `count` and `sum`. */
function classicHistogram(dice: Dice, name: string, bounds: readonly string[], instances: number): LoadedSeries[] {
  return Array.from({ length: instances }, (_, n) => {
    const labels = { job: 'web', instance: `${'abc'[n]}:1` }
    const counts = bounds.map(() => 0)
    const totals: number[][] = []
    for (let t = FIRST; t <= LAST; t += STEP) {
      for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] as number) + dice.below(9)
      let sum = 0
      totals.push(counts.map((count) => (sum += count)))
    }
    const column = (extra: Readonly<Record<string, string>>, of: (row: readonly number[]) => number): LoadedSeries => {
      let row = 0
      return one(dice, { ...labels, ...extra }, {}, () => of(totals[row++] ?? []))
    }
    return [
      ...bounds.map((le, i) => column({ __name__: `${name}_bucket`, le }, (row) => row[i] as number)),
      column({ __name__: `${name}_count` }, (row) => row.at(-1) as number),
      column({ __name__: `${name}_sum` }, (row) => (row.at(-1) as number) * 0.7),
    ]
  }).flat()
}

function nativeFamilies(dice: Dice): LoadedSeries[] {
  const kinds = [
    ['a:1', exponential(dice, 1)],
    ['b:1', exponential(dice, 3)],
    ['c:1', exponential(dice, 0)],
  ] as const
  return [
    ...kinds.map(([instance, next]) => one(dice, { __name__: 'duration', job: 'web', instance }, { gaps: 0.02 }, next)),
    ...['a:1', 'b:1'].map((instance, n) =>
      one(dice, { __name__: 'size', job: 'web', instance }, {}, custom(dice, n === 0 ? [1, 5, 10] : [1, 10])),
    ),
    ...['a:1', 'b:1'].map((instance) =>
      one(dice, { __name__: 'fill', job: 'db', instance }, { gaps: 0.1, stale: 0.02 }, gauge(dice)),
    ),
    one(dice, { __name__: 'mixed', job: 'web', instance: 'a:1' }, {}, alternating(dice)),
  ]
}

/**
 * Before the first sample, and left after a reset: so much that rates are never cut where they would reach below zero, which 3.5
 * does not do for histograms.
 */
const BASE = 500

/** A counter of integers, which starts anew now and then. */
function exponential(dice: Dice, schema: number): Source {
  let counts = [BASE, BASE, BASE, BASE, BASE]
  let zeroCount = 0
  let sum = 0
  return () => {
    if (dice.chance(0.01)) [counts, zeroCount, sum] = [[BASE, BASE, BASE, BASE, BASE], 0, 0]
    counts = counts.map((count) => count + dice.below(4))
    zeroCount += dice.below(2)
    sum += dice.next() * 10
    const positive = { offsets: [-1, 2], lengths: [2, 2], counts: counts.slice(0, 4) }
    const negative = { offsets: [1], lengths: [1], counts: counts.slice(4) }
    return {
      ...PLAIN,
      schema,
      zeroThreshold: 0.001,
      zeroCount,
      sum,
      count: total(counts, zeroCount),
      positive,
      negative,
    }
  }
}

function custom(dice: Dice, customValues: readonly number[]): Source {
  let counts = [...customValues, Infinity].map(() => BASE)
  return () => {
    counts = dice.chance(0.01) ? counts.map(() => BASE) : counts.map((count) => count + dice.below(5))
    const positive = { offsets: [0], lengths: [counts.length], counts }
    const count = total(counts)
    return { ...PLAIN, schema: CUSTOM_BUCKETS_SCHEMA, customValues, sum: count * 3, count, positive }
  }
}

function gauge(dice: Dice): Source {
  return () => {
    const counts = [dice.next() * 3, 0, dice.next() * 5]
    const positive = { offsets: [0], lengths: [3], counts }
    const sum = dice.next() * 20 - 10
    return { ...PLAIN, schema: 2, sum, count: total(counts), positive, integer: false, resetHint: 'gauge' }
  }
}

/** Some minutes of floats, then some of histograms, and again. */
function alternating(dice: Dice): Source {
  const histograms = exponential(dice, 1)
  const floats = counter(dice, 10)
  let left = 40
  let isFloat = true
  return () => {
    if (left-- === 0) [left, isFloat] = [20 + dice.below(30), !isFloat]
    return isFloat ? floats() : histograms()
  }
}

const PLAIN: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  stale: false,
  integer: true,
  positive: NO_SPANS,
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
}

function total(counts: readonly number[], more = 0): number {
  return counts.reduce((sum, count) => sum + count, more)
}

function infoSeries(): LoadedSeries[] {
  return ['a:1', 'b:1'].map((instance) => ({
    labels: LabelSet.of({ __name__: 'target_info', job: 'web', instance, version: `v${instance[0]}`, zone: 'z' }),
    samples: Array.from({ length: 481 }, (_, i) => ({ timestamp: FIRST + i * STEP, start: 0, value: 1 })),
  }))
}

interface Shape {
  /** Share of samples that are left out. */
  readonly gaps?: number
  /** Share of samples that are a staleness marker. */
  readonly stale?: number
  /** Most ms by which samples are late. */
  readonly jitter?: number
}

function one(dice: Dice, labels: Readonly<Record<string, string>>, shape: Shape, next: Source): LoadedSeries {
  const { gaps = 0, stale = 0, jitter = 0 } = shape
  const samples: LoadedSample[] = []
  for (let t = FIRST; t <= LAST; t += STEP) {
    const value = next()
    const timestamp = jitter === 0 || t === FIRST ? t : t + dice.below(jitter)
    if (value === undefined || dice.chance(gaps)) continue
    if (!dice.chance(stale)) samples.push({ timestamp, start: 0, value })
    else samples.push({ timestamp, start: 0, value: typeof value === 'number' ? STALE_NAN : STALE_HISTOGRAM })
  }
  return { labels: LabelSet.of(labels), samples }
}

const STALE_HISTOGRAM: NativeHistogram = { ...PLAIN, stale: true, sum: STALE_NAN, integer: false, resetHint: 'gauge' }
