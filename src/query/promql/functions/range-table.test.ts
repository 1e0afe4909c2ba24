import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { floatsOf, runRange } from '../../../../test/support/range-harness.ts'
import { definitions } from '../../../../test/support/range-reference.ts'
import type { ReferencePoint } from '../../../../test/support/range-reference.ts'
import { rangeFunctions } from './range-table.ts'

const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 3, arbitrary: fc.double({ min: -1000, max: 1000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 1.7e308, -1.7e308, -0, 5e-324) },
)
const times = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }).map((gaps) => {
  let t = 100_000
  return gaps.map((gap) => (t += gap * 500))
})
/** Values of one kind mostly, as series are: whole, rational, wild, of a counter. */
const values = fc.oneof(
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 60, maxLength: 60 })
    .map((steps) => steps.map((_, i) => steps.slice(0, i).reduce((sum, one) => sum + one, 0))),
  fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 60, maxLength: 60 }),
  fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 60, maxLength: 60 }),
  fc.array(value, { minLength: 60, maxLength: 60 }),
  fc.array(fc.constantFrom(3, NaN, Infinity), { minLength: 60, maxLength: 60 }),
)
const grid = fc.record({
  start: fc.integer({ min: 190, max: 240 }).map((n) => n * 500),
  step: fc.integer({ min: 1, max: 60 }).map((n) => n * 500),
  count: fc.integer({ min: 1, max: 20 }),
})
const range = fc.oneof(
  fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 80, max: 900 })).map((n) => n * 500),
  fc.integer({ min: 1, max: 450_000 }),
)
const starts = fc.array(fc.integer({ min: -3000, max: 600 }), { minLength: 60, maxLength: 60 })

const args: Readonly<Record<string, readonly (number | undefined)[]>> = {
  predict_linear: [undefined, 3600.5],
  double_exponential_smoothing: [undefined, 0.3, 0.6],
  quantile_over_time: [0.37, undefined],
}
const startsMatter = new Set(['rate', 'increase', 'irate', 'resets'])

interface Case {
  readonly ts: readonly number[]
  readonly columns: readonly (readonly number[])[]
  readonly begins: readonly number[]
}

function pointsOf({ ts, begins }: Case, column: readonly number[], withStarts: boolean): ReferencePoint[] {
  return ts.map((t, i) => {
    const offset = begins[i] as number
    const start = withStarts && offset < 500 ? Math.max(0, t + offset * 20) : 0
    return { t, v: column[i] as number, start }
  })
}

describe.each(Object.keys(rangeFunctions))('%s', (name) => {
  test('has a definition', () => {
    expect(definitions[name]).toBeDefined()
  })

  test.each(startsMatter.has(name) ? [false, true] : [false])(
    'gives for all steps and series at once what it is for each window, to the bit; starts: %s',
    (withStarts) => {
      const aCase = fc.record({ ts: times, columns: fc.array(values, { minLength: 1, maxLength: 3 }), begins: starts })
      fc.assert(
        fc.property(aCase, grid, range, (it, onGrid, window) => {
          const series = it.columns.map((column) => pointsOf(it, column, withStarts))
          const { out } = runRange({ name, series, grid: onGrid, range: window, args: args[name] ?? [] })
          for (const [row, points] of series.entries()) {
            const want = Array.from({ length: onGrid.count }, (_, s) => {
              const end = onGrid.start + s * onGrid.step
              const start = end - window
              const inside = points.filter(({ t }) => t > start && t <= end)
              return definitions[name]?.({ points: inside, start, end, at: end, args: (args[name] ?? []) as number[] })
            })
            expect(floatsOf(out, row)).toStrictEqual(want)
          }
        }),
        { numRuns: 300 },
      )
    },
  )
})
