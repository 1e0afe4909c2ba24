/** What holds for all histograms. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_SPANS } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { countsByBucket, frozen, histogramOf } from '../../../../test/support/native-histogram.ts'
import { HistogramMean, HistogramSum } from './accumulate.ts'
import { add, divide, multiply, sub } from './arithmetic.ts'
import type { Combined } from './arithmetic.ts'
import { BucketCursor } from './buckets.ts'
import { compact } from './compact.ts'
import { equal } from './equal.ts'
import { histogramFraction, histogramQuantile } from './quantile.ts'
import { detectReset } from './reset.ts'
import { atSchema } from './resolution.ts'
import { trim } from './trim.ts'

// Whole counts: then sums are exact in any order.
const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 }))
const spans = (first: number): fc.Arbitrary<BucketSpans> =>
  fc
    .array(fc.record({ gap: fc.integer({ min: 0, max: 4 }), counts: fc.array(count, { maxLength: 5 }) }), {
      maxLength: 4,
    })
    .map((runs) => ({
      offsets: runs.map(({ gap }, i) => gap + (i === 0 ? first : 0)),
      lengths: runs.map(({ counts }) => counts.length),
      counts: runs.flatMap(({ counts }) => counts),
    }))

function counted(h: NativeHistogram): NativeHistogram {
  const all = [...h.positive.counts, ...h.negative.counts].reduce((sum, one) => sum + one, h.zeroCount)
  return frozen({ ...h, count: all })
}

/** All buckets are outside of the zero bucket, which ends at 0 or at 2 ** power. */
const exponentialOf = (schema: number, power: number | undefined): fc.Arbitrary<NativeHistogram> => {
  const first = power === undefined ? -6 : Math.ceil(power * 2 ** schema) + 1
  const zeroThreshold = power === undefined ? 0 : 2 ** power
  return fc
    .tuple(count, fc.integer({ min: -50, max: 50 }), spans(first), spans(first))
    .map(([zeroCount, sum, positive, negative]) =>
      counted({ ...histogramOf(''), schema, zeroThreshold, zeroCount, sum, positive, negative }),
    )
}
const schemaNumber = fc.integer({ min: -2, max: 3 })
const zeroPower = fc.option(fc.integer({ min: -5, max: 2 }), { nil: undefined })
const exponential = fc.tuple(schemaNumber, zeroPower).chain(([schema, power]) => exponentialOf(schema, power))
/**
 * Other schemas, or other zero buckets, but not both: then a threshold between the bounds of the coarser schema may be left, and
 * Prometheus counts the bucket that it cuts twice, or not at all.
 */
const otherSchemas = fc
  .tuple(schemaNumber, schemaNumber)
  .chain(([a, b]) => fc.tuple(exponentialOf(a, undefined), exponentialOf(b, undefined)))
const otherZeros = fc
  .tuple(schemaNumber, zeroPower, zeroPower)
  .chain(([schema, a, b]) => fc.tuple(exponentialOf(schema, a), exponentialOf(schema, b)))
const custom = fc
  .record({
    bounds: fc.uniqueArray(fc.integer({ min: -3, max: 6 }), { minLength: 4, maxLength: 8 }),
    counts: fc.array(count, { maxLength: 5 }),
    sum: fc.integer({ min: -50, max: 50 }),
  })
  .map(({ bounds, counts, sum }) =>
    counted({
      ...histogramOf('schema:-53'),
      sum,
      customValues: bounds.toSorted((a, b) => a - b),
      positive: counts.length === 0 ? NO_SPANS : { offsets: [0], lengths: [counts.length], counts },
    }),
  )
const pair = fc.oneof(otherSchemas, otherZeros, fc.tuple(custom, custom))
const any = fc.oneof(exponential, custom)

const valueOf = (combined: Combined | 'incompatible'): NativeHistogram => (combined as Combined).value
const buckets = (h: NativeHistogram) => [h.schema, h.zeroThreshold, h.zeroCount, h.count, h.sum, countsByBucket(h)]

