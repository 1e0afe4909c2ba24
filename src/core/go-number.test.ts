import { assert, double, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatGoDecimal, formatGoFloat, formatGoOpenMetrics, formatGoPlain, parseGoFloat } from './go-number.ts'

describe('parseGoFloat', () => {
  const cases: [text: string, want: number | string][] = [
    ['1', 1],
    ['+1.', 1],
    ['.5e-3', 0.0005],
    ['1_23.50_0_0e+1_2', 1.235e14],
    ['0x1p-2', 0.25],
    ['0x_1.8p1', 3],
    ['0x1.fffffffffffffp1023', Number.MAX_VALUE],
    ['0x1p-1074', 5e-324],
    ['inf', Infinity],
    ['-Infinity', -Infinity],
    ['nAn', NaN],
    ['1e400', 'value out of range'],
    ['-0x1p1024', 'value out of range'],
    ...['', '.', 'e1', '1e', '0x1', '0xp1', '+nan', '1__0', '_1', '1_', '1 ', 'true', '0b1', '1e+_1'].map(
      (text): [string, string] => [text, 'invalid syntax'],
    ),
  ]
  test.each(cases)('reads %s', (text, want) => {
    expect(parseGoFloat(text)).toBe(want)
  })
})

describe('formatGoFloat', () => {
  const cases: [value: number, want: string][] = [
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-2.5, '-2.5'],
    [100_000, '100000'],
    [999_999.5, '999999.5'],
    [1e6, '1e+06'],
    [-1_234_567, '-1.234567e+06'],
    [2 ** 64, '1.8446744073709552e+19'],
    [1e100, '1e+100'],
    [1e21, '1e+21'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [123456789.123, '1.23456789123e+08'],
    [5e-324, '5e-324'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ]
  test.each(cases)('writes %d', (value, want) => expect(formatGoFloat(value)).toBe(want))

  test('writes what reads back as the same number', () => {
    assert(
      property(double(), (value) => {
        expect(parseGoFloat(formatGoFloat(value))).toBe(value)
      }),
    )
  })
})

describe('formatGoOpenMetrics', () => {
  const cases: [value: number, want: string][] = [
    [0, '0.0'],
    [-0, '0.0'],
    [1, '1.0'],
    [-2.5, '-2.5'],
    [1e6, '1e+06'],
    [0.00001, '1e-05'],
    [Infinity, '+Inf'],
    [NaN, 'NaN'],
  ]
  test.each(cases)('writes %d', (value, want) => expect(formatGoOpenMetrics(value)).toBe(want))
})

describe('formatGoDecimal', () => {
  const cases: [value: number, want: string][] = [
    [0.005, '0.005'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-2.5e22, '-25000000000000000000000'],
    [-0, '-0'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ]
  test.each(cases)('writes %d without an exponent', (value, want) => {
    expect(formatGoDecimal(value)).toBe(want)
  })

  test('reads back as the same number', () => {
    assert(
      property(double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatGoDecimal(value))).toBe(value)
      }),
    )
  })
})

describe('formatGoPlain', () => {
  const cases: [value: number, want: string][] = [
    [0, '0'],
    [-0, '-0'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [1e-6, '0.000001'],
    [1e-7, '1e-07'],
    [-2.5e-9, '-2.5e-09'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ]
  test.each(cases)('writes %d', (value, want) => expect(formatGoPlain(value)).toBe(want))
})
