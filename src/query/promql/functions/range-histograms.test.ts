import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { floatsOf, LOOKBACK, runRange } from '../../../../test/support/range-harness.ts'
import type { RangeRun } from '../../../../test/support/range-harness.ts'
import { extendedDefinition } from '../../../../test/support/range-extended-reference.ts'
import { definitions } from '../../../../test/support/range-reference.ts'
import { CUSTOM_BUCKETS_SCHEMA, NO_SPANS } from '../../../model/histogram.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import { histogramAt, HISTOGRAM } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import type { HistogramSample } from './range-contract.ts'

/** One bucket that holds all. */
function histogram(count: number, more: Partial<NativeHistogram> = {}): NativeHistogram {
  return {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum: count,
    stale: false,
    integer: false,
    positive: { offsets: [1], lengths: [1], counts: [count] },
    negative: NO_SPANS,
    customValues: [],
    resetHint: 'unknown',
    ...more,
  }
}

function custom(count: number, customValues: readonly number[], more: Partial<NativeHistogram> = {}): NativeHistogram {
  return histogram(count, {
    schema: CUSTOM_BUCKETS_SCHEMA,
    customValues,
    positive: { offsets: [0], lengths: [1], counts: [count] },
    ...more,
  })
}

/** A sample each 15 s from 15 s on. */
function each15s(values: readonly NativeHistogram[]): HistogramSample[] {
  return values.map((value, i) => ({ t: (i + 1) * 15_000, value, start: 0 }))
}

function run(name: string, more: Partial<RangeRun>): ReturnType<typeof runRange> {
  return runRange({ name, series: [[]], grid: { start: 60_000, step: 1, count: 1 }, range: 60_000, ...more })
}

function countsOf(out: StepVector): (number | undefined)[] {
  return Array.from({ length: out.steps }, (_, s) =>
    out.kinds[s] === HISTOGRAM ? histogramAt(out, s).count : undefined,
  )
}

const grid = fc.record({
  start: fc.integer({ min: 5, max: 60 }).map((n) => n * 1000),
  step: fc.integer({ min: 1, max: 60 }).map((n) => n * 1000),
  count: fc.integer({ min: 1, max: 8 }),
})
const samples = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 20_000 }), v: fc.integer({ min: 0, max: 30 }) }), { maxLength: 20 })
  .map((list) => {
    let t = 1000
    return list.map(({ gap, v }) => ({ t: (t += gap), v, start: 0 }))
  })

/** A histogram of one bucket counts as a float does, so what is known of floats must hold for it. */
test('a counter that began anew is right where other windows have histograms too', () => {
  const points = Array.from({ length: 12 }, (_, i) => ({ t: (i + 1) * 15_000, v: i < 4 ? 100 + i : i - 4, start: 0 }))
  const more = { series: [points], grid: { start: 60_000, step: 30_000, count: 20 }, range: 600_000 }
  const late: HistogramSample = { t: 170_000, value: histogram(5), start: 0 }
  const alone = floatsOf(run('rate', more).out)
  const mixed = floatsOf(run('rate', { ...more, histograms: [late] }).out)
  expect(alone.every((value) => value !== undefined && value > 0)).toBe(true)
  expect(mixed).toEqual(alone.map((value, s) => (s < 4 ? value : undefined)))
})

describe.each([
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'sum_over_time',
  'avg_over_time',
  'first_over_time',
  'last_over_time',
])('%s of histograms', (name) => {
  test('counts as it does of floats, to the bit', () => {
    fc.assert(
      fc.property(samples, grid, fc.integer({ min: 1, max: 100_000 }), (points, onGrid, range) => {
        const histograms = points.map(({ t, v, start }) => ({ t, value: histogram(v), start }))
        const { out } = run(name, { histograms, grid: onGrid, range })
        const want = Array.from({ length: onGrid.count }, (_, s) => {
          const end = onGrid.start + s * onGrid.step
          const inside = points.filter(({ t }) => t > end - range && t <= end)
          return definitions[name]?.({ points: inside, start: end - range, end, at: end, args: [] })
        })
        expect(countsOf(out)).toEqual(want)
      }),
    )
  })
})

test.each(['rate', 'increase', 'delta'])('%s of anchored histograms counts as it does of floats', (name) => {
  fc.assert(
    fc.property(samples, grid, fc.integer({ min: 1, max: 100_000 }), (points, onGrid, range) => {
      const histograms = points.map(({ t, v, start }) => ({ t, value: histogram(v), start }))
      const { out } = run(name, { histograms, grid: onGrid, range, extent: 'anchored' })
      const want = Array.from({ length: onGrid.count }, (_, s) => {
        const end = onGrid.start + s * onGrid.step
        const wide = points.filter(({ t }) => t > end - range - LOOKBACK && t <= end)
        return extendedDefinition(name, 'anchored', wide, end - range, end)
      })
      expect(countsOf(out)).toEqual(want)
    }),
  )
})

