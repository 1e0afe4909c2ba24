/** What to do about a refusal of the server, by what it says. */
import type { ApiError } from '../data/http.ts'

const ADVICE = [
  ['points', /11,000 points/],
  ['timeout', /timed out|deadline|timeout/i],
  ['samples', /too many samples/],
  ['series', /too many series|too_many_series|more than .* series/i],
  ['memory', /memory/],
  ['manyToMany', /many-to-many matching|found duplicate series/],
  ['grouping', /multiple matches for labels/],
  ['labelset', /same labelset/],
  ['rangeType', /invalid expression type "range vector"|expected type .* got range vector/],
  ['instantType', /expected type range vector/],
  ['syntax', /parse error/],
] as const

export type Advice = (typeof ADVICE)[number][0] | 'busy'

/** Undefined when there is nothing to say that the message does not say. */
export function adviceOf(error: Pick<ApiError, 'kind' | 'message' | 'status'>): Advice | undefined {
  if (error.kind !== 'server') return undefined
  const found = ADVICE.find(([, pattern]) => pattern.test(error.message))
  return found?.[0] ?? (error.status === 503 || error.status === 429 ? 'busy' : undefined)
}
