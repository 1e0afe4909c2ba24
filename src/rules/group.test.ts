import { describe, expect, test } from 'vitest'
import { silentLog } from '../core/log.ts'
import { durationMs, unixMs } from '../core/time.ts'
import { NO_SPANS } from '../model/histogram.ts'
import type { NativeHistogram } from '../model/histogram.ts'
import { LabelSet } from '../model/labels.ts'
import { DEFAULT_TENANT } from '../model/tenant.ts'
import { MemoryMetrics } from '../../test/support/memory-metrics.ts'
import { TestClock } from '../../test/support/test-clock.ts'
import type { AlertingRule } from './alerting.ts'
import { RuleGroup } from './group.ts'
import { parseRuleFile } from './rule-file.ts'
import { notAVector } from './rule-query.ts'
import type { RuleQuery, RuleSample } from './rule-query.ts'
import { RuleWriter } from './rule-writer.ts'

const MINUTE = 60_000
const START = 1_700_000_000_000
const signal = new AbortController().signal

const sample = (value: RuleSample['value'], labels: Readonly<Record<string, string>> = {}): RuleSample => ({
  labels: LabelSet.of(labels),
  value,
})

/** A group at work on answers that a test gives, by query. */
class Bench {
  readonly store = new MemoryMetrics()
  readonly asked: (readonly [query: string, minute: number])[] = []
  answers: Readonly<Record<string, readonly RuleSample[] | Error>> = {}
  group: RuleGroup

  constructor(yaml: string) {
    this.group = this.#groupOf(yaml)
  }

  /** Evaluates at so many minutes after the start. */
  async at(minute: number, answers: Bench['answers'] = this.answers): Promise<void> {
    this.answers = answers
    await this.group.evaluate(unixMs(START + minute * MINUTE), signal)
  }

  reload(yaml: string): void {
    const next = this.#groupOf(yaml)
    next.takeOver(this.group)
    this.group = next
  }

  lines(name: string): readonly string[] {
    return this.store.lines(name).map((line) => {
      return line.replace(/@(\d+)$/, (_, time: string) => `@${(Number(time) - START) / MINUTE}m`)
    })
  }

  alerting(i = 0): AlertingRule {
    return this.group.rules[i]?.rule as AlertingRule
  }

  /** `labels state`, of every alert. */
  alerts(): readonly string[] {
    return this.alerting().alerts.map(({ labels, state }) => `${labels.without('alertname').toString()} ${state}`)
  }

  errors(): readonly (string | undefined)[] {
    return this.group.rules.map(({ state }) => state.lastError)
  }

  #groupOf(yaml: string): RuleGroup {
    const { groups, problems } = parseRuleFile('rules.yml', `groups:\n- name: g\n${yaml}`)
    expect(problems).toEqual([])
    const clock = new TestClock(START)
    const query: RuleQuery = (text, time) => {
      this.asked.push([text, (time - START) / MINUTE])
      const answer = this.answers[text] ?? []
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    }
    return new RuleGroup(
      groups[0] as NonNullable<(typeof groups)[0]>,
      { defaults: { interval: durationMs(MINUTE), queryOffset: durationMs(0) } },
      {
        query,
        clock,
        writer: new RuleWriter({ consumer: this.store, tenant: DEFAULT_TENANT, clock }),
        origin: { externalLabels: LabelSet.of({ region: 'eu' }), externalUrl: 'http://here' },
        log: silentLog,
      },
    )
  }
}

