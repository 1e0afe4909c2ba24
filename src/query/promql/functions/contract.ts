import type { Call } from '../syntax/ast.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Value } from '../eval/vector.ts'

/**
 * A function of instant vectors, scalars and strings. `args` has one value for each argument as written. A vector argument may
 * be a part of the series only, unless the function is registered as `whole`: each call answers for its own rows. The result
 * is the function's own, and never shares columns that it changed with an argument.
 */
export type VectorFunction = (args: readonly Value[], call: Call, evaluation: Evaluation) => Value

export interface FunctionEntry {
  readonly evaluate: VectorFunction
  /** Needs all series of its vector argument at once (absent, sort, histogram_quantile over classic buckets, scalar). */
  readonly whole?: boolean
  /**
   * What becomes of the metric name: 'drop' is done by the evaluator on the function's result, in both modes of name removal,
   * with the check for equal label sets; 'keep' leaves the labels to the function. 'drop_alone' is 'drop' that leaves
   * `__type__` and `__unit__` where they are when names are not dropped at the query's end, as Prometheus does for a few.
   */
  readonly name: 'drop' | 'drop_alone' | 'keep'
}

/** One file of functions: by PromQL name. */
export type FunctionTable = Readonly<Record<string, FunctionEntry>>
