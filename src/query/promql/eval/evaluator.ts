/** Evaluates a resolved expression over a grid: each node's value is a table of series x steps, or streams in parts of one. */
import { Bug } from '../../../core/errors.ts'
import { LabelSet, METRIC_NAME } from '../../../model/labels.ts'
import { startAggregation } from '../aggregations/aggregate.ts'
import { evaluateInfo } from '../functions/info.ts'
import { checkExtent } from '../functions/range-call.ts'
import { rangeFunctions } from '../functions/range-table.ts'
import { vectorFunctions } from '../functions/table.ts'
import type { FunctionEntry } from '../functions/contract.ts'
import type { RangeFunctionEntry } from '../functions/range-contract.ts'
import { evaluateBinary } from '../operators/binary.ts'
import { negated } from '../operators/unary.ts'
import type { Aggregation, BinaryExpression, Call, Expression, VectorSelector } from '../syntax/ast.ts'
import { typeOf } from '../syntax/walk.ts'
import type { Evaluation } from './context.ts'
import { executionFailed, SAME_LABELSET } from './errors.ts'
import { streamInstant } from './instant-leaf.ts'
import type { Invariance } from './invariant.ts'
import { columnsWithout, LabelList } from './label-columns.ts'
import { streamRange } from './range-leaf.ts'
import type { RangeCall } from './range-leaf.ts'
import { joined, merged, repeated, sameRows, withoutEmptyRows, withoutMetadata } from './rows.ts'
import { smoothedInstant } from './smoothed.ts'
import { mapStream, streamOf } from './stream.ts'
import type { RowStream } from './stream.ts'
import { evaluateOverSubquery, subqueryGrid } from './subquery.ts'
import { ABSENT, emptyTable, noSeries, setFloat } from './vector.ts'
import type { StepVector, Value } from './vector.ts'

export class Evaluator {
  readonly #invariance: Invariance

  constructor(invariance: Invariance) {
    this.#invariance = invariance
  }

  /** The value of any expression but a range vector. */
  async evaluate(node: Expression, evaluation: Evaluation): Promise<Value> {
    evaluation.ctx.signal.throwIfAborted()
    switch (typeOf(node)) {
      case 'string':
        return { type: 'string', value: stringOf(node) }
      case 'scalar':
        return this.#scalar(node, evaluation)
      case 'vector':
        return { type: 'vector', vector: await this.vector(node, evaluation) }
      case 'matrix':
        throw new Bug('a range vector has no value of its own; the checker let it through')
    }
  }

  /** The value of an instant vector, whole. */
  async vector(node: Expression, evaluation: Evaluation): Promise<StepVector> {
    return whole(await this.stream(node, evaluation), evaluation)
  }

  /** The value of an instant vector, in parts. */
  async stream(node: Expression, evaluation: Evaluation): Promise<RowStream> {
    evaluation.ctx.signal.throwIfAborted()
    const { count } = evaluation.grid
    if (count === 0) return streamOf(noSeries(0), true)
    if (count > 1 && this.#invariance.isRepeated(node)) {
      const once = onceOnly(evaluation)
      return mapStream(await this.#traced(node, once), false, (part) => repeated(part, count))
    }
    return this.#traced(node, evaluation)
  }

  async #scalar(node: Expression, evaluation: Evaluation): Promise<Value> {
    const { count } = evaluation.grid
    if (count > 1 && this.#invariance.isRepeated(node)) {
      const value = await this.#scalar(node, onceOnly(evaluation))
      if (value.type !== 'scalar') throw new Bug(`a ${value.type} where a scalar was due`)
      return { type: 'scalar', values: new Float64Array(count).fill(value.values[0] as number) }
    }
    switch (node.kind) {
      case 'number':
        return { type: 'scalar', values: new Float64Array(count).fill(node.value) }
      case 'parens':
        return this.#scalar(node.inner, evaluation)
      case 'unary': {
        const operand = await this.#scalar(node.operand, evaluation)
        return node.op === '-' ? negated(operand, evaluation) : operand
      }
      case 'binary':
        return this.#binary(node, evaluation)
      case 'call':
        return this.#call(node, evaluation)
      case 'selector':
      case 'matrix':
      case 'subquery':
      case 'aggregation':
      case 'string':
        throw new Bug(`a ${node.kind} is no scalar; the checker let it through`)
    }
  }

