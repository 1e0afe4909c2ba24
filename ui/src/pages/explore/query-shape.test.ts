import { describe, expect, test } from 'vitest'
import { shapeOf } from './query-shape.ts'

describe('what is known of a query before it runs', () => {
  test('its type, and the stored series that it reads', () => {
    expect(shapeOf('sum(')).toBeUndefined()
    expect(shapeOf('up[5m]')?.type).toBe('matrix')
    expect(shapeOf('"x"')?.type).toBe('string')
    const shape = shapeOf('sum(rate(a{x="1"}[5m] offset 1h)) / sum(rate(a{x="1"}[1m] offset 1h)) + b @ 10')
    expect(shape?.type).toBe('vector')
    expect(shape?.matchers).toEqual(['a{x="1"}', 'b'])
    expect(shape?.asRange('10m')).toEqual(['a{x="1"}[10m] offset 1h', 'b[10m] @ 10.000'])
    expect(shapeOf('up[5m]')?.asRange('1h')).toEqual(['up[5m]'])
  })

  test('whether its value is an observation, and which buckets it is taken of', () => {
    expect(shapeOf('max(histogram_quantile(0.9, rate(a_bucket[5m])))')).toMatchObject({
      isObservation: true,
      buckets: 'rate(a_bucket[5m])',
    })
    expect(shapeOf('histogram_quantile(0.9, a) * 1000')).toMatchObject({ isObservation: false, buckets: 'a' })
    expect(shapeOf('rate(a_bucket[5m])')).toMatchObject({ isObservation: false, buckets: undefined })
  })
})
