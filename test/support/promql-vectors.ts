/** Small vectors and calls for tests of functions. */
import type { NativeHistogram } from '../../src/model/histogram.ts'
import { LabelSet } from '../../src/model/labels.ts'
import { Annotations } from '../../src/query/promql/eval/annotations.ts'
import type { Evaluation } from '../../src/query/promql/eval/context.ts'
import { LabelList } from '../../src/query/promql/eval/label-columns.ts'
import { emptyTable, FLOAT, setFloat, setHistogram } from '../../src/query/promql/eval/vector.ts'
import type { StepVector, Value } from '../../src/query/promql/eval/vector.ts'
import { parseExpression } from '../../src/query/promql/syntax/parse.ts'
import type { Call } from '../../src/query/promql/syntax/ast.ts'
import { vectorFunctions } from '../../src/query/promql/functions/table.ts'

/** A sample a step; undefined where there is none. */
export type Row = readonly [
  labels: Readonly<Record<string, string>>,
  ...samples: (number | NativeHistogram | undefined)[],
]

export function vectorOf(...rows: readonly Row[]): StepVector {
  const steps = Math.max(1, ...rows.map((row) => row.length - 1))
  const table = emptyTable(new LabelList(rows.map(([labels]) => LabelSet.of(labels))), steps)
  for (const [row, [, ...samples]] of rows.entries()) {
    for (const [s, sample] of samples.entries()) {
      if (typeof sample === 'number') setFloat(table, row * steps + s, sample)
      else if (sample !== undefined) setHistogram(table, row * steps + s, sample)
    }
  }
  return table
}

/** Rows that have floats, as texts: `{a="b"} 1 _ 2`. */
export function textOf({ labels, steps, kinds, values }: StepVector): string[] {
  return Array.from({ length: labels.size }, (_, row) => {
    const cells = Array.from({ length: steps }, (_cell, s) => {
      const cell = row * steps + s
      return kinds[cell] === FLOAT ? String(values[cell]) : '_'
    })
    return `${labels.at(row).toString()} ${cells.join(' ')}`
  })
}

export interface Outcome {
  readonly value: Value
  /** Of a vector result. */
  readonly rows: readonly string[]
  readonly annotations: Annotations
}

/** Evaluates `query`, a call whose vector arguments are written as names, over `vectors` at a minute a step. */
export function evaluateCall(
  query: string,
  vectors: Readonly<Record<string, StepVector>>,
  dialect: Partial<Evaluation['dialect']> = {},
): Outcome {
  const call = parseExpression(query) as Call
  const annotations = new Annotations(query)
  const steps = Math.max(1, ...Object.values(vectors).map((vector) => vector.steps))
  const grid = { start: 0, step: 60_000, count: steps }
  const defaults = {
    lookbackDelta: 300_000,
    defaultSubqueryStep: 60_000,
    delayedNameRemoval: false,
    useStartTimestamps: false,
  }
  const evaluation = {
    grid,
    dialect: { ...defaults, ...dialect },
    annotations,
  } as unknown as Evaluation
  const args = call.args.map((arg): Value => {
    if (arg.kind === 'selector') return { type: 'vector', vector: vectors[arg.name] ?? vectorOf() }
    if (arg.kind === 'string') return { type: 'string', value: arg.value }
    const number =
      arg.kind === 'unary' && arg.operand.kind === 'number'
        ? -arg.operand.value
        : arg.kind === 'number'
          ? arg.value
          : NaN
    return { type: 'scalar', values: new Float64Array(steps).fill(number) }
  })
  const value = vectorFunctions[call.func.name]?.evaluate(args, call, evaluation)
  if (value === undefined) throw new Error(`no function ${call.func.name}`)
  return { value, rows: value.type === 'vector' ? textOf(value.vector) : [], annotations }
}
