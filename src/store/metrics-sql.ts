/** The queries on the metrics tables. Ranges are half-open, in UnixMs. */
import type { TimeRange, UnixMs } from '../core/time.ts'
import { METRIC_NAME } from '../model/labels.ts'
import type { Matcher, Selector } from '../model/matcher.ts'
import type { TenantId } from '../model/tenant.ts'
import type { SelectOptions } from '../signals/metrics.ts'
import { metricHash } from './head/identity.ts'
import { dayOf } from './metrics-tables.ts'
import { BUCKET_MS } from './sample-order.ts'
import { join, param, sql } from './sql/sql.ts'
import type { SqlPiece } from './sql/sql.ts'

/** What DateTime64(3) can say: the years 1900 to 2299. */
const MIN_TIME = -2_208_988_800_000
const MAX_TIME = 10_413_791_999_999

export interface SeriesScope {
  readonly tenant: TenantId
  readonly selector: Selector
  readonly range: TimeRange<UnixMs>
}

/** Distinct metric hashes and ids, in their order, of the series that match and have a row on a day of the range. */
export function idsQuery(scope: SeriesScope): SqlPiece {
  return sql`SELECT DISTINCT metric, id FROM series WHERE ${seriesConditions(scope)} ORDER BY metric, id`
}

/** Label sets by id: of all series of the scope, or of `ids` only. */
export function labelsQuery(scope: SeriesScope, ids: readonly bigint[] | undefined): SqlPiece {
  const some = ids === undefined ? sql`` : sql` AND id IN ${param('Array(UInt64)', ids)}`
  return sql`SELECT id, labels FROM series WHERE ${seriesConditions(scope)}${some} LIMIT 1 BY id`
}

/** Label sets of series by id, whenever they were active. */
export function labelsByIdQuery(tenant: TenantId, ids: readonly bigint[]): SqlPiece {
  return sql`SELECT labels FROM series WHERE tenant = ${param('String', tenant)} AND id IN ${param('Array(UInt64)', ids)} LIMIT 1 BY id`
}

export function labelNamesQuery(scope: SeriesScope): SqlPiece {
  return sql`SELECT DISTINCT arrayJoin(mapKeys(labels)) AS name FROM series WHERE ${seriesConditions(scope)}`
}

export function labelValuesQuery(scope: SeriesScope, name: string): SqlPiece {
  const label = param('String', name)
  return sql`SELECT DISTINCT labels[${label}] AS value FROM series WHERE ${seriesConditions(scope)} AND value != ''`
}

/** Series by name, in place of the matchers that found them. */
export interface ListedSeries {
  readonly metrics: readonly number[]
  /** Undefined when it is all series of the metrics. */
  readonly ids: readonly bigint[] | undefined
}

/**
 * Float samples of `listed`, in the order in which they lie: by bucket, within it by series, then time. `t` is the time in ms:
 * since the range's start when that is `short` enough for 32 bits.
 */
export function slicesQuery(
  { tenant, range }: SeriesScope,
  { metrics, ids }: ListedSeries,
  { starts, short, windows }: Pick<SelectOptions, 'starts' | 'windows'> & { readonly short: boolean },
): SqlPiece {
  const ms = sql`toUnixTimestamp64Milli(ts)`
  const t = short ? sql`toUInt32(${ms} - ${param('Int64', clampedTime(range.start))})` : sql`toFloat64(${ms})`
  const conditions = [...rangeConditions(tenant, range), sql`metric IN ${param('Array(UInt32)', metrics)}`]
  if (ids !== undefined) conditions.push(sql`id IN ${param('Array(UInt64)', ids)}`)
  if (windows !== undefined) {
    const { from, every, span } = windows
    const phase = sql`(${ms} - ${param('Int64', from)}) % ${param('Int64', every)}`
    conditions.push(sql`${phase} < ${param('Int64', span)}`)
  }
  const order = isOneBucket(range) ? sql`` : sql`intDiv(${ms}, 7200000), `
  return sql`SELECT id, ${t} AS t, val${starts ? sql`, st` : sql``} FROM samples
WHERE ${join(conditions, ' AND ')} ORDER BY ${order}metric, id, ts`
}

/** Native histograms in order of series, then time. */
export function histogramsQuery(scope: SeriesScope): SqlPiece {
  return sql`SELECT id, ts, st, flags, schema, zero_threshold, zero_count, count, sum, pos_offsets, pos_lengths, pos_counts, neg_offsets, neg_lengths, neg_counts, custom_values
FROM histograms WHERE ${rowConditions(scope)} ORDER BY metric, id, ts`
}