test('order makes no difference to a sum', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      expect(buckets(valueOf(add(a, b)))).toEqual(buckets(valueOf(add(b, a))))
    }),
  )
})

test('no observation is lost', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const sum = valueOf(add(a, b))
      expect(counted({ ...sum, positive: { ...sum.positive } }).count).toBe(a.count + b.count)
    }),
  )
})

test('what was added can be taken away', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const sum = valueOf(add(a, b))
      const back = compact(valueOf(sub(sum, b)))
      // `a` as it is at the schema, zero bucket and bounds of the sum.
      const same = compact(valueOf(add(a, multiply(b, 0))))
      expect([back.count, back.sum]).toEqual([a.count, a.sum])
      fc.pre(back.zeroThreshold === same.zeroThreshold)
      expect(buckets(back)).toEqual(buckets(same))
    }),
  )
})

test('a coarser schema can be had before or after a sum', () => {
  fc.assert(
    fc.property(otherSchemas, ([left, right]) => {
      const schema = Math.min(left.schema, right.schema) - 1
      const after = atSchema(valueOf(add(left, right)), schema)
      expect(buckets(after)).toEqual(buckets(valueOf(add(atSchema(left, schema), atSchema(right, schema)))))
    }),
  )
})

test('compensated and plain sums of whole counts are the same', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const sum = new HistogramSum(a)
      sum.add(b)
      expect(buckets(sum.result())).toEqual(buckets(valueOf(add(a, b))))
    }),
  )
})

test('compact leaves every count where it is', () => {
  fc.assert(
    fc.property(any, fc.integer({ min: 0, max: 5 }), (h, maxEmpty) => {
      const once = compact(h, maxEmpty)
      expect(buckets(once)).toEqual(buckets(h))
      expect(equal(compact(once, maxEmpty), once)).toBe(true)
    }),
  )
})

test('a counter that only grows has no reset', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const sum = valueOf(add(a, b))
      expect(detectReset({ ...a, count: a.count - 1 }, a)).toBe(true)
      fc.pre(sum.zeroThreshold === a.zeroThreshold)
      expect(detectReset(sum, a)).toBe(false)
    }),
  )
})

test('both orders go through the same buckets, and falling is rising backwards', () => {
  const all = (h: NativeHistogram, order: 'rising' | 'falling'): number[][] => {
    const cursor = new BucketCursor(h, order)
    const found: number[][] = []
    while (cursor.next()) found.push([cursor.lower, cursor.upper, cursor.count])
    return found
  }
  fc.assert(
    fc.property(any, (h) => {
      expect(all(h, 'falling').toReversed()).toEqual(all(h, 'rising'))
    }),
  )
})

test('quantiles grow with q, and the fraction below a quantile is q', () => {
  const q = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(any, q, q, (h, one, other) => {
      fc.pre(h.count > 0)
      const [low, high] = [one, other].sort((a, b) => a - b) as [number, number]
      const [from, to] = [histogramQuantile(low, h).value, histogramQuantile(high, h).value]
      expect(from).toBeLessThanOrEqual(to + 1e-12 * Math.abs(to))
      const fraction = histogramFraction(-Infinity, to, h).value
      expect(fraction).toBeGreaterThanOrEqual(0)
      expect(fraction).toBeLessThanOrEqual(1)
    }),
  )
})

test('the two sides of a cut are the whole', () => {
  fc.assert(
    fc.property(exponential, fc.double({ min: -20, max: 20, noNaN: true }), (h, at) => {
      const [below, above] = [trim(h, at, 'below'), trim(h, at, 'above')]
      expect(below.count + above.count).toBeCloseTo(h.count, 6)
    }),
  )
})

test('arguments are never written to', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const mean = new HistogramMean(a)
      mean.add(b)
      mean.add(a)
      const results = [
        mean.result(),
        add(a, b),
        sub(a, b),
        divide(a, 3),
        compact(a, 2),
        trim(a, 1, 'above'),
        detectReset(a, b),
      ]
      expect(results).toHaveLength(7)
    }),
  )
})
