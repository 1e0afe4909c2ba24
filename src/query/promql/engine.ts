/** PromQL: parses a query, evaluates it over stored series, and tells what it found, in Prometheus' terms. */
import { Bug, defineError } from '../../core/errors.ts'
import type { Clock } from '../../core/clock.ts'
import { compareLabelSets, LabelSet } from '../../model/labels.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import type { MetricsQuerier } from '../../signals/metrics.ts'
import { Annotations } from './eval/annotations.ts'
import { Budget } from './eval/budget.ts'
import type { Dialect, Evaluation } from './eval/context.ts'
import { executionFailed, SAME_LABELSET } from './eval/errors.ts'
import { Evaluator } from './eval/evaluator.ts'
import { gridOf } from './eval/grid.ts'
import type { Grid } from './eval/grid.ts'
import { Invariance } from './eval/invariant.ts'
import { LabelList } from './eval/label-columns.ts'
import { byLabels, hasOwnOrder } from './eval/order.ts'
import { resolve, withoutParens } from './eval/plan.ts'
import type { QueryTime } from './eval/plan.ts'
import { Probe } from './eval/probe.ts'
import { rawSamples } from './eval/raw-samples.ts'
import { latestReads } from './eval/reads.ts'
import { merged, pickRows, sameRows, withDroppedNames, withoutEmptyRows } from './eval/rows.ts'
import { SampleTally } from './eval/sample-tally.ts'
import type { SampleCounts } from './eval/sample-tally.ts'
import { subqueryGrid } from './eval/subquery.ts'
import { TableMemory } from './eval/table-memory.ts'
import { FLOAT } from './eval/vector.ts'
import type { StepVector, Value } from './eval/vector.ts'
import { seriesOf } from './result.ts'
import type { QueryValue, ResultSeries } from './result.ts'
import { gapsAround, joinedRanges } from './range-cache.ts'
import type { CachedRange, RangeCache } from './range-cache.ts'
import type { Expression, MatrixSelector, Subquery } from './syntax/ast.ts'
import { parseExpression } from './syntax/parse.ts'
import type { ParserOptions } from './syntax/options.ts'
import { printExpression } from './syntax/print.ts'
import { typeName, typeOf } from './syntax/walk.ts'

export interface EngineOptions {
  readonly dialect: Dialect
  /** Which experimental parts of the language are open; all by default. */
  readonly parser?: ParserOptions
}

export interface EngineDeps {
  readonly querier: MetricsQuerier
  readonly clock: Clock
  /** For range queries; none when left out. */
  readonly cache?: RangeCache
}

export interface QueryOptions {
  /** ms; the dialect's when left out. */
  readonly lookbackDelta?: number
  /** Samples are counted, and nothing is taken from the cache. */
  readonly stats?: boolean
}

export interface RangeTimes {
  readonly start: number
  readonly end: number
  /** ms, at least 1. */
  readonly step: number
}

export interface QueryResult {
  readonly value: QueryValue
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  /** The resolved expression, and what each of its nodes did. */
  readonly expression: Expression
  readonly probe: Probe
  /** By step, when statistics were asked for. */
  readonly samples?: SampleCounts | undefined
}

export const notForRanges = defineError<{ type: string }>({
  code: 'promql.not_for_ranges',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ type }) => `invalid expression type "${type}" for range query, must be Scalar or instant Vector`,
  advice: 'Put a function such as rate() or last_over_time() around it, or ask for one instant.',
})

/** Queries whose trees are remembered, and how long such a query may be. */
const MAX_PARSED = 1000
const MAX_PARSED_LENGTH = 4096

export class PromqlEngine {
  readonly #options: EngineOptions
  readonly #deps: EngineDeps
  readonly #parsed = new Map<string, Expression>()
  readonly #tables = new TableMemory()

  constructor(options: EngineOptions, deps: EngineDeps) {
    this.#options = options
    this.#deps = deps
  }

