import { expect, test } from 'vitest'
import { rowsOf, vectorOf } from '../../../../test/support/step-vector.ts'
import { concatenated, stepSlice } from './steps.ts'

test('a slice has the rows that have samples in it', () => {
  const vector = vectorOf([{ a: '1' }, 1, 2, 3], [{ b: '1' }, 4, undefined, undefined])
  expect(rowsOf(stepSlice(vector, 1, 2))).toEqual([[{ a: '1' }, 2, 3]])
  expect(stepSlice(vector, 0, 3)).toBe(vector)
})

test('parts are put together by their labels', () => {
  const whole = concatenated([
    vectorOf([{ a: '1' }, 1, 2], [{ b: '1' }, 3, undefined]),
    vectorOf([{ c: '1' }, 9], [{ a: '1' }, 4]),
  ])
  expect(rowsOf(whole)).toEqual([
    [{ a: '1' }, 1, 2, 4],
    [{ b: '1' }, 3, undefined, undefined],
    [{ c: '1' }, undefined, undefined, 9],
  ])
})
