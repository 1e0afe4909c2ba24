import { describe, expect, test } from 'vitest'
import { ADVICE_RULES, adviceOn } from './advice.ts'
import { parseExpression } from './parse.ts'

/** `rule: what it points at`, for each. */
const advice = (query: string, ...off: string[]): string[] =>
  adviceOn(parseExpression(query), new Set(off)).map(
    ({ name, span }) => `${name}: ${query.slice(span.start, span.end)}`,
  )

describe('advice', () => {
  const cases: [query: string, want: string[]][] = [
    ['rate(node_load1[5m])', ['rate-of-gauge: node_load1']],
    ['rate((up)[5m:])', ['rate-of-gauge: up']],
    ['rate(http_request_duration_seconds[5m])', []],
    ['deriv(node_load1[5m])', []],
    ['deriv(errors_total[5m])', ['delta-of-counter: errors_total']],
    ['rate(sum(x_total)[5m:])', ['aggregated-before-rate: sum(x_total)']],
    ['rate(sum(rate(x_total[1m]))[5m:])', []],
    ['errors_total > 5', ['raw-counter-compared: errors_total']],
    ['5 < (errors_total{a="b"})', ['raw-counter-compared: errors_total{a="b"}']],
    ['x / (errors_total > 0)', []],
    [
      'histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m])))',
      ['quantile-without-le: sum by (job) (rate(x_bucket[5m]))'],
    ],
    [
      'histogram_quantile(0.9, sum without (le) (rate(x_bucket[5m])))',
      ['quantile-without-le: sum without (le) (rate(x_bucket[5m]))'],
    ],
    ['histogram_quantile(0.9, sum without (job) (rate(x_bucket[5m])))', []],
    ['histogram_quantile(0.9, sum by (job) (rate(x[5m])))', []],
    ['(a > 1) + (b > 1)', ['comparisons-added: (a > 1) + (b > 1)']],
    ['(a > bool 1) + (b > bool 1)', []],
    ['a / (b > 0)', []],
    ['rate(x_total[10s])', ['short-window: x_total[10s]']],
    ['max_over_time(x[10s])', []],
    ['up{job="api|web"}', ['regexp-in-equal: up{job="api|web"}']],
    ['up{path!="/a.*"}', ['regexp-in-equal: up{path!="/a.*"}']],
    ['up{job=~"api|web", path="/a|", version="1.2"}', []],
    ['x == NaN', ['nan-compared: x == NaN']],
    ['x != NaN', []],
    ['sum by (job) (x) or vector(0)', ['or-vector-beside-labels: vector(0)']],
    ['sum(x) or vector(0)', []],
    ['sum by (job) (x) or on () vector(0)', []],
  ]
  test.each(cases)('%s', (query, want) => {
    expect(advice(query)).toEqual(want)
  })

  test('comes in order of place, and each rule can be left out', () => {
    const query = 'rate(b_up[5m]) + rate(a_up[5s])'
    expect(advice(query)).toEqual(['rate-of-gauge: b_up', 'rate-of-gauge: a_up', 'short-window: a_up[5s]'])
    expect(advice(query, 'rate-of-gauge')).toEqual(['short-window: a_up[5s]'])
  })

  test('every rule is among the cases', () => {
    const seen = new Set(cases.flatMap(([, want]) => want.map((one) => one.split(':', 1)[0])))
    expect(seen).toEqual(new Set(Object.keys(ADVICE_RULES)))
  })
})