  /** Throws `promql.syntax`. The tree is shared: dashboards and rules ask the same over and over. */
  parse(query: string): Expression {
    const known = this.#parsed.get(query)
    if (known !== undefined) return known
    const expression = parseExpression(query, this.#options.parser)
    if (this.#parsed.size >= MAX_PARSED) this.#parsed.clear()
    if (query.length <= MAX_PARSED_LENGTH) this.#parsed.set(query, expression)
    return expression
  }

  /** The value at `time` (UnixMs). Throws `promql.*`, `query.*`, `store.*`, and the context's reason when it ends. */
  async evaluateInstant(
    query: string,
    time: number,
    ctx: QueryContext,
    options: QueryOptions = {},
  ): Promise<QueryResult> {
    const run = this.#start(query, { start: time, end: time, step: 0 }, ctx, options)
    const { expression, evaluator, evaluation } = run
    const node = withoutParens(expression)
    switch (typeOf(node)) {
      case 'matrix':
        return resultOf(run, { type: 'samples', series: await matrixSeries(node, evaluator, evaluation) })
      case 'vector': {
        const vector = final(await evaluator.vector(expression, evaluation), { node, merge: false })
        return resultOf(run, { type: 'vector', time, vector: hasOwnOrder(node) ? vector : sorted(vector) })
      }
      case 'scalar':
      case 'string':
        return resultOf(run, constantOf(await evaluator.evaluate(expression, evaluation), time))
    }
  }

  /** Throws `promql.syntax`, and `promql.not_for_ranges` for a query that has no value at each step. */
  checkForRange(query: string): void {
    checkType(this.parse(query))
  }

  /** The values at `start`, `start + step`, ... up to `end`. Throws as `evaluateInstant`, and `promql.not_for_ranges`. */
  async evaluateRange(
    query: string,
    times: RangeTimes,
    ctx: QueryContext,
    options: QueryOptions = {},
  ): Promise<QueryResult> {
    const run = this.#start(query, times, ctx, options)
    checkType(run.expression)
    const { grid } = run.evaluation
    const { cache } = this.#deps
    const { vector, warnings, infos } =
      cache === undefined || grid.count === 1 || options.stats === true
        ? await evaluated(run, grid)
        : await throughCache(run, cache)
    const value: QueryValue = { type: 'matrix', grid, vector, order: byLabels(vector.labels) }
    const samples = run.evaluation.tally?.finish()
    return { value, warnings, infos, expression: run.expression, probe: run.probe, samples }
  }

  #start(query: string, time: QueryTime, ctx: QueryContext, { lookbackDelta, stats }: QueryOptions): Run {
    const expression = resolve(this.parse(query), time)
    const { dialect } = this.#options
    const grid = gridOf(time.start, time.end, time.step)
    const { querier, clock } = this.#deps
    const annotations = new Annotations(query)
    const probe = new Probe(() => clock.monotonic())
    const evaluation: Evaluation = {
      grid,
      dialect: lookbackDelta === undefined ? dialect : { ...dialect, lookbackDelta },
      annotations,
      querier,
      ctx,
      probe,
      budget: new Budget(ctx.limits),
      tally: stats === true ? new SampleTally(grid) : undefined,
      tables: this.#tables,
    }
    return { query, expression, probe, annotations, evaluation, evaluator: new Evaluator(new Invariance()) }
  }
}

function checkType(expression: Expression): void {
  const type = typeOf(expression)
  if (type === 'matrix' || type === 'string') throw notForRanges({ type: typeName(type) })
}

/** The query over some of its steps, with the annotations of these. */
async function evaluated({ expression, evaluator, evaluation, query }: Run, grid: Grid): Promise<CachedRange> {
  const annotations = new Annotations(query)
  const value = await evaluator.evaluate(expression, { ...evaluation, grid, annotations })
  const vector = final(asVector(value, grid), { node: withoutParens(expression), merge: true })
  return { grid, vector, warnings: annotations.warnings, infos: annotations.infos }
}

/** Only the steps that the cache has not are evaluated. */
async function throughCache(run: Run, cache: RangeCache): Promise<CachedRange> {
  const { expression, evaluation, probe } = run
  const { grid, ctx, dialect } = evaluation
  const key = `${dialect.lookbackDelta} ${printExpression(expression)}`
  const mark = cache.mark(ctx.tenant)
  const known = cache.find(ctx.tenant, key, grid)
  const parts: CachedRange[] = []
  if (known === undefined) parts.push(await evaluated(run, grid))
  else {
    probe.reused(known.grid.count)
    // The entry that it is of stays as it is: it may know more steps than were asked for.
    if (known.grid.count === grid.count) return known
    const gaps = gapsAround(grid, known)
    const { before, behind } = gaps
    if (before !== undefined) parts.push(await evaluated(run, before))
    parts.push(gaps.known)
    if (behind !== undefined) parts.push(await evaluated(run, behind))
  }
  const whole = joinedRanges(parts, grid)
  // Whether ambiguous names are an error depends on all steps: such a query is evaluated as a whole each time.
  if (!probe.isAmbiguous) {
    cache.keep(ctx.tenant, key, whole, { mark, reads: latestReads(expression, dialect.lookbackDelta) })
  }
  return whole
}

/** One query on its way. */
interface Run {
  readonly query: string
  readonly expression: Expression
  readonly probe: Probe
  readonly annotations: Annotations
  readonly evaluation: Evaluation
  readonly evaluator: Evaluator
}

function resultOf({ expression, probe, annotations, evaluation }: Run, value: QueryValue): QueryResult {
  const { warnings, infos } = annotations
  return { value, warnings, infos, expression, probe, samples: evaluation.tally?.finish() }
}

function constantOf(value: Value, time: number): QueryValue {
  if (value.type === 'string') return { type: 'string', time, value: value.value }
  if (value.type === 'scalar') return { type: 'scalar', time, value: value.values[0] as number }
  return { type: 'vector', time, vector: value.vector }
}

function sorted(vector: StepVector): StepVector {
  return pickRows(vector, byLabels(vector.labels))
}

/** Aggregations whose rows are rows of their operand, so that names may still have to be dropped. */
const PICKING: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio'])

/** No two rows can have the same labels: series are distinct, and so are groups. */
function hasDistinctRows(node: Expression): boolean {
  return node.kind === 'selector' || (node.kind === 'aggregation' && !PICKING.has(node.op))
}

/** Names that were still to be dropped go; rows that become equal are one where that is possible. */
function final(
  vector: StepVector,
  { node, merge }: { readonly node: Expression; readonly merge: boolean },
): StepVector {
  const named = withoutEmptyRows(withDroppedNames(vector))
  if (vector.dropName === undefined && hasDistinctRows(node)) return named
  if (merge) return merged(named)
  if (sameRows(named.labels, { nameless: false }) !== undefined) throw executionFailed({ message: SAME_LABELSET })
  return named
}

/** A number at each step is a series without labels. */
function asVector(value: Value, { count }: Grid): StepVector {
  if (value.type === 'vector') return value.vector
  if (value.type === 'string') throw new Bug('a string over a range; the check before let it through')
  return {
    steps: count,
    labels: new LabelList([LabelSet.EMPTY]),
    kinds: new Uint8Array(count).fill(FLOAT),
    values: value.values,
    histograms: undefined,
    dropName: undefined,
  }
}

/** A range vector as the result: stored samples, or the values of a subquery at its own steps. */
async function matrixSeries(
  node: Expression,
  evaluator: Evaluator,
  evaluation: Evaluation,
): Promise<readonly ResultSeries[]> {
  const series =
    node.kind === 'subquery'
      ? await subquerySeries(node, evaluator, evaluation)
      : await rawSamples(node as MatrixSelector, evaluation)
  return series.toSorted((a, b) => compareLabelSets(a.labels, b.labels))
}

async function subquerySeries(
  node: Subquery,
  evaluator: Evaluator,
  evaluation: Evaluation,
): Promise<readonly ResultSeries[]> {
  const grid = subqueryGrid(node, evaluation)
  const tally = evaluation.tally?.subquery(grid)
  const inner = asVector(await evaluator.evaluate(node.inner, { ...evaluation, grid, tally }), grid)
  return seriesOf({ type: 'matrix', grid, vector: final(inner, { node: node.inner, merge: true }) })
}