  async #traced(node: Expression, evaluation: Evaluation): Promise<RowStream> {
    const since = evaluation.probe.now()
    const stream = await this.#streamOf(node, evaluation)
    return { ...stream, parts: counted(node, stream, since, evaluation) }
  }

  async #streamOf(node: Expression, evaluation: Evaluation): Promise<RowStream> {
    switch (node.kind) {
      case 'selector':
        return this.#selector(node, evaluation)
      case 'parens':
        return this.stream(node.inner, evaluation)
      case 'aggregation':
        return streamOf(await this.#aggregate(node, evaluation), false)
      case 'binary':
        return this.#binaryStream(node, evaluation)
      case 'unary':
        return this.#unaryStream(node, evaluation)
      case 'call':
        return this.#callStream(node, evaluation)
      case 'number':
      case 'string':
      case 'matrix':
      case 'subquery':
        throw new Bug(`a ${node.kind} is no instant vector; the checker let it through`)
    }
  }

  #selector(node: VectorSelector, evaluation: Evaluation): Promise<RowStream> {
    return node.extent === 'smoothed' ? smoothedInstant(node, evaluation) : streamInstant(node, evaluation)
  }

  async #aggregate(node: Aggregation, evaluation: Evaluation): Promise<StepVector> {
    const param = node.param === undefined ? undefined : await this.evaluate(node.param, evaluation)
    // It may refuse its parameter, and a stream that is begun must be pulled.
    const fold = startAggregation(node, param, evaluation)
    const { parts } = await this.stream(node.inner, evaluation)
    for await (const part of parts) {
      fold.add(part)
      if (fold.letsPartsGo) evaluation.tables.give(part)
    }
    return fold.finish()
  }

  async #binary(node: BinaryExpression, evaluation: Evaluation): Promise<Value> {
    const left = await this.evaluate(node.left, evaluation)
    return evaluateBinary(node, left, await this.evaluate(node.right, evaluation), evaluation)
  }

  /** With a number on one side, each row stands for itself. */
  async #binaryStream(node: BinaryExpression, evaluation: Evaluation): Promise<RowStream> {
    const isScalarLeft = typeOf(node.left) === 'scalar'
    if (!isScalarLeft && typeOf(node.right) !== 'scalar') {
      return streamOf(vectorOf(await this.#binary(node, evaluation)), false)
    }
    const scalar = await this.evaluate(isScalarLeft ? node.left : node.right, evaluation)
    const stream = await this.stream(isScalarLeft ? node.right : node.left, evaluation)
    const apply = (part: StepVector): StepVector => {
      const vector: Value = { type: 'vector', vector: part }
      const [left, right] = isScalarLeft ? [scalar, vector] : [vector, scalar]
      return vectorOf(evaluateBinary(node, left, right, evaluation))
    }
    return this.#rowByRow(stream, evaluation, apply)
  }

  async #unaryStream(node: Expression & { kind: 'unary' }, evaluation: Evaluation): Promise<RowStream> {
    const stream = await this.stream(node.operand, evaluation)
    if (node.op === '+') return stream
    return this.#rowByRow(stream, evaluation, (part) => vectorOf(negated({ type: 'vector', vector: part }, evaluation)))
  }

  /** `apply` may drop the names of its rows: part by part when they stay distinct, else all at once, so that it can tell. */
  async #rowByRow(
    stream: RowStream,
    evaluation: Evaluation,
    apply: (part: StepVector) => StepVector,
  ): Promise<RowStream> {
    if (stream.distinctNameless || evaluation.dialect.delayedNameRemoval) {
      return mapStream(stream, stream.distinctNameless, apply)
    }
    return streamOf(apply(await whole(stream, evaluation)), false)
  }

  async #callStream(node: Call, evaluation: Evaluation): Promise<RowStream> {
    const { name } = node.func
    const range = rangeFunctions[name]
    if (range !== undefined) return this.#rangeCall(node, range, evaluation)
    if (name === 'timestamp' || name === 'start_timestamp') {
      const [arg] = node.args
      if (arg?.kind === 'selector') return this.#timestampOf(arg, name, evaluation)
    }
    if (name === 'info') {
      const base = await this.vector(node.args[0] as Expression, evaluation)
      return streamOf(await evaluateInfo(node, base, evaluation), false)
    }
    const entry = entryOf(name)
    const at = node.args.findIndex((arg) => typeOf(arg) === 'vector')
    if (at < 0 || entry.whole === true || node.args.filter((arg) => typeOf(arg) === 'vector').length > 1) {
      return streamOf(vectorOf(await this.#call(node, evaluation)), false)
    }
    const args = await this.#argsBut(node, at, evaluation)
    const apply = (part: StepVector): StepVector =>
      vectorOf(entry.evaluate(args.with(at, { type: 'vector', vector: part }) as Value[], node, evaluation))
    return this.#named(entry, mapStream(await this.stream(node.args[at] as Expression, evaluation), false, apply), {
      evaluation,
      distinctNameless: false,
    })
  }

  /** `timestamp(selector)`: the samples' own times, not those of the steps. */
  async #timestampOf(arg: VectorSelector, name: string, evaluation: Evaluation): Promise<RowStream> {
    if (name === 'start_timestamp' && !evaluation.dialect.useStartTimestamps) {
      return streamOf(noSeries(evaluation.grid.count), true)
    }
    const stream = await streamInstant(arg, evaluation, name === 'timestamp' ? 'timestamp' : 'start')
    return this.#named({ name: 'drop' }, stream, { evaluation, distinctNameless: stream.distinctNameless })
  }

  /** A function that is no range function, over the whole of its arguments. */
  async #call(node: Call, evaluation: Evaluation): Promise<Value> {
    const entry = entryOf(node.func.name)
    const value = entry.evaluate((await this.#argsBut(node, -1, evaluation)) as Value[], node, evaluation)
    if (value.type !== 'vector' || entry.name === 'keep') return value
    return { type: 'vector', vector: dropped(value.vector, entry.name, evaluation) }
  }

  /** Values of all arguments but that at `skipped`. */
  async #argsBut(node: Call, skipped: number, evaluation: Evaluation): Promise<(Value | undefined)[]> {
    const values: (Value | undefined)[] = []
    for (const [i, arg] of node.args.entries()) {
      values.push(i === skipped ? undefined : await this.evaluate(arg, evaluation))
    }
    return values
  }

  async #rangeCall(node: Call, entry: RangeFunctionEntry, evaluation: Evaluation): Promise<RowStream> {
    const at = node.args.findIndex((arg) => typeOf(arg) === 'matrix')
    const values = await this.#argsBut(node, at, evaluation)
    const args = values.map((value) => (value?.type === 'scalar' ? value.values : undefined))
    const stream = await this.#windowed(node.args[at] as Expression, { call: node, entry, args }, evaluation)
    const { reduce, inspect } = entry
    if (reduce !== undefined) return streamOf(reduce(await presence(stream, evaluation), node), true)
    if (inspect === undefined) return this.#distinct(entry, stream, evaluation)
    const inspected = mapStream(stream, stream.distinctNameless, (part) => {
      inspect(part.labels, part, node, evaluation)
      return part
    })
    return this.#distinct(entry, inspected, evaluation)
  }

  /** Range functions refuse rows that become equal without their names, even when they have no step in common. */
  async #distinct(entry: RangeFunctionEntry, stream: RowStream, evaluation: Evaluation): Promise<RowStream> {
    const { distinctNameless } = stream
    if (distinctNameless || evaluation.dialect.delayedNameRemoval || entry.name === 'keep') {
      return this.#named(entry, stream, { evaluation, distinctNameless })
    }
    const vector = nameless(withoutEmptyRows(await whole(stream, evaluation)), entry.name)
    if (sameRows(vector.labels, { nameless: false }) !== undefined) throw executionFailed({ message: SAME_LABELSET })
    return streamOf(vector, true)
  }

  async #windowed(arg: Expression, call: RangeCall, evaluation: Evaluation): Promise<RowStream> {
    if (arg.kind === 'matrix') {
      checkExtent(call.call, rangeFunctions)
      return streamRange(arg, call, evaluation)
    }
    if (arg.kind !== 'subquery') throw new Bug(`a ${arg.kind} is no range vector; the checker let it through`)
    const grid = subqueryGrid(arg, evaluation)
    const tally = evaluation.tally?.subquery(grid, arg)
    const inner = await this.vector(arg.inner, { ...evaluation, grid, tally })
    return streamOf(evaluateOverSubquery(arg, inner, call, evaluation), false)
  }

  /** Does with the rows' names what the function says. */
  async #named(
    { name }: Pick<FunctionEntry, 'name'>,
    stream: RowStream,
    { evaluation, distinctNameless }: { readonly evaluation: Evaluation; readonly distinctNameless: boolean },
  ): Promise<RowStream> {
    if (name === 'keep') return stream
    if (evaluation.dialect.delayedNameRemoval) {
      return mapStream(stream, distinctNameless, (part) => dropped(part, name, evaluation))
    }
    if (distinctNameless) return mapStream(stream, true, (part) => nameless(part, name))
    return streamOf(dropped(await whole(stream, evaluation), name, evaluation), true)
  }
}

