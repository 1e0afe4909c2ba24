/** Our engine as what scripts are run against: the one place that knows the shape of both. */
import { BongsuError } from '../../../src/core/errors.ts'
import type { TenantId } from '../../../src/model/tenant.ts'
import type { PromqlEngine, QueryResult } from '../../../src/query/promql/engine.ts'
import { seriesOf } from '../../../src/query/promql/result.ts'
import type { QueryValue } from '../../../src/query/promql/result.ts'
import { query as queryContext } from '../../support/metrics-store.ts'
import type { Evaluator, Outcome, ResultRow, ResultValue } from './evaluator.ts'

/** Queries of `tenant`. Only failures of the catalogue are outcomes: what is a bug in us rejects. */
export function engineEvaluator(engine: PromqlEngine, tenant: TenantId, maxSamples = 10_000): Evaluator {
  const ctx = queryContext({ maxSamples }, tenant)
  return {
    instant: (query, time) => outcomeOf(() => engine.evaluateInstant(query, time, ctx)),
    range: (query, start, end, step) => outcomeOf(() => engine.evaluateRange(query, { start, end, step }, ctx)),
  }
}

async function outcomeOf(evaluate: () => Promise<QueryResult>): Promise<Outcome> {
  try {
    const { value, warnings, infos } = await evaluate()
    return { kind: 'answered', value: valueOf(value), warnings, infos }
  } catch (error) {
    if (error instanceof BongsuError) return { kind: 'failed', message: error.message }
    throw error
  }
}

function valueOf(value: QueryValue): ResultValue {
  if (value.type === 'scalar' || value.type === 'string') return value
  return { type: value.type === 'vector' ? 'vector' : 'matrix', rows: seriesOf(value).map(rowOf) }
}

function rowOf({ labels, timestamps, values, histograms }: ReturnType<typeof seriesOf>[number]): ResultRow {
  return {
    labels,
    floats: timestamps.map((t, i) => ({ t, value: values[i] as number })),
    histograms: histograms.map(({ timestamp, value }) => ({ t: timestamp, value })),
  }
}
