import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { extendedDefinition } from '../../../../test/support/range-extended-reference.ts'
import { floatsOf, LOOKBACK, rangeCall, runRange } from '../../../../test/support/range-harness.ts'
import { checkExtent } from './range-call.ts'
import { rangeFunctions } from './range-table.ts'

const sample = fc.record({
  gap: fc.integer({ min: 1, max: 400 }),
  v: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double()),
})
const samples = fc.array(sample, { maxLength: 25 }).map((list) => {
  let t = 100_000
  return list.map(({ gap, v }) => ({ t: (t += gap * 500), v, start: 0 }))
})
const grid = fc.record({
  start: fc.integer({ min: -200, max: 1200 }).map((n) => 500 * n),
  step: fc.integer({ min: 1, max: 300 }).map((n) => 500 * n),
  count: fc.integer({ min: 1, max: 15 }),
})

const windowMs = fc.oneof(
  fc.integer({ min: 1, max: 600 }).map((n) => n * 500),
  fc.integer({ min: 1, max: 300_000 }),
)

const extended = Object.entries(rangeFunctions).flatMap(([name, { extents = [] }]) =>
  extents.map((extent) => [name, extent] as const),
)

test.each(extended)('%s of an %s selector is what it is for each window, to the bit', (name, extent) => {
  fc.assert(
    fc.property(samples, grid, windowMs, (points, onGrid, range) => {
      const { out } = runRange({ name, series: [points], grid: onGrid, range, extent })
      const want = Array.from({ length: onGrid.count }, (_, s) => {
        const end = onGrid.start + s * onGrid.step
        const start = end - range
        const after = extent === 'smoothed' ? LOOKBACK : 0
        const wide = points.filter(({ t }) => t > start - LOOKBACK && t <= end + after)
        return extendedDefinition(name, extent, wide, start, end)
      })
      expect(floatsOf(out)).toStrictEqual(want)
    }),
    { numRuns: 400 },
  )
})

test.each([
  ['sum_over_time', 'anchored', 'changes, delta, increase, rate, resets'],
  ['resets', 'smoothed', 'delta, increase, rate'],
] as const)('%s refuses an %s selector', (name, extent, able) => {
  expect(() => checkExtent(rangeCall(name, extent), rangeFunctions)).toThrow(
    `${extent} modifier can only be used with: ${able} - not with ${name}`,
  )
})

test('functions take what they can', () => {
  expect(() => checkExtent(rangeCall('rate', 'smoothed'), rangeFunctions)).not.toThrow()
  expect(() => checkExtent(rangeCall('sum_over_time'), rangeFunctions)).not.toThrow()
})
