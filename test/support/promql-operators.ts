/** Evaluates aggregations and operators over small vectors written by hand, without an engine or a store. */
import { startAggregation } from '../../src/query/promql/aggregations/aggregate.ts'
import { Annotations } from '../../src/query/promql/eval/annotations.ts'
import { Budget } from '../../src/query/promql/eval/budget.ts'
import { TableMemory } from '../../src/query/promql/eval/table-memory.ts'
import type { Evaluation } from '../../src/query/promql/eval/context.ts'
import { pickRows } from '../../src/query/promql/eval/rows.ts'
import { ABSENT, HISTOGRAM, histogramAt } from '../../src/query/promql/eval/vector.ts'
import type { StepVector, Value } from '../../src/query/promql/eval/vector.ts'
import { testExpression } from '../../src/query/promql/histograms/print.ts'
import { evaluateBinary } from '../../src/query/promql/operators/binary.ts'
import { negated } from '../../src/query/promql/operators/unary.ts'
import type { Aggregation, Expression } from '../../src/query/promql/syntax/ast.ts'
import { parseExpression } from '../../src/query/promql/syntax/parse.ts'

export interface OperatorRun {
  readonly vectors: Readonly<Record<string, StepVector>>
  /** Scalars of one number a step, by the name that stands for them as `scalar(name)`. */
  readonly scalars?: Readonly<Record<string, readonly number[]>>
  readonly delayedNameRemoval?: boolean
  /** Rows that an aggregation gets at a time; all by default. */
  readonly partSize?: number
}

export interface OperatorOutcome {
  readonly value: Value
  /** Rows with samples, as texts in the order of the result: `{a="b"} 1 _ 2`. A name that is to be dropped later has a `!`. */
  readonly rows: readonly string[]
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** Selectors are names of `vectors`, whatever else they say. */
export function evaluateOver(query: string, run: OperatorRun): OperatorOutcome {
  const annotations = new Annotations(query)
  const steps = Math.max(1, ...Object.values(run.vectors).map((vector) => vector.steps))
  const evaluation = {
    grid: { start: 0, step: 60_000, count: steps },
    dialect: { delayedNameRemoval: run.delayedNameRemoval ?? false },
    annotations,
    tables: new TableMemory(),
    budget: new Budget({ maxSamples: Infinity, maxBytes: Infinity, timeoutMs: Infinity } as never),
  } as Partial<Evaluation> as Evaluation
  const value = valueOf(parseExpression(query), run, evaluation)
  const rows = value.type === 'vector' ? textsOf(value.vector) : []
  return { value, rows, warnings: annotations.warnings, infos: annotations.infos }
}

function valueOf(node: Expression, run: OperatorRun, evaluation: Evaluation): Value {
  const { count } = evaluation.grid
  switch (node.kind) {
    case 'number':
      return { type: 'scalar', values: new Float64Array(count).fill(node.value) }
    case 'string':
      return { type: 'string', value: node.value }
    case 'parens':
      return valueOf(node.inner, run, evaluation)
    case 'selector':
      return { type: 'vector', vector: run.vectors[node.name] as StepVector }
    case 'unary': {
      const operand = valueOf(node.operand, run, evaluation)
      return node.op === '-' ? negated(operand, evaluation) : operand
    }
    case 'binary':
      return evaluateBinary(node, valueOf(node.left, run, evaluation), valueOf(node.right, run, evaluation), evaluation)
    case 'aggregation':
      return { type: 'vector', vector: aggregated(node, run, evaluation) }
    case 'call': {
      const [arg] = node.args
      const name = arg?.kind === 'selector' ? arg.name : ''
      return { type: 'scalar', values: Float64Array.from(run.scalars?.[name] ?? []) }
    }
    case 'matrix':
    case 'subquery':
      throw new Error(`${node.kind} is not for these tests`)
  }
}

function aggregated(node: Aggregation, run: OperatorRun, evaluation: Evaluation): StepVector {
  const fold = startAggregation(node, node.param && valueOf(node.param, run, evaluation), evaluation)
  const inner = valueOf(node.inner, run, evaluation)
  if (inner.type !== 'vector') throw new Error(`a ${inner.type} has no rows`)
  for (const part of partsOf(inner.vector, run.partSize ?? Infinity)) fold.add(part)
  return fold.finish()
}

function* partsOf(vector: StepVector, size: number): Generator<StepVector> {
  const { labels } = vector
  for (let from = 0; from < labels.size; from += size) {
    const rows = Uint32Array.from({ length: Math.min(size, labels.size - from) }, (_, i) => from + i)
    yield pickRows(vector, rows)
  }
}

/** Rows that have samples. */
export function textsOf(vector: StepVector): string[] {
  return Array.from({ length: vector.labels.size }, (_, row) => {
    const cells = Array.from({ length: vector.steps }, (_cell, s) => cellText(vector, row * vector.steps + s))
    if (cells.every((cell) => cell === '_')) return ''
    return `${vector.dropName?.[row] === 1 ? '!' : ''}${vector.labels.at(row).toString()} ${cells.join(' ')}`
  }).filter((text) => text !== '')
}

function cellText(vector: StepVector, cell: number): string {
  if (vector.kinds[cell] === ABSENT) return '_'
  if (vector.kinds[cell] === HISTOGRAM) return testExpression(histogramAt(vector, cell))
  return String(vector.values[cell])
}
