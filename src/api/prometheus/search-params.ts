/** The parameters of the search API, in its words. Follows parseSearchParams, web/api/v1/search.go, prometheus@v3.14. */
import type { TimeRange, UnixMs } from '../../core/time.ts'
import { unixMs } from '../../core/time.ts'
import type { Selector } from '../../model/matcher.ts'
import { badRequest, plainTime, selectorsParam } from './params.ts'
import { FUZZY_ALGORITHMS, scorerOf } from './search-scores.ts'
import type { Scorer } from './search-scores.ts'

export interface SearchParams {
  readonly selectors: readonly Selector[]
  /** Half-open. */
  readonly range: TimeRange<UnixMs>
  readonly score: Scorer
  readonly order: 'rising' | 'falling' | 'best first'
  readonly includeScore: boolean
  readonly limit: number
  readonly batchSize: number
}

const HOUR = 3_600_000
const MOST_TERMS = 32
const DEFAULT_LIMIT = 100
/** As `web.search.max-limit` of Prometheus. */
const MOST_LIMIT = 10_000

/** Throws `api.bad_request`. `endpoint`: the last part of its path. */
export function searchParams(params: URLSearchParams, endpoint: string, now: UnixMs): SearchParams {
  const start = plainTime(params, 'start', unixMs(now - HOUR))
  const end = plainTime(params, 'end', now)
  if (end < start) refuse('end timestamp must not be before start timestamp')
  const selectors = selectorsParam(params)
  const terms = params.getAll('search[]')
  if (terms.length > MOST_TERMS) refuse(`too many search[] terms: got ${terms.length}, maximum is ${MOST_TERMS}`)
  const threshold = thresholdOf(params) / 100
  const algorithm = algorithmOf(params)
  const caseSensitive = booleanParam(params, 'case_sensitive', true)
  const includeScore = booleanParam(params, 'include_score', false)
  const order = orderOf(params, terms)
  const limit = limitOf(params)
  const batchSize = positive(params, 'batch_size') ?? DEFAULT_LIMIT
  checkSortBy(params, endpoint)
  const score = scorerOf({ terms, threshold, algorithm, caseSensitive })
  return { selectors, range: { start, end: unixMs(end + 1) }, score, order, includeScore, limit, batchSize }
}

function refuse(message: string): never {
  throw badRequest({ message })
}

const text = (params: URLSearchParams, name: string): string => params.get(name) ?? ''

function thresholdOf(params: URLSearchParams): number {
  const value = text(params, 'fuzz_threshold')
  const threshold = value === '' ? 0 : wholeNumber(value)
  if (!(threshold >= 0 && threshold <= 100)) refuse(`invalid fuzz_threshold ${JSON.stringify(value)}: must be 0-100`)
  return threshold
}

function algorithmOf(params: URLSearchParams): (typeof FUZZY_ALGORITHMS)[number] {
  const value = text(params, 'fuzz_alg')
  const known = FUZZY_ALGORITHMS.find((one) => one === value)
  if (known === undefined && value !== '') {
    refuse(`unsupported fuzz_alg ${JSON.stringify(value)}: must be one of [${FUZZY_ALGORITHMS.join(' ')}]`)
  }
  return known ?? 'subsequence'
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((one) => [one, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((one) => [one, false])),
}

/** A boolean as Go's ParseBool reads it. */
export function booleanParam(params: URLSearchParams, name: string, otherwise: boolean): boolean {
  const value = text(params, name)
  if (value === '') return otherwise
  return BOOLEANS[value] ?? refuse(`invalid ${name} ${JSON.stringify(value)}: must be boolean`)
}

function orderOf(params: URLSearchParams, terms: readonly string[]): SearchParams['order'] {
  const by = text(params, 'sort_by')
  const direction = text(params, 'sort_dir')
  if (direction !== '' && by === '') refuse('sort_dir is only valid when sort_by is set')
  if (direction !== '' && by === 'score') refuse('sort_dir is not supported for sort_by=score')
  if (!['', 'asc', 'dsc'].includes(direction)) {
    refuse(`invalid sort_dir ${JSON.stringify(direction)}: must be "asc" or "dsc"`)
  }
  if (by === 'score' && terms.length === 0) refuse('sort_by=score requires search[] to be set')
  if (by === 'score') return 'best first'
  return by === 'alpha' && direction === 'dsc' ? 'falling' : 'rising'
}

/** The last check there, after all other parameters. */
function checkSortBy(params: URLSearchParams, endpoint: string): void {
  const by = text(params, 'sort_by')
  if (!['', 'alpha', 'score'].includes(by)) {
    refuse(`invalid sort_by ${JSON.stringify(by)} for ${endpoint}: must be "alpha" or "score"`)
  }
}

function limitOf(params: URLSearchParams): number {
  const limit = positive(params, 'limit') ?? DEFAULT_LIMIT
  if (limit > MOST_LIMIT) {
    refuse(`limit ${limit} exceeds the configured maximum (${MOST_LIMIT}, see --web.search.max-limit)`)
  }
  return limit
}

function positive(params: URLSearchParams, name: string): number | undefined {
  const value = text(params, name)
  if (value === '') return undefined
  const number = wholeNumber(value)
  if (!(number > 0)) refuse(`invalid ${name} ${JSON.stringify(value)}: must be a positive integer`)
  return number
}

/** As Go's Atoi reads it; NaN for what it refuses. */
function wholeNumber(value: string): number {
  const number = /^[+-]?\d+$/.test(value) ? Number(value) : NaN
  return Math.abs(number) < 2 ** 63 ? number : NaN
}
