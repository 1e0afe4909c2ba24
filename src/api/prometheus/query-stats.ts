import type { Clock } from '../../core/clock.ts'

/** The `stats` of a query's answer: where its time went, and how many samples it looked at. Follows util/stats/query_stats.go, prometheus. */
export class QueryStats {
  readonly #clock: Clock
  readonly #start: number
  #prepared: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#start = clock.monotonic()
    this.#prepared = this.#start
  }

  /** The request is read and parsed; the evaluation begins. */
  prepared(): void {
    this.#prepared = this.#clock.monotonic()
  }

  /** Seconds, as they are known here: nothing waits in a queue, and sorting is part of the evaluation. */
  of(samples: number): Readonly<Record<string, unknown>> {
    const now = this.#clock.monotonic()
    const evaluation = (now - this.#prepared) / 1000
    return {
      timings: {
        evalTotalTime: evaluation,
        resultSortTime: 0,
        queryPreparationTime: (this.#prepared - this.#start) / 1000,
        innerEvalTime: evaluation,
        execQueueTime: 0,
        execTotalTime: (now - this.#start) / 1000,
      },
      samples: { totalQueryableSamples: samples, peakSamples: samples },
    }
  }
}
