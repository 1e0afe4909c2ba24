import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluateOver } from '../../../../test/support/promql-operators.ts'
import { vectorOf } from '../../../../test/support/promql-vectors.ts'
import type { Row } from '../../../../test/support/promql-vectors.ts'

const STEPS = 4
const value = fc.option(fc.double(), { nil: undefined, freq: 5 })
const rows = fc
  .array(
    fc.record({ job: fc.constantFrom('', 'a', 'b'), values: fc.array(value, { minLength: STEPS, maxLength: STEPS }) }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) => list.map(({ job, values }, i): Row => [{ __name__: 'm', job, i: String(i) }, ...values]))

const QUERIES = [
  'sum by (job) (m)',
  'avg without (i) (m)',
  'count(m)',
  'group by (job) (m)',
  'min by (job) (m)',
  'max(m)',
  'stddev by (job) (m)',
  'stdvar(m)',
  'quantile by (job) (0.3, m)',
  'count_values by (job) ("v", m)',
  'topk by (job) (2, m)',
  'bottomk(3, m)',
  'limitk by (job) (2, m)',
  'limit_ratio(0.5, m)',
]

describe('an aggregation', () => {
  test.each(QUERIES)('%s is to the bit the same in one part as in many', (query) => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 5 }), (list, partSize) => {
        const vectors = { m: vectorOf(...list) }
        expect(evaluateOver(query, { vectors, partSize }).rows).toEqual(evaluateOver(query, { vectors }).rows)
      }),
      { numRuns: 100 },
    )
  })

  test.each(['sum', 'min', 'max', 'avg'])('%s by all labels is what was there', (op) => {
    fc.assert(
      fc.property(rows, (list) => {
        const m = vectorOf(...list)
        const { rows: got } = evaluateOver(`${op} by (__name__, job, i) (m)`, { vectors: { m } })
        // Sums of nothing but -0 are 0.
        expect(got).toEqual(evaluateOver('m', { vectors: { m } }).rows)
      }),
      { numRuns: 100 },
    )
  })

  test('limit_ratio and its complement share the rows among them', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (list, ratio) => {
        const vectors = { m: vectorOf(...list) }
        const some = evaluateOver(`limit_ratio(${ratio}, m)`, { vectors }).rows
        const others = evaluateOver(`limit_ratio(${ratio} - 1, m)`, { vectors }).rows
        expect([...some, ...others].sort()).toEqual([...evaluateOver('m', { vectors }).rows].sort())
      }),
    )
  })

  test('limit_ratio takes about as many as it says', () => {
    const list = Array.from({ length: 10_000 }, (_, i): Row => [{ __name__: 'm', i: String(i) }, 1])
    const { rows: got } = evaluateOver('limit_ratio(0.3, m)', { vectors: { m: vectorOf(...list) } })
    expect(got.length).toBeGreaterThan(2_800)
    expect(got.length).toBeLessThan(3_200)
  })
})
