import { describe, expect, test } from 'vitest'
import { completionPlace } from './completion-place.ts'

/** `|` is the cursor. */
function placeAt(marked: string) {
  const pos = marked.indexOf('|')
  return completionPlace(marked.replace('|', ''), pos)
}

describe('what may be written', () => {
  test.each([
    ['|', 'operand'],
    ['ra|', 'operand'],
    ['sum(|', 'operand'],
    ['sum by (job) (ra|', 'operand'],
    ['a + |', 'operand'],
    ['a and |', 'operand'],
    ['a * on (job) |', 'operand'],
    ['clamp(a, |', 'operand'],
    ['a |', 'operator'],
    ['a{b="c"} |', 'operator'],
    ['rate(a[5m]) |', 'operator'],
    ['sum(a) |', 'operator'],
    ['sum |', 'operator'],
    ['sum by (job) |', 'nothing'],
    ['5|', 'nothing'],
    ['a # rat|', 'nothing'],
    ['label_replace(a, "x|', 'nothing'],
    ['a[|', 'duration'],
    ['a[5|', 'duration'],
    ['a[1h:|', 'duration'],
    ['a offset |', 'duration'],
    ['a{|', 'label'],
    ['a{jo|', 'label'],
    ['a{job="x", |', 'label'],
    ['sum by (|', 'label'],
    ['sum(a) without (x, |', 'label'],
    ['a{job |', 'matcher operator'],
    ['a{job="|', 'value'],
    ['a{job=|', 'value'],
    ['a{job=~"x|', 'value'],
  ] as const)('%s: %s', (text, kind) => {
    expect(placeAt(text).kind).toBe(kind)
  })

  test('a label value knows its label, its metric, and what else is matched', () => {
    expect(placeAt('rate(a{x!="1", job=~"node|x"}[5m])')).toEqual({
      kind: 'value',
      from: 21,
      label: 'job',
      metric: 'a',
      matchers: [{ name: 'x', op: '!=', value: '1' }],
      isRegex: true,
      quote: false,
    })
    expect(placeAt('{job=|')).toMatchObject({ label: 'job', metric: '', quote: true })
    // In a regular expression, each alternative is completed by itself.
    expect(completionPlace('a{job=~"node|pro', 16)).toMatchObject({ kind: 'value', from: 13 })
  })

  test('labels of a grouping are those of the metrics in the query, wherever they stand', () => {
    expect(placeAt('sum by (|) (rate(http_requests_total[5m]))')).toMatchObject({ metrics: ['http_requests_total'] })
    expect(placeAt('a + on (|) b')).toMatchObject({ metrics: ['a', 'b'] })
    expect(placeAt('a{|x="1"}')).toMatchObject({ metrics: ['a'] })
  })

  test('an argument knows its function, an aggregation that it may be grouped', () => {
    expect(placeAt('rate(ht|')).toMatchObject({ within: 'rate', prefix: 'ht', from: 5 })
    expect(placeAt('sum(a) |')).toMatchObject({ ofAggregation: true })
    expect(placeAt('rate(a[5m]) |')).toMatchObject({ ofAggregation: false })
    expect(placeAt('a[12|')).toMatchObject({ digits: '12', from: 2 })
  })
})
