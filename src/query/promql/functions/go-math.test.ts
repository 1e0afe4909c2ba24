import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exponent, fraction, fusedMultiplyAdd, scaled } from './go-float.ts'
import { goExp, goLog, goLog10, goPow } from './go-math.ts'
import { goCosh, goSin } from './go-trigonometry.ts'

/** Results of Prometheus 3.5 (Go 1.27, amd64) where V8's own differ in the last place. */
test.each([
  ['log10', goLog10(1.000002999999997e-307), -306.9999986971185],
  ['cosh', goCosh(1.3465630200000001e-8), 1],
  ['sin', goSin(5.723724e64), 0.00012868470303548668],
  ['pow', goPow(-127, -127), -6.560356474884127e-268],
  ['exp', goExp(0), 1],
  ['ln', goLog(Infinity), Infinity],
])('%s is as Go has it', (_, got, want) => {
  expect(got).toBe(want)
})

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

test('fraction and exponent make the number again', () => {
  fc.assert(
    fc.property(finite, (x) => {
      fc.pre(x !== 0)
      expect(scaled(fraction(x), exponent(x))).toBe(x)
      expect(Math.abs(fraction(x) * 2 - 1.5 * Math.sign(x))).toBeLessThanOrEqual(0.5)
    }),
  )
})

/** Whole numbers are exact as bigints, so rounding once can be checked. */
test('a fused product and sum is rounded once', () => {
  const whole = fc.integer({ min: -(2 ** 52), max: 2 ** 52 })
  fc.assert(
    fc.property(whole, whole, whole, (a, b, c) => {
      expect(fusedMultiplyAdd(a, b, c) + 0).toBe(Number(BigInt(a) * BigInt(b) + BigInt(c)))
    }),
    { numRuns: 2000 },
  )
})
