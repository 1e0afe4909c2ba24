import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantileOf } from './quantiles.ts'
import { ranked } from './ranked.ts'

const values = fc.array(fc.oneof(fc.constantFrom(NaN, 1, 2, Infinity), fc.double()), { minLength: 1, maxLength: 40 })

test('what is at a place of the sorted order is found, NaNs first', () => {
  fc.assert(
    fc.property(values, fc.nat(), (list, number) => {
      const place = number % list.length
      const sorted = [...list].sort((a, b) =>
        Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b,
      )
      const got = ranked(Float64Array.from(list), place)
      // Which of 0 and -0 comes first is left open.
      expect(got + 0).toBe((sorted[place] as number) + 0)
    }),
  )
})

test.each([
  [0, 1],
  [0.5, 2.5],
  [0.9, 3.7],
  [1, 4],
  [-0.1, -Infinity],
  [1.1, Infinity],
  [NaN, NaN],
])('quantile %d of 1 to 4 is %d', (quantile, want) => {
  expect(quantileOf(quantile, Float64Array.of(3, 1, 4, 2))).toBe(want)
})
