/** Aggregations: an operator's fold, chosen by its name. */
import type { Evaluation } from '../eval/context.ts'
import { noSeries } from '../eval/vector.ts'
import type { Value } from '../eval/vector.ts'
import type { Aggregation, AggregationOp } from '../syntax/ast.ts'
import { CountValues } from './count-values.ts'
import { Counts } from './counts.ts'
import { Extremes } from './extremes.ts'
import { emptyFold } from './fold.ts'
import type { Accumulator, Fold } from './fold.ts'
import { GroupedFold } from './grouped-fold.ts'
import { limitCount, limitRatio } from './limits.ts'
import { countParam, labelParam, quantileParam, ratioParam } from './param.ts'
import { Quantiles } from './quantiles.ts'
import { Top } from './top.ts'
import { Totals } from './totals.ts'
import { Variances } from './variances.ts'

export type { Fold } from './fold.ts'

type Start = (node: Aggregation, param: Value | undefined, evaluation: Evaluation) => Fold

const STARTS: Readonly<Record<AggregationOp, Start>> = {
  sum: grouped((node, _, evaluation) => new Totals(node, evaluation)),
  avg: grouped((node, _, evaluation) => new Totals(node, evaluation)),
  count: grouped(() => new Counts('count')),
  group: grouped(() => new Counts('group')),
  min: grouped((node, _, evaluation) => new Extremes(node, evaluation)),
  max: grouped((node, _, evaluation) => new Extremes(node, evaluation)),
  stddev: grouped((node, _, evaluation) => new Variances(node, evaluation)),
  stdvar: grouped((node, _, evaluation) => new Variances(node, evaluation)),
  quantile: grouped((node, param, evaluation) => {
    return new Quantiles(node, quantileParam(param, node, evaluation), evaluation)
  }),
  count_values: (node, param, evaluation) => new CountValues(node, labelParam(param), evaluation),
  topk: limited((counts, node, evaluation) => new Top(node, counts, evaluation)),
  bottomk: limited((counts, node, evaluation) => new Top(node, counts, evaluation)),
  limitk: limited((counts, node) => limitCount(node, counts)),
  limit_ratio: (node, param, evaluation) => {
    const ratios = ratioParam(param, node, evaluation)
    return ratios === undefined ? emptyFold(noSeries(evaluation.grid.count)) : limitRatio(ratios)
  },
}

/**
 * Begins an aggregation over the parts of its operand; `param` is the value of the number or label before it. Rows of the
 * result have distinct label sets; some may be empty. Throws `promql.execution`.
 */
export function startAggregation(node: Aggregation, param: Value | undefined, evaluation: Evaluation): Fold {
  return STARTS[node.op](node, param, evaluation)
}

function grouped(start: (...args: Parameters<Start>) => Accumulator): Start {
  return (node, param, evaluation) => {
    return new GroupedFold(node, evaluation.grid.count, start(node, param, evaluation))
  }
}

function limited(start: (counts: Float64Array, node: Aggregation, evaluation: Evaluation) => Fold): Start {
  return (node, param, evaluation) => {
    const counts = countParam(param)
    return counts === undefined ? emptyFold(noSeries(evaluation.grid.count)) : start(counts, node, evaluation)
  }
}
