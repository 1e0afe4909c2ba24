import type { UnixMs } from '../core/time.ts'
import { defineError } from '../core/errors.ts'
import { LabelSet } from '../model/labels.ts'
import { HISTOGRAM, histogramAt } from '../query/promql/eval/vector.ts'
import type { StepVector } from '../query/promql/eval/vector.ts'
import type { PromqlEngine } from '../query/promql/engine.ts'
import type { QueryContext } from '../signals/ingest.ts'
import type { RuleSample } from './template/sample-values.ts'

export type { RuleSample } from './template/sample-values.ts'

/** The instant vector of a query. Rejects with `promql.*`, `query.*`, `store.*` and `rules.not_a_vector`. */
export type RuleQuery = (query: string, time: UnixMs) => Promise<readonly RuleSample[]>

export const notAVector = defineError<Record<string, never>>({
  code: 'rules.not_a_vector',
  status: 422,
  blame: 'operator',
  retry: false,
  message: () => 'rule result is not a vector or scalar',
  advice: 'Put a function such as rate() or last_over_time() around a range vector; a string is no result of a rule.',
})

/** Queries of rules. A scalar is a vector of one sample without labels. Follows EngineQueryFunc, prometheus/rules/manager.go@v3.14. */
export function engineQueries(engine: PromqlEngine, ctx: QueryContext): RuleQuery {
  return async (query, time) => {
    const { value } = await engine.evaluateInstant(query, time, ctx)
    if (value.type === 'scalar') return [{ labels: LabelSet.EMPTY, value: value.value }]
    if (value.type !== 'vector') throw notAVector({})
    return samplesOf(value.vector)
  }
}

function samplesOf(vector: StepVector): readonly RuleSample[] {
  return Array.from({ length: vector.labels.size }, (_, row) => {
    const value = vector.kinds[row] === HISTOGRAM ? histogramAt(vector, row) : (vector.values[row] as number)
    return { labels: vector.labels.at(row), value }
  })
}
