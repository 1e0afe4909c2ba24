import { defineError } from '../../../core/errors.ts'
import { tooManySamples } from '../../../signals/ingest.ts'
import type { QueryLimits } from '../../../signals/ingest.ts'
import type { StepVector } from './vector.ts'

export const tooMuchMemory = defineError<{ limit: number }>({
  code: 'query.too_much_memory',
  status: 422,
  blame: 'caller',
  retry: false,
  message: ({ limit }) => `the query's intermediate results would take more than ${limit} bytes`,
  advice: 'Aggregate before joining, ask for a longer step or a shorter range, or raise query.max_memory.',
})

/** A value and a kind. */
const CELL_BYTES = 9
/** About what a label set and its places take. */
const ROW_BYTES = 100

/** What one query may still use. Its parts take from it as they go; nothing is given back, so the limits hold for the sum. */
export class Budget {
  readonly #limits: QueryLimits
  #samples = 0
  #bytes = 0

  constructor(limits: QueryLimits) {
    this.#limits = limits
  }

  /** Throws `query.too_many_samples`. */
  takeSamples(count: number): void {
    this.#samples += count
    if (this.#samples > this.#limits.maxSamples) throw tooManySamples({ limit: this.#limits.maxSamples })
  }

  /** For a table that is held whole. Throws `query.too_much_memory`. */
  takeTable({ labels, steps }: Pick<StepVector, 'labels' | 'steps'>): void {
    this.#bytes += labels.size * (steps * CELL_BYTES + ROW_BYTES)
    if (this.#bytes > this.#limits.maxBytes) throw tooMuchMemory({ limit: this.#limits.maxBytes })
  }
}