describe('recording rules', () => {
  const RULE = '  rules:\n  - record: sums\n    expr: q\n    labels: {team: a, gone: ""}'

  test('write results under their name, their labels over those of samples', async () => {
    const bench = new Bench(`  labels: {team: z, dc: x}\n${RULE}`)
    await bench.at(0, { q: [sample(1, { __name__: 'm', i: '1', team: 'b', gone: 'y' }), sample(NaN, { i: '2' })] })
    expect(bench.lines('sums')).toEqual(['{dc="x", i="1", team="a"} 1@0m', '{dc="x", i="2", team="a"} NaN@0m'])
  })

  test('mark series stale when they are gone', async () => {
    const bench = new Bench(RULE)
    await bench.at(0, { q: [sample(1, { i: '1' }), sample(2, { i: '2' })] })
    await bench.at(1, { q: [sample(3, { i: '2' })] })
    await bench.at(2, { q: [] })
    expect(bench.lines('sums').slice(2)).toEqual([
      '{i="2", team="a"} 3@1m',
      '{i="1", team="a"} stale@1m',
      '{i="2", team="a"} stale@2m',
    ])
  })

  test('write native histograms', async () => {
    const histogram: NativeHistogram = {
      schema: 0,
      zeroThreshold: 0,
      zeroCount: 1,
      count: 1,
      sum: 2,
      stale: false,
      integer: false,
      positive: NO_SPANS,
      negative: NO_SPANS,
      customValues: [],
      resetHint: 'gauge',
    }
    const bench = new Bench(RULE)
    await bench.at(0, { q: [sample(histogram), sample(1, { i: '1' })] })
    expect(bench.store.series({ __name__: 'sums', team: 'a' })?.histograms).toMatchObject([{ value: histogram }])
    expect(bench.lines('sums')).toEqual(['{i="1", team="a"} 1@0m'])
  })

  test('series that become one are an error, and nothing is written', async () => {
    const bench = new Bench(RULE)
    await bench.at(0, { q: [sample(1, { team: 'x' }), sample(2, { team: 'y' })] })
    expect(bench.errors()).toEqual(['vector contains metrics with the same labelset after applying rule labels'])
    expect(bench.store.batches).toEqual([])
  })

  test('a failed query writes no markers, and the rule knows its series still', async () => {
    const bench = new Bench(RULE)
    await bench.at(0, { q: [sample(1)] })
    await bench.at(1, { q: notAVector({}) })
    expect(bench.group.rules[0]?.state).toMatchObject({
      health: 'err',
      lastError: 'rule result is not a vector or scalar',
    })
    await bench.at(2, { q: [] })
    expect(bench.group.rules[0]?.state).toMatchObject({ health: 'ok', lastError: undefined })
    expect(bench.lines('sums')).toEqual(['{team="a"} 1@0m', '{team="a"} stale@2m'])
  })

  test('the limit of the group is held', async () => {
    const bench = new Bench(`  limit: 1\n${RULE}`)
    await bench.at(0, { q: [sample(1, { i: '1' }), sample(2, { i: '2' })] })
    expect(bench.errors()).toEqual(['exceeded limit of 1 with 2 series'])
  })

  test('look back by the query offset, and write at that time', async () => {
    const bench = new Bench(`  query_offset: 2m\n${RULE}`)
    await bench.at(5, { q: [sample(1)] })
    await bench.at(6, { q: [] })
    expect(bench.asked).toEqual([
      ['q', 3],
      ['q', 4],
    ])
    expect(bench.lines('sums')).toEqual(['{team="a"} 1@3m', '{team="a"} stale@4m'])
  })

  test('a refused sample and a store that is full are told', async () => {
    const bench = new Bench(RULE)
    bench.store.refuseRow = () => ({ code: 'out_of_order', message: 'out of order sample' })
    await bench.at(0, { q: [sample(1)] })
    expect(bench.errors()).toEqual(['out of order sample'])
    bench.store.refuseRow = () => undefined
    bench.store.full = true
    await bench.at(1)
    expect(bench.errors()).toEqual(['the memory queue is full (0 bytes)'])
  })

  test('are evaluated in their order, also behind one that fails', async () => {
    const bench = new Bench('  rules:\n  - {record: a, expr: a1}\n  - {record: b, expr: b1}\n  - {record: c, expr: c1}')
    await bench.at(0, { b1: notAVector({}), a1: [sample(1)], c1: [sample(2)] })
    expect(bench.asked.map(([query]) => query)).toEqual(['a1', 'b1', 'c1'])
    expect(bench.store.batches.map(({ samples }) => samples[0]?.labels.name)).toEqual(['a', 'c'])
  })

  test('end the series of rules that a reload took away', async () => {
    const bench = new Bench('  rules:\n  - {record: a, expr: q}\n  - {record: b, expr: q}')
    await bench.at(0, { q: [sample(1)] })
    bench.reload('  rules:\n  - {record: b, expr: q}')
    await bench.at(1)
    expect(bench.lines('a')).toEqual(['{} 1@0m', '{} stale@1m'])
    expect(bench.lines('b')).toEqual(['{} 1@0m', '{} 1@1m'])
  })
})

const alert = (more = ''): string => `  rules:\n  - alert: Down\n    expr: q\n${more}`
const down = sample(0, { __name__: 'up', i: '1' })

