import type { Clock } from '../../core/clock.ts'
import type { QueryResult } from '../../query/promql/engine.ts'
import { timeAt } from '../../query/promql/eval/grid.ts'
import type { Grid } from '../../query/promql/eval/grid.ts'

/** The `stats` of a query's answer: where its time went, and how many samples it looked at. Follows util/stats/query_stats.go, prometheus. */
export class QueryStats {
  readonly #clock: Clock
  readonly #start: number
  #prepared: number
  #admitted: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#start = clock.monotonic()
    this.#prepared = this.#start
    this.#admitted = this.#start
  }

  /** The request is read and parsed; it waits for its turn. */
  prepared(): void {
    this.#prepared = this.#clock.monotonic()
    this.#admitted = this.#prepared
  }

  /** The evaluation begins. */
  admitted(): void {
    this.#admitted = this.#clock.monotonic()
  }

  /** Seconds, as they are known here: sorting is part of the evaluation. `steps`: samples are told for each of them too. */
  of(result: QueryResult, steps: Grid | undefined): Readonly<Record<string, unknown>> {
    const now = this.#clock.monotonic()
    const evaluation = (now - this.#admitted) / 1000
    return {
      timings: {
        evalTotalTime: evaluation,
        resultSortTime: 0,
        queryPreparationTime: (this.#prepared - this.#start) / 1000,
        innerEvalTime: evaluation,
        execQueueTime: (this.#admitted - this.#prepared) / 1000,
        execTotalTime: (now - this.#start) / 1000,
      },
      samples: samplesOf(result, steps),
    }
  }
}

function samplesOf({ samples }: QueryResult, steps: Grid | undefined): Readonly<Record<string, unknown>> {
  const { total, read, held } = samples ?? { total: new Float64Array(0), read: new Float64Array(0), held: 0 }
  const perStep = (counts: Float64Array): [time: number, samples: number][] | undefined =>
    steps && Array.from(counts, (count, s) => [timeAt(steps, s) / 1000, count])
  return {
    totalQueryableSamplesPerStep: perStep(total),
    totalQueryableSamples: sumOf(total),
    samplesReadPerStep: perStep(read),
    samplesRead: sumOf(read),
    // An estimate: Prometheus lets go of operands that it has added up.
    peakSamples: held,
  }
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