test.each([
  'resets',
  'changes',
  'count_over_time',
  'present_over_time',
  'ts_of_first_over_time',
  'ts_of_last_over_time',
])('%s of histograms is what it is of floats', (name) => {
  fc.assert(
    fc.property(samples, grid, fc.integer({ min: 1, max: 100_000 }), (points, onGrid, range) => {
      const histograms = points.map(({ t, v, start }) => ({ t, value: histogram(v), start }))
      const { out } = run(name, { histograms, grid: onGrid, range })
      expect(floatsOf(out)).toEqual(floatsOf(run(name, { series: [points], grid: onGrid, range }).out))
    }),
  )
})

const float = (t: number, v: number) => ({ t, v, start: 0 })
const gauge = { resetHint: 'gauge' } as const
const mixedSchemas =
  'PromQL warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "m" (1:1)'

const annotated: [what: string, name: string, run: Partial<RangeRun>, warnings: string[], infos: string[]][] = [
  [
    'a gauge where a counter is expected',
    'rate',
    { histograms: each15s([histogram(1, gauge), histogram(2, gauge)]) },
    ['PromQL warning: this native histogram metric is not a counter: "m" (1:1)'],
    [],
  ],
  [
    'a counter where a gauge is expected',
    'delta',
    { histograms: each15s([histogram(1), histogram(2)]) },
    ['PromQL warning: this native histogram metric is not a gauge: "m" (1:1)'],
    [],
  ],
  [
    'a counter where idelta expects a gauge',
    'idelta',
    { histograms: each15s([histogram(1), histogram(2)]) },
    ['PromQL warning: this native histogram metric is not a gauge: "m" (1:1)'],
    [],
  ],
  [
    'schemas that do not go together',
    'increase',
    { histograms: each15s([histogram(1), histogram(2), custom(3, [1])]) },
    [mixedSchemas],
    [],
  ],
  [
    'only that, when the odd one is in the middle',
    'rate',
    { histograms: each15s([histogram(1, gauge), histogram(2), custom(2, [1]), histogram(3, gauge)]) },
    [mixedSchemas],
    [],
  ],
  ['the same for sums', 'sum_over_time', { histograms: each15s([histogram(1), custom(2, [1])]) }, [mixedSchemas], []],
  [
    'bounds that were reconciled',
    'increase',
    { histograms: each15s([custom(1, [1, 5]), custom(2, [1, 2, 5])]) },
    [],
    ['PromQL info: mismatched custom buckets were reconciled during subtraction (1:1)'],
  ],
  [
    'bounds that were reconciled in a sum',
    'avg_over_time',
    { histograms: each15s([custom(1, [1, 5]), custom(2, [1, 2, 5])]) },
    [],
    ['PromQL info: mismatched custom buckets were reconciled during aggregation (1:1)'],
  ],
  [
    'hints that contradict each other',
    'sum_over_time',
    { histograms: each15s([histogram(1, { resetHint: 'reset' }), histogram(2, { resetHint: 'not_reset' })]) },
    ['PromQL warning: conflicting counter resets during histogram aggregation (1:1)'],
    [],
  ],
  [
    'floats beside histograms',
    'rate',
    { series: [[float(1000, 1), float(2000, 2)]], histograms: each15s([histogram(1)]) },
    ['PromQL warning: encountered a mix of histograms and floats for metric name "m" (1:1)'],
    [],
  ],
  [
    'histograms that are left out',
    'max_over_time',
    { series: [[float(1000, 1)]], histograms: each15s([histogram(1)]) },
    [],
    ['PromQL info: ignored histograms in a range containing both floats and histograms for metric name "m" (1:1)'],
  ],
  ['nothing where only histograms are', 'max_over_time', { histograms: each15s([histogram(1)]) }, [], []],
]

test.each(annotated)('tells of %s: %s', (_, name, how, warnings, infos) => {
  const { annotations } = run(name, how)
  expect(annotations.warnings).toEqual(warnings)
  expect(annotations.infos).toEqual(infos)
})

test('counts how often starts overlap', () => {
  const points = [15_000, 30_000, 45_000].map((t, i) => ({ t, v: i, start: t - 16_000 }))
  const { annotations } = run('rate', { series: [points], grid: { start: 45_000, step: 5000, count: 2 } })
  expect(annotations.warnings).toEqual([
    'PromQL warning: sample has start time that overlaps with previous sample timestamp for metric "m" (2 occurrences) (1:1)',
  ])
})

test('irate looks at the last two samples, whatever they are', () => {
  const histograms = [{ t: 30_000, value: histogram(3), start: 0 }]
  const mixed = run('irate', { series: [[float(20_000, 1)]], histograms })
  expect(mixed.annotations.warnings).toHaveLength(1)
  expect(floatsOf(mixed.out)).toEqual([undefined])
  const floats = run('irate', { series: [[float(40_000, 1), float(50_000, 6)]], histograms })
  expect(floats.annotations.warnings).toEqual([])
  expect(floatsOf(floats.out)).toEqual([0.5])
})

test('a sum that overflows goes on as a mean', () => {
  const huge = [histogram(1.5e308), histogram(1e308), histogram(0.5e308)]
  expect(countsOf(run('avg_over_time', { histograms: each15s(huge) }).out)).toEqual([1e308])
})
