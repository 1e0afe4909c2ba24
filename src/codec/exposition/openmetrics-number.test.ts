import { describe, expect, test } from 'vitest'
import { formatOpenMetricsFloat } from './openmetrics-number.ts'

describe('formatOpenMetricsFloat', () => {
  const cases: [value: number, want: string][] = [
    [0, '0.0'],
    [1, '1.0'],
    [-2.5, '-2.5'],
    [1e20, '100000000000000000000.0'],
    [1e21, '1e+21'],
    [0.00001, '1e-05'],
    [Infinity, '+Inf'],
    [NaN, 'NaN'],
  ]
  test.each(cases)('writes %d', (value, want) => expect(formatOpenMetricsFloat(value)).toBe(want))
})
