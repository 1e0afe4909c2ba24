/** Where the engine differs from Prometheus 3.5 on purpose: it follows 3.14. */
import type { Answer } from './answer.ts'
import type { Aspect } from './compare.ts'

interface KnownDifference {
  readonly reason: string
  readonly applies: (query: string, what: Aspect, want: Answer, got: Answer) => boolean
}

const KNOWN: readonly KnownDifference[] = []

/** The reason of a difference, when there is one. */
export function knownDifference(query: string, what: Aspect, want: Answer, got: Answer): string | undefined {
  return KNOWN.find(({ applies }) => applies(query, what, want, got))?.reason
}
