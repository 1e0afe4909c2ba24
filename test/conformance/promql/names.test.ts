/** What Prometheus' scripts leave out of names: the older way of dropping them, and infos that several calls share. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { PromqlEngine } from '../../../src/query/promql/engine.ts'
import { PROMETHEUS_DEFAULTS } from '../../../src/query/promql/eval/context.ts'
import { printExpression } from '../../../src/query/promql/syntax/print.ts'
import { engineEvaluator } from './engine-evaluator.ts'
import { load } from './load.ts'
import { runEval } from './script-runner.ts'
import { openScriptStore } from './script-store.ts'
import type { ScriptStore } from './script-store.ts'
import { parseScript } from './script.ts'
import { stagesOf } from './stages.ts'

const ROWS = `load 1m
  m{__type__="histogram", __unit__="s", a="b"} {{schema:0 count:2 sum:3 buckets:[1 1]}}
  c{__type__="counter", a="b"} 1
  h_bucket{le="1"} 5
  h_bucket{le="2"} 4
  h_bucket{le="+Inf"} 6
`
const FORCED =
  'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)'
const DETAILS =
  'from buckets 2 to 2, with a max diff of 1, over 2 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z'

const cases: [what: string, delayed: boolean, script: string][] = [
  [
    'type and unit stay where only the name goes',
    false,
    'histogram_count(m)\n  {__type__="histogram", __unit__="s", a="b"} 2',
  ],
  ['so for all that look into a histogram', false, 'histogram_sum(m)\n  {__type__="histogram", __unit__="s", a="b"} 3'],
  ['not at the end of the query', true, 'histogram_count(m)\n  {a="b"} 2'],
  ['elsewhere they go with the name', false, 'abs(c)\n  {a="b"} 1'],
  [
    'infos of several calls are one, at the first',
    true,
    `histogram_quantile(0.1, h_bucket) + histogram_quantile(0.2, h_bucket)\n  expect info msg: ${FORCED} for metric name "h_bucket", ${DETAILS} (1:25)\n  {} 0.36`,
  ],
]

let scripts: ScriptStore
beforeAll(async () => {
  scripts = await openScriptStore()
})
afterAll(() => scripts[Symbol.asyncDispose]())

test.each(cases)('%s', async (_, delayedNameRemoval, script) => {
  const dialect = { ...PROMETHEUS_DEFAULTS, delayedNameRemoval, useStartTimestamps: true }
  const { consumer, querier } = scripts.store
  const engine = new PromqlEngine({ dialect }, { querier, clock: systemClock })
  const language = { parse: (query: string) => engine.parse(query), print: printExpression }
  const [stage] = stagesOf(parseScript(`${ROWS}\neval instant at 0m ${script}`), () => scripts.freshTenant())
  if (stage === undefined) throw new Error('no evaluation')
  for (const rows of stage.loads) await load(consumer, rows, stage.tenant)
  for (const one of stage.evals) {
    const evaluator = engineEvaluator(engine, stage.tenant)
    expect(await runEval(one, evaluator, language, { pinned: false, ranged: false })).toBeUndefined()
  }
})
