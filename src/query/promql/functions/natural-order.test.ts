import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareUtf8 } from '../../../core/utf8.ts'
import { chunksOf, precedesNaturally } from './natural-order.ts'

const precedes = (a: string, b: string): boolean => precedesNaturally(chunksOf(a), chunksOf(b), compareUtf8)

test.each([
  ['node9', 'node10', true],
  ['node10', 'node9', false],
  ['a', 'a1', true],
  ['a1', 'a', false],
  ['2', 'a', true],
  ['01', '1', true],
  ['1', '01', true],
  ['', 'a', false],
  ['a', '', false],
  ['99999999999999999999', '9', false],
  ['é', '😀', true],
])('%j before %j: %s', (a, b, want) => {
  expect(precedes(a, b)).toBe(want)
})

test('is an order of distinct texts that are not empty and have no leading zeros', () => {
  const piece = fc.oneof(fc.constantFrom('a', 'b', '-', 'ab'), fc.integer({ min: 1, max: 200 }).map(String))
  const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      expect(a === b || precedes(a, b) !== precedes(b, a)).toBe(true)
      expect(a === c || !(precedes(a, b) && precedes(b, c)) || precedes(a, c)).toBe(true)
    }),
  )
})
