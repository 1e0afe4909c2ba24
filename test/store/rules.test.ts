import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { durationMs, unixMs } from '../../src/core/time.ts'
import { LabelSet } from '../../src/model/labels.ts'
import { PromqlEngine } from '../../src/query/promql/engine.ts'
import { PROMETHEUS_DEFAULTS } from '../../src/query/promql/eval/context.ts'
import type { AlertingRule } from '../../src/rules/alerting.ts'
import { RuleGroup } from '../../src/rules/group.ts'
import type { GroupRule } from '../../src/rules/group.ts'
import { parseRuleFile } from '../../src/rules/rule-file.ts'
import type { RuleGroupSpec } from '../../src/rules/rule-file.ts'
import { engineQueries } from '../../src/rules/rule-query.ts'
import { RuleWriter } from '../../src/rules/rule-writer.ts'
import { openScriptStore } from '../conformance/promql/script-store.ts'
import type { ScriptStore } from '../conformance/promql/script-store.ts'
import { batchOf, ingest, never, query } from '../support/metrics-store.ts'
import type { Row } from '../support/metrics-store.ts'
import { TestClock } from '../support/test-clock.ts'

const MINUTE = 60_000
const RULES = `
groups:
  - name: g
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: JobDown
        expr: job:up:sum == 0
        for: 1m
        labels: {severity: page}
        annotations:
          summary: '{{ $labels.job }}: {{ $value }} of {{ query "count(up)" | first | value }} ({{ 1234567.0 | humanize }})'
`

let opened: ScriptStore
beforeAll(async () => {
  opened = await openScriptStore()
})
afterAll(() => opened[Symbol.asyncDispose]())

test('rules see what those before them wrote, and their series end in the store', async () => {
  const { store } = opened
  const tenant = opened.freshTenant()
  const clock = new TestClock(0)
  const rows: Row[] = [0, 1, 2, 3].flatMap((minute): Row[] => [
    [{ __name__: 'up', job: 'a' }, minute * MINUTE, minute < 3 ? 0 : 1],
    [{ __name__: 'up', job: 'b' }, minute * MINUTE, 1],
  ])
  await store.consumer.consumeMetrics(batchOf(store.consumer, rows, tenant), ingest(tenant))
  const engine = new PromqlEngine({ dialect: PROMETHEUS_DEFAULTS }, { querier: store.querier, clock })
  const { groups, problems } = parseRuleFile('rules.yml', RULES)
  expect(problems).toEqual([])
  const group = new RuleGroup(
    groups[0] as RuleGroupSpec,
    { defaults: { interval: durationMs(MINUTE), queryOffset: durationMs(0) } },
    {
      query: engineQueries(engine, query({}, tenant)),
      writer: new RuleWriter({ consumer: store.consumer, tenant, clock }),
      clock,
      origin: { externalLabels: LabelSet.EMPTY, externalUrl: '' },
      log: silentLog,
    },
  )
  const read = engineQueries(engine, query({}, tenant))
  const seen: string[][] = []
  for (const minute of [0, 1, 2, 3]) {
    const time = unixMs(minute * MINUTE)
    await group.evaluate(time, never)
    expect(group.rules.map(({ state }) => state.lastError)).toEqual([undefined, undefined])
    const samples = await read('{__name__=~"ALERTS|job:up:sum"}', time)
    seen.push(samples.map(({ labels, value }) => `${labels.toString()} ${value as number}`))
  }
  const alerts = (group.rules.at(-1) as GroupRule).rule as AlertingRule
  expect(alerts.alerts.map(({ annotations }) => annotations.get('summary'))).toEqual(['a: 0 of 2 (1.235M)'])
  const alert = (state: string): string =>
    `ALERTS{alertname="JobDown", alertstate="${state}", job="a", severity="page"} 1`
  const sums = (a: number): string[] => [`job:up:sum{job="a"} ${a}`, 'job:up:sum{job="b"} 1']
  expect(seen).toEqual([
    [alert('pending'), ...sums(0)],
    [alert('firing'), ...sums(0)],
    [alert('firing'), ...sums(0)],
    sums(1),
  ])
})