/** For a part whose value is the same at every step. */
function onceOnly(evaluation: Evaluation): Evaluation {
  return { ...evaluation, grid: { ...evaluation.grid, count: 1 }, tally: evaluation.tally?.once() }
}

/** Tells the probe once all parts were pulled. */
async function* counted(
  node: Expression,
  { parts }: RowStream,
  since: number,
  { grid, probe }: Evaluation,
): AsyncGenerator<StepVector, void, undefined> {
  let series = 0
  for await (const part of parts) {
    series += part.labels.size
    yield part
  }
  probe.evaluated(node, { series, steps: grid.count, since })
}

/** All parts as one table, which the query's budget pays for. */
async function whole(stream: RowStream, { grid, budget, tables }: Evaluation): Promise<StepVector> {
  const parts: StepVector[] = []
  for await (const part of stream.parts) {
    budget.takeTable(part)
    parts.push(part)
  }
  const all = joined(parts, grid.count)
  if (parts.length > 1) for (const part of parts) tables.give(part)
  return all
}

type Dropping = Exclude<FunctionEntry['name'], 'keep'>

function nameless(part: StepVector, how: Dropping): StepVector {
  const { labels } = part
  return { ...part, labels: how === 'drop' ? withoutMetadata(labels) : columnsWithout(labels, [METRIC_NAME]) }
}

