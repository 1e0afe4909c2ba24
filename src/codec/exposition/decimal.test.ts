import { assert, double, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatGoFloat } from '../../core/go-number.ts'
import { DecimalReader } from './decimal.ts'

describe('DecimalReader', () => {
  const reader = new DecimalReader()
  const read = (text: string): number | undefined => (reader.read(Buffer.from(text), 0) ? reader.value : undefined)

  test('reads every double exactly', () => {
    assert(
      property(double({ noDefaultInfinity: true }), (value) => {
        expect(read(`${formatGoFloat(value)} 7`)).toBe(value)
        // JavaScript writes -0 as 0 there.
        expect(read(`${value.toExponential()}\n`)).toBe(value === 0 ? 0 : value)
      }),
    )
  })

  const cases: [text: string, want: number | undefined][] = [
    ['007', 7],
    ['+1.50', 1.5],
    ['-.5', -0.5],
    ['9007199254740993', 9007199254740992],
    ['0.1e-400', 0],
    ['123456789012345678901234567890', 1.2345678901234568e29],
    ['NaN\n', NaN],
    ['-Inf 5', -Infinity],
    ['1e999', undefined],
    ['1x', undefined],
    ['-', undefined],
    ['1e', undefined],
    ['NaNo', undefined],
    ['', undefined],
  ]
  test.each(cases)('reads %j', (text, want) => {
    expect(read(text)).toBe(want)
  })
})
