import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SortedWindow } from './sorted-window.ts'

test('holds what is in the window in order, NaNs first, however it moves', () => {
  const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double(), fc.constant(NaN))
  const moves = fc.array(fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 120 })), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.array(value, { minLength: 400, maxLength: 400 }), moves, (list, steps) => {
      const values = Float64Array.from([99, ...list])
      const window = new SortedWindow(values, 1, new Float64Array(400))
      let lo = 0
      let hi = 0
      for (const [fromLo, fromHi] of steps) {
        hi = Math.min(400, hi + fromHi)
        lo = Math.min(hi, lo + fromLo)
        if (lo === hi) continue
        window.move(lo, hi)
        const inside = list.slice(lo, hi)
        const numbers = inside.filter((v) => !Number.isNaN(v)).sort((a, b) => a - b)
        // 0 and -0 are equal in order: + 0 makes them one.
        const got = Array.from({ length: window.size }, (_, i) => window.at(i) + 0)
        expect(got).toEqual([...inside.filter(Number.isNaN), ...numbers].map((v) => v + 0))
      }
    }),
    { numRuns: 200 },
  )
})