describe('alerting rules', () => {
  test('an alert is pending for as long as it says, fires, and is over', async () => {
    const bench = new Bench(alert('    for: 2m'))
    expect(bench.alerting().state).toBe('inactive')
    await bench.at(0, { q: [down] })
    expect(bench.alerts()).toEqual(['{i="1"} pending'])
    await bench.at(2)
    expect(bench.alerts()).toEqual(['{i="1"} firing'])
    expect(bench.alerting().state).toBe('firing')
    await bench.at(3, { q: [] })
    expect(bench.alerting().alerts).toMatchObject([{ state: 'inactive', resolvedAt: START + 3 * MINUTE }])
    expect(bench.alerting().activeAlerts).toEqual([])
  })

  test('one that is over while pending is forgotten; a resolved one after 15 minutes', async () => {
    const bench = new Bench(alert('    for: 2m'))
    await bench.at(0, { q: [down] })
    await bench.at(1, { q: [] })
    expect(bench.alerts()).toEqual([])
    await bench.at(10, { q: [down] })
    await bench.at(12)
    await bench.at(13, { q: [] })
    await bench.at(28)
    expect(bench.alerts()).toEqual(['{i="1"} inactive'])
    await bench.at(29)
    expect(bench.alerts()).toEqual([])
  })

  test('keeps firing for a while', async () => {
    const bench = new Bench(alert('    keep_firing_for: 2m'))
    await bench.at(0, { q: [down] })
    await bench.at(1, { q: [] })
    await bench.at(2)
    expect(bench.alerts()).toEqual(['{i="1"} firing'])
    await bench.at(2.5, { q: [down] })
    await bench.at(3, { q: [] })
    await bench.at(4)
    expect(bench.alerts()).toEqual(['{i="1"} firing'])
    await bench.at(5)
    expect(bench.alerts()).toEqual(['{i="1"} inactive'])
  })

  test('its series tell the state, and end with it', async () => {
    const bench = new Bench(alert('    for: 1m\n    labels: {severity: "x{{ $value }}"}'))
    await bench.at(0, { q: [down] })
    await bench.at(1)
    await bench.at(2, { q: [] })
    const labels = 'alertname="Down", alertstate="pending", i="1", severity="x0"'
    const firing = labels.replace('pending', 'firing')
    expect(bench.lines('ALERTS')).toEqual([
      `{${labels}} 1@0m`,
      `{${firing}} 1@1m`,
      `{${labels}} stale@1m`,
      `{${firing}} stale@2m`,
    ])
    const since = START / 1000
    expect(bench.lines('ALERTS_FOR_STATE')).toEqual([
      `{alertname="Down", i="1", severity="x0"} ${since}@0m`,
      `{alertname="Down", i="1", severity="x0"} ${since}@1m`,
      `{alertname="Down", i="1", severity="x0"} stale@2m`,
    ])
  })

  test('labels and annotations are templates, which may ask queries', async () => {
    const text =
      '{{ $labels.i }} of {{ $externalLabels.region }} at {{ $externalURL }}: {{ with query "n" }}{{ . | first | value }}{{ end }}'
    const bench = new Bench(alert(`    annotations: {text: '${text}', empty: '{{ $labels.none }}'}`))
    await bench.at(4, { q: [down, sample(0, { i: '2' })], n: [sample(7)] })
    expect(bench.alerting().alerts.map(({ annotations }) => [...annotations])).toEqual([
      [
        ['empty', ''],
        ['text', '1 of eu at http://here: 7'],
      ],
      [
        ['empty', ''],
        ['text', '2 of eu at http://here: 7'],
      ],
    ])
    // Once for all alerts.
    expect(bench.asked.filter(([query]) => query === 'n')).toEqual([['n', 4]])
  })

  test('a template without a result says so in its place', async () => {
    const bench = new Bench(alert(`    annotations: {text: '{{ query "none" | first }}'}`))
    await bench.at(0, { q: [down] })
    expect(bench.alerting().alerts[0]?.annotations.get('text')).toBe(
      '<error expanding template: error executing template __alert_Down: template: __alert_Down:1:130: ' +
        'executing "__alert_Down" at <first>: error calling first: first() called on vector with no elements>',
    )
  })

  test('values and annotations follow while the alert goes on', async () => {
    const bench = new Bench(alert("    annotations: {v: '{{ $value }}'}"))
    await bench.at(0, { q: [down] })
    await bench.at(1, { q: [sample(5, { i: '1' })] })
    expect(bench.alerting().alerts).toMatchObject([{ value: 5, activeAt: START, annotations: new Map([['v', '5']]) }])
  })

  test('a failed query keeps the alerts; two that become one are an error', async () => {
    const bench = new Bench(alert('    labels: {i: same}'))
    await bench.at(0, { q: [down] })
    await bench.at(1, { q: notAVector({}) })
    expect(bench.alerts()).toEqual(['{i="same"} firing'])
    await bench.at(2, { q: [down, sample(0, { i: '2' })] })
    expect(bench.errors()).toEqual(['vector contains metrics with the same labelset after applying alert labels'])
  })

  test('more alerts than the limit end all of them', async () => {
    const bench = new Bench(`  limit: 1\n${alert()}`)
    await bench.at(0, { q: [down] })
    await bench.at(1, { q: [down, sample(0, { i: '2' })] })
    expect(bench.errors()).toEqual(['exceeded limit of 1 with 2 alerts'])
    expect(bench.alerts()).toEqual([])
  })

  test('a longer `for` after a reload makes a firing alert pending again', async () => {
    const bench = new Bench(alert())
    await bench.at(0, { q: [down] })
    expect(bench.alerts()).toEqual(['{i="1"} firing'])
    bench.reload(alert('    for: 5m'))
    await bench.at(1)
    expect(bench.alerts()).toEqual(['{i="1"} pending'])
  })

  test('writes no series before the state of an earlier process was looked for', async () => {
    const bench = new Bench(alert())
    bench.alerting().isRestored = false
    await bench.at(0, { q: [down] })
    expect(bench.store.batches).toEqual([])
  })
})

test('an evaluation ends when its signal does', async () => {
  const bench = new Bench(alert())
  const ended = AbortSignal.abort(new Error('the end'))
  await expect(bench.group.evaluate(unixMs(START), ended)).rejects.toThrow('the end')
})
