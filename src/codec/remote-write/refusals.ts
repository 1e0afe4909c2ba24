import type { Rejection, RejectionCode } from '../../signals/ingest.ts'

/** Reasons that are kept as text; the rest is only counted. */
const MAX_REASONS = 10

/** Rows of one request that were not kept, counted, with the first reasons. */
export class Refusals {
  samples = 0
  histograms = 0
  /** Exemplars never fail a request: they are only counted. */
  exemplars = 0
  readonly byCode = new Map<RejectionCode, number>()
  readonly reasons: string[] = []

  add(kind: 'samples' | 'histograms', rows: number, why: Rejection): void {
    this[kind] += rows
    this.byCode.set(why.code, (this.byCode.get(why.code) ?? 0) + rows)
    if (this.reasons.length < MAX_REASONS) this.reasons.push(why.message)
  }

  get rows(): number {
    return this.samples + this.histograms
  }
}
