import { describe, expect, test } from 'vitest'
import { LabelSet } from '../../model/labels.ts'
import { NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { Secret } from '../../config/secret.ts'
import { isSameConfig } from '../../config/same-config.ts'
import { jobOf } from '../../../test/support/scrape-rig.ts'
import { atMostSchema, schemaOfFactor, withinBuckets } from './resolution.ts'
import { Rows } from './rows.ts'
import { compileLabeler } from './sample-labels.ts'

describe('labels of a series', () => {
  const f = (job: Record<string, unknown>, exposed: Record<string, string>): string | undefined => {
    const target = LabelSet.of({ job: 'j', a: 'target' })
    return compileLabeler(jobOf(job), target)(LabelSet.of({ __name__: 'm', ...exposed }))?.toString()
  }

  test('that clash find a free name, short ones first', () => {
    expect(f({}, {})).toBe('m{a="target", job="j"}')
    expect(f({}, { a: '1' })).toBe('m{a="target", exported_a="1", job="j"}')
    expect(f({}, { a: '1', exported_a: '2' })).toBe('m{a="target", exported_a="2", exported_exported_a="1", job="j"}')
    const [x, xx, xxx] = ['exported_a', 'exported_exported_a', 'exported_exported_exported_a']
    const crowded = LabelSet.of({ a: 't1', [xx]: 't2', [xxx]: 't3' })
    const labels = compileLabeler(jobOf({}), crowded)(LabelSet.of({ __name__: 'm', a: 'e1', [x]: 'e2', [xxx]: 'e3' }))
    expect(labels?.without('__name__').toRecord()).toEqual({
      a: 't1',
      [x]: 'e2',
      [xx]: 't2',
      [xxx]: 't3',
      [`exported_${xxx}`]: 'e1',
      [`exported_exported_${xxx}`]: 'e3',
    })
    expect(f({ honor_labels: true }, { a: '1' })).toBe('m{a="1", job="j"}')
  })

  test('are relabeled with those of the target', () => {
    expect(f({ metric_relabel_configs: [{ regex: 'a', action: 'labeldrop' }] }, { b: '1' })).toBe('m{b="1", job="j"}')
    expect(f({ metric_relabel_configs: [{ source_labels: ['job'], regex: 'j', action: 'drop' }] }, {})).toBe(undefined)
  })

  const bad: [error: string, job: Record<string, unknown>, exposed: Record<string, string>][] = [
    ['missing metric name', { metric_relabel_configs: [{ target_label: '__name__', replacement: '' }] }, {}],
    ['invalid metric name or label names', { metric_name_validation_scheme: 'legacy' }, { 'a.b': '1' }],
    ['label_limit exceeded (metric: m, number of labels: 3, limit: 2)', { label_limit: 2 }, {}],
  ]
  test.each(bad)('can fail the scrape: %s', (error, job, exposed) => {
    expect(() => f(job, exposed)).toThrow(error)
  })
})

describe('native histograms', () => {
  const h = (schema: number, offsets: number[], lengths: number[], counts: number[]): NativeHistogram => ({
    schema,
    zeroThreshold: 0,
    zeroCount: 0,
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: 1,
    stale: false,
    integer: true,
    positive: { offsets, lengths, counts },
    negative: NO_SPANS,
    customValues: [],
    resetHint: 'unknown',
  })

  test('are made coarser until they fit', () => {
    const fine = h(3, [-3, 2], [4, 3], [1, 2, 3, 4, 5, 6, 7]) // buckets -3..0 and 3..5
    expect(withinBuckets(fine, 0)).toBe(fine)
    expect(withinBuckets(fine, 7)).toBe(fine)
    // -3 -> -1, -2 and -1 -> 0 ... as (i - 1 >> 1) + 1: -3,-2 -> -1; -1,0 -> 0; 3,4 -> 2; 5 -> 3
    expect(withinBuckets(fine, 4)).toMatchObject({
      schema: 2,
      positive: { offsets: [-1, 1], lengths: [2, 2], counts: [3, 7, 11, 7] },
    })
    expect(withinBuckets(fine, 3)).toMatchObject({
      schema: 1,
      positive: { offsets: [0], lengths: [3], counts: [10, 11, 7] },
    })
    expect(withinBuckets(h(-4, [0], [3], [1, 1, 1]), 2)).toBeUndefined()
    expect(withinBuckets({ ...h(-53, [0], [3], [1, 1, 1]), customValues: [1, 2] }, 2)).toBeUndefined()
  })

  test('keep to the finest schema that the bucket factor allows', () => {
    const cases: [factor: number, schema: number][] = [
      [0, 8],
      [1, 8],
      [1.1, 2],
      [2, 0],
      [4, -1],
      [1e9, -4],
    ]
    for (const [factor, schema] of cases) expect(schemaOfFactor(factor)).toBe(schema)
    expect(atMostSchema(h(2, [0], [1], [1]), 8).schema).toBe(2)
    expect(atMostSchema(h(2, [0], [1], [1]), 0).schema).toBe(0)
    expect(atMostSchema(h(-53, [0], [1], [1]), 0).schema).toBe(-53)
  })
})

test('rows grow, and lose those that are refused', () => {
  const rows = new Rows(0)
  for (let i = 0; i < 100; i++) rows.add(i, i, i, i === 50 ? 7 : 0)
  rows.remove([0, 49, 99])
  const { refs, timestamps, values, startTimestamps } = rows.take()
  expect([refs.length, timestamps.length, values.length]).toEqual([97, 97, 97])
  expect([refs[0], refs[47], refs[48], refs[96]]).toEqual([1, 48, 50, 98])
  expect([startTimestamps?.[47], startTimestamps?.[48], startTimestamps?.[49]]).toEqual([0, 7, 0])
})

test('configuration is the same by what it means', () => {
  const rule = { source_labels: ['a'], regex: '(.*)x', target_label: 'b' }
  const job = (given: Record<string, unknown>) => jobOf({ relabel_configs: [rule], ...given })
  expect(isSameConfig(job({}), job({}))).toBe(true)
  expect(isSameConfig(job({}), jobOf({ relabel_configs: [{ ...rule, regex: '(.*)y' }] }))).toBe(false)
  const auth = (password: string) => job({ basic_auth: { username: 'u', password } })
  expect(isSameConfig(auth('a'), auth('a'))).toBe(true)
  expect(isSameConfig(auth('a'), auth('b'))).toBe(false)
  expect(isSameConfig({ a: 1 }, { a: 1, b: undefined })).toBe(true)
  expect(isSameConfig({ a: 1 }, { b: 1 })).toBe(false)
  expect(isSameConfig(new Secret('x'), {})).toBe(false)
})
