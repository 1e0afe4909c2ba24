import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FLOAT } from '../eval/vector.ts'
import { FloatSums } from './float-sums.ts'

/** Kahan's sum as Neumaier has it, and as Prometheus says it: by asking which summand is larger. */
function neumaier(values: readonly number[]): number {
  let sum = 0
  let rest = 0
  for (const value of values) {
    const total = sum + value
    if (Math.abs(total) === Infinity) rest = 0
    else if (Math.abs(sum) >= Math.abs(value)) rest += sum - total + value
    else rest += value - total + sum
    sum = total
  }
  return sum + rest
}

const LARGEST = Number.MAX_VALUE
const edge = fc.constantFrom(LARGEST, -LARGEST, 2 ** 970, -(2 ** 970), 2 ** 969, 2 ** 971, 5e-324, -5e-324, 0, -0)
const value = fc.oneof(fc.double(), fc.double({ min: -1e6, max: 1e6 }), edge)

test('a sum is to the bit the one of the definition, however large, small or wild its summands are', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), (values) => {
      const sums = new FloatSums()
      sums.makeRoom(1)
      const seen = new Uint8Array(1)
      for (const one of values) sums.addRow(Uint8Array.of(FLOAT), Float64Array.of(one), 0, 1, seen, 0)
      expect(sums.resultAt(0)).toBe(neumaier(values))
    }),
    { numRuns: 3_000 },
  )
})
