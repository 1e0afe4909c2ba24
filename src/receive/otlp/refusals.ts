import type { RejectionCode } from '../../signals/ingest.ts'

/** Why a data point was not taken. Bounded set: it is a label value of `bongsu_receive_otlp_rejected_points_total`. */
export type RefusalReason =
  | RejectionCode
  | 'unnamable'
  | 'temporality'
  | 'histogram'
  | 'delta_out_of_order'
  | 'delta_limit'
  | 'no_series'

export interface Refusal {
  readonly reason: RefusalReason
  readonly message: string
}

const MAX_MESSAGES = 5
const MAX_MESSAGE_LENGTH = 300

/** Counts the points of a request that are not taken, and keeps a few of the reasons for the sender. */
export class Refusals {
  readonly byReason = new Map<RefusalReason, number>()
  readonly #messages = new Set<string>()
  total = 0

  add({ reason, message }: Refusal, points = 1): void {
    this.total += points
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + points)
    this.note(message)
  }

  /** A reason without a lost point. */
  note(message: string): void {
    if (this.#messages.size < MAX_MESSAGES) this.#messages.add(message.slice(0, MAX_MESSAGE_LENGTH))
  }

  get message(): string {
    return [...this.#messages].join('; ')
  }
}