export function exemplarsQuery(scope: SeriesScope, limit: number): SqlPiece {
  const { tenant, range } = scope
  return sql`SELECT id, ts, val, labels FROM exemplars WHERE tenant = ${param('String', tenant)} AND ${timeCondition(range)}
AND (metric, id) IN (SELECT metric, id FROM series WHERE ${seriesConditions(scope)})
ORDER BY metric, id, ts LIMIT ${param('UInt64', limit)}`
}

export function timeCondition(range: TimeRange<UnixMs>): SqlPiece {
  return sql`ts >= ${time(range.start)} AND ts < ${time(range.end)}`
}

/** The planner does not derive the bucket of the sorting key from the time, so it is told. */
export function bucketCondition(range: TimeRange<UnixMs>): SqlPiece {
  const [first, last] = bucketsOf(range)
  // Said as an equality it lets rows of one bucket be read in their order.
  if (first === last) return sql`intDiv(toUnixTimestamp64Milli(ts), 7200000) = ${param('Int64', first)}`
  return sql`intDiv(toUnixTimestamp64Milli(ts), 7200000) BETWEEN ${param('Int64', first)} AND ${param('Int64', last)}`
}

function bucketsOf(range: TimeRange<UnixMs>): readonly [first: number, last: number] {
  const first = Math.floor(clampedTime(range.start) / BUCKET_MS)
  const last = Math.floor((clampedTime(range.end) - 1) / BUCKET_MS)
  // intDiv rounds towards zero, which puts times before 1970 one bucket later.
  return [first, last < 0 ? last + 1 : last]
}

function isOneBucket(range: TimeRange<UnixMs>): boolean {
  const [first, last] = bucketsOf(range)
  return first === last
}

function rangeConditions(tenant: TenantId, range: TimeRange<UnixMs>): SqlPiece[] {
  return [bucketCondition(range), sql`tenant = ${param('String', tenant)}`, timeCondition(range)]
}

function rowConditions(scope: SeriesScope): SqlPiece {
  const { tenant, selector, range } = scope
  const conditions = rangeConditions(tenant, range)
  const name = selector.find((matcher) => matcher.name === METRIC_NAME && matcher.op === '=')
  if (name !== undefined) conditions.push(sql`metric = ${param('UInt32', metricHash(name.value))}`)
  conditions.push(sql`(metric, id) IN (SELECT metric, id FROM series WHERE ${seriesConditions(scope)})`)
  return join(conditions, ' AND ')
}

/** Series rows of the days that the range touches. */
export function dayCondition({ start, end }: TimeRange<UnixMs>): SqlPiece {
  return sql`day BETWEEN toDate(${param('UInt16', dayOf(start))}) AND toDate(${param('UInt16', dayOf(end - 1))})`
}

function seriesConditions({ tenant, selector, range }: SeriesScope): SqlPiece {
  // The table is ordered by metric name: with it given, the index of the other labels would cost more than it saves.
  const isNamed = selector.some(({ name, op }) => name === METRIC_NAME && op === '=')
  return join(
    [
      dayCondition(range),
      sql`tenant = ${param('String', tenant)}`,
      ...selector.flatMap((matcher) => (isNamed ? [] : indexConditions(matcher))),
      ...selector.map(matcherCondition),
    ],
    ' AND ',
  )
}

/** What the index of `label=value` answers. Never enough by itself: a name may hold a `=`. */
function indexConditions({ name, op, value }: Matcher): SqlPiece[] {
  if (op !== '=' || value === '' || name === METRIC_NAME) return []
  return [sql`has(kv, ${param('String', `${name}=${value}`)})`]
}

// An absent key of a Map reads as '', which is just what a matcher sees of a label that a series lacks.
function matcherCondition({ name, op, value }: Matcher): SqlPiece {
  const subject = name === METRIC_NAME ? sql`metric_name` : sql`labels[${param('String', name)}]`
  const anchored = param('String', `^(?s:${value})$`)
  switch (op) {
    case '=':
      return sql`${subject} = ${param('String', value)}`
    case '!=':
      return sql`${subject} != ${param('String', value)}`
    case '=~':
      return sql`match(${subject}, ${anchored})`
    case '!~':
      return sql`NOT match(${subject}, ${anchored})`
    default:
      throw new Error(`unknown matcher operator ${String(op)}`)
  }
}

function time(t: number): SqlPiece {
  return sql`fromUnixTimestamp64Milli(${param('Int64', clampedTime(t))}, 'UTC')`
}

/** The nearest time that the tables can hold. */
export function clampedTime(t: number): number {
  return Math.ceil(Math.min(MAX_TIME, Math.max(MIN_TIME, t)))
}
