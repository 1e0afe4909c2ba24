/**
 * The error catalogue. An expected failure has an entry, made with `defineError` beside the code that throws it;
 * everything else that is thrown is a bug (see `Bug`). `docs/reference/errors.md` is generated from the entries.
 */

/** Who has to act: the caller (their request), the operator (their configuration or machine), or nobody (it passes). */
export type Blame = 'caller' | 'operator' | 'nobody'

/** What every entry of the catalogue says about itself. */
export interface ErrorDefinition<P> {
  /** `<room>.<noun>`, stable: clients and dashboards match on it. */
  readonly code: string
  /** The HTTP status that an API without a vocabulary of its own answers with. */
  readonly status: number
  readonly blame: Blame
  /** True when the same call may succeed later, unchanged. */
  readonly retry: boolean
  /** Lower case, no full stop, the offending value in quotes, never a secret. */
  readonly message: (params: P) => string
  /** What would be right, in a sentence. */
  readonly advice: string
}

/** An expected failure. Carries its catalogue entry, so that each API dialect can map it. */
export class BongsuError extends Error {
  readonly code: string
  readonly status: number
  readonly blame: Blame
  readonly retry: boolean
  readonly advice: string

  constructor(definition: ErrorDefinition<never>, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BongsuError'
    this.code = definition.code
    this.status = definition.status
    this.blame = definition.blame
    this.retry = definition.retry
    this.advice = definition.advice
  }
}

/** Makes errors of one catalogue entry; `definition` is readable for the generated docs. */
export interface ErrorFactory<P> {
  (params: P, options?: ErrorOptions): BongsuError
  readonly definition: ErrorDefinition<P>
}

export function defineError<P>(definition: ErrorDefinition<P>): ErrorFactory<P> {
  const make = (params: P, options?: ErrorOptions): BongsuError =>
    new BongsuError(definition, definition.message(params), options)
  return Object.assign(make, { definition })
}

/** A broken promise of our own code. Never caught in the middle; logged with its stack at a room's edge. */
export class Bug extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`BUG: ${message}`, options)
    this.name = 'Bug'
  }
}

/** The end of an exhaustive `switch`. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable case ${JSON.stringify(value)}`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
