/** What each part of a query did: for `explain`, the tree view and the statistics. */
import type { Expression } from '../syntax/ast.ts'

export interface NodeTrace {
  /** Times that the node was evaluated: a node inside a subquery or a repeated part counts once each. */
  readonly evaluations: number
  /** Rows of the results. */
  readonly series: number
  /** Steps of the last evaluation. */
  readonly steps: number
  /** Stored series and samples that a selector read. */
  readonly seriesRead: number
  readonly samples: number
  /** ms of the node with all that it is made of. Parts that stream into an aggregation overlap with it. */
  readonly elapsedMs: number
  /** How the samples were found, in words; undefined for nodes that find none. */
  readonly route: string | undefined
}

type OpenTrace = { -readonly [K in keyof NodeTrace]: NodeTrace[K] }

/** Collects traces by node of the resolved expression, and what the query as a whole has done so far. */
export class Probe {
  readonly #traces = new Map<Expression, OpenTrace>()
  readonly #now: () => number
  /** Stored samples read. */
  samples = 0
  /** Steps that were not evaluated, because their results were still known. */
  reusedSteps = 0
  /** Some selector chose series that only their metric names tell apart: what drops names may fail, depending on all steps. */
  isAmbiguous = false

  /** `now`: monotonic ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  now(): number {
    return this.#now()
  }

  of(node: Expression): NodeTrace | undefined {
    return this.#traces.get(node)
  }

  evaluated(node: Expression, done: { readonly series: number; readonly steps: number; readonly since: number }): void {
    const trace = this.#open(node)
    trace.evaluations++
    trace.series += done.series
    trace.steps = done.steps
    trace.elapsedMs += this.#now() - done.since
  }

  read(node: Expression, done: { readonly series: number; readonly samples: number }): void {
    const trace = this.#open(node)
    trace.seriesRead += done.series
    trace.samples += done.samples
    this.samples += done.samples
  }

  reused(steps: number): void {
    this.reusedSteps += steps
  }

  route(node: Expression, route: string): void {
    this.#open(node).route = route
  }

  #open(node: Expression): OpenTrace {
    let trace = this.#traces.get(node)
    if (trace === undefined) {
      trace = { evaluations: 0, series: 0, steps: 0, seriesRead: 0, samples: 0, elapsedMs: 0, route: undefined }
      this.#traces.set(node, trace)
    }
    return trace
  }
}
