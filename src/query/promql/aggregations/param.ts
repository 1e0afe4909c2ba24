/** The parameters of aggregations: one number a step, checked as a whole. Follows rangeEvalAgg, promql/engine.go@v3.14. */
import { Bug } from '../../../core/errors.ts'
import { isLabelName } from '../../../model/names.ts'
import type { Evaluation } from '../eval/context.ts'
import { executionFailed } from '../eval/errors.ts'
import { messages } from '../eval/messages.ts'
import type { Value } from '../eval/vector.ts'
import type { Aggregation, Span } from '../syntax/ast.ts'

const MAX_INT64 = 2 ** 63

interface Extent {
  readonly min: number
  readonly max: number
  readonly hasNaN: boolean
}

/** By step, how many rows of each group are wanted; undefined when it is none at any step. Throws `promql.execution`. */
export function countParam(param: Value | undefined): Float64Array | undefined {
  const values = numbersOf(param)
  const { min, max, hasNaN } = extentOf(values)
  if (max < 1) return undefined
  if (hasNaN) throw executionFailed({ message: messages.paramNaN })
  if (min <= -MAX_INT64) throw executionFailed({ message: messages.paramUnderflow(min) })
  if (max >= MAX_INT64) throw executionFailed({ message: messages.paramOverflow(max) })
  return values.map((value) => Math.max(0, Math.trunc(value)))
}

/** By step, a ratio from -1 to 1; undefined when it is 0 at all steps. Throws `promql.execution`. */
export function ratioParam(
  param: Value | undefined,
  node: Aggregation,
  { annotations }: Evaluation,
): Float64Array | undefined {
  const values = numbersOf(param)
  const { min, max, hasNaN } = extentOf(values)
  if (max === 0 && min === 0) return undefined
  if (hasNaN) throw executionFailed({ message: messages.ratioNaN })
  if (max > 1) annotations.warn(messages.ratioOutside(max, 1), paramSpan(node))
  if (min < -1) annotations.warn(messages.ratioOutside(min, -1), paramSpan(node))
  return values.map((value) => Math.min(1, Math.max(-1, value)))
}

/** By step, a quantile of whatever value; those outside 0 to 1 are told. */
export function quantileParam(param: Value | undefined, node: Aggregation, { annotations }: Evaluation): Float64Array {
  const values = numbersOf(param)
  const { min, max, hasNaN } = extentOf(values)
  if (hasNaN) annotations.warn(messages.quantileOutside(NaN), paramSpan(node))
  if (max > 1) annotations.warn(messages.quantileOutside(max), paramSpan(node))
  if (min < 0) annotations.warn(messages.quantileOutside(min), paramSpan(node))
  return values
}

/** The label that count_values writes. Throws `promql.execution`. */
export function labelParam(param: Value | undefined): string {
  if (param?.type !== 'string') throw new Bug('count_values without a label; the checker let it through')
  if (!isLabelName(param.value, 'utf8')) throw executionFailed({ message: messages.invalidLabelName(param.value) })
  return param.value
}

function numbersOf(param: Value | undefined): Float64Array {
  if (param?.type !== 'scalar') throw new Bug('an aggregation without its number; the checker let it through')
  return param.values
}

/** Least and greatest are NaN once any value is, as in Go. */
function extentOf(values: Float64Array): Extent {
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return { min, max, hasNaN: Number.isNaN(min) }
}

function paramSpan(node: Aggregation): Span {
  return node.param?.span ?? node.span
}