/** The rows without their names: at once, or marked to be dropped at the query's end. */
function dropped(vector: StepVector, how: Dropping, { dialect }: Evaluation): StepVector {
  if (dialect.delayedNameRemoval) return { ...vector, dropName: new Uint8Array(vector.labels.size).fill(1) }
  return merged(nameless(withoutEmptyRows(vector), how))
}

function entryOf(name: string): FunctionEntry {
  const entry = vectorFunctions[name]
  if (entry === undefined) throw new Bug(`no function ${name}; the checker let it through`)
  return entry
}

function vectorOf(value: Value): StepVector {
  if (value.type !== 'vector') throw new Bug(`a ${value.type} where an instant vector was due`)
  return value.vector
}

function stringOf(node: Expression): string {
  if (node.kind === 'string') return node.value
  if (node.kind === 'parens') return stringOf(node.inner)
  throw new Bug(`a ${node.kind} is no string; the checker let it through`)
}

/** One row that has a sample wherever any row has one. */
async function presence({ parts }: RowStream, { grid }: Evaluation): Promise<StepVector> {
  const row = emptyTable(new LabelList([LabelSet.EMPTY]), grid.count)
  for await (const { kinds } of parts) {
    for (let cell = 0; cell < kinds.length; cell++) if (kinds[cell] !== ABSENT) setFloat(row, cell % grid.count, 1)
  }
  return row
}
