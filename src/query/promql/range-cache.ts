/**
 * Results of range queries, kept so that a dashboard that asks again only has its new steps computed. A step is used again
 * only while no sample that it could have read was written, late or not, since it was computed: the store tells the oldest time
 * that any write touched.
 */
import type { MetricsQuerier } from '../../signals/metrics.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { Counter, Telemetry } from '../../core/telemetry.ts'
import type { Grid } from './eval/grid.ts'
import { lastTime, timeAt } from './eval/grid.ts'
import type { Reads } from './eval/reads.ts'
import { LabelList } from './eval/label-columns.ts'
import { concatenated, stepSlice } from './eval/steps.ts'
import type { StepVector } from './eval/vector.ts'

/** What is kept of one evaluation. */
export interface CachedRange {
  readonly grid: Grid
  readonly vector: StepVector
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

interface Entry extends CachedRange {
  /** The store's mark before the oldest of the steps was computed. */
  readonly mark: number
  readonly reads: Reads
  readonly bytes: number
}

export interface RangeCacheDeps {
  readonly changes: MetricsQuerier['changes']
  readonly telemetry: Telemetry
}

/** An entry may take this part of the whole, so that one query does not push out all others. */
const LARGEST_SHARE = 0.25
/** About what a row's label set takes. */
const ROW_BYTES = 400
const CELL_BYTES = 9
/** Fewer steps are not worth putting a result together for. */
const FEWEST_STEPS = 4

export class RangeCache {
  readonly #maxBytes: number
  readonly #deps: RangeCacheDeps
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>()
  readonly #lookups: Counter<'result'>
  #bytes = 0

  /** `maxBytes` 0 keeps nothing. */
  constructor(maxBytes: number, deps: RangeCacheDeps) {
    this.#maxBytes = maxBytes
    this.#deps = deps
    this.#lookups = deps.telemetry.counter({
      name: 'bongsu_query_range_cache_lookups_total',
      help: 'Range queries by what the cache of results had of them: all steps, some, or none.',
      labels: ['result'],
    })
    deps.telemetry
      .gauge({
        name: 'bongsu_query_range_cache_bytes',
        help: 'Memory that results of range queries take in their cache.',
      })
      .read(() => this.#bytes)
  }

  /**
   * What is still valid of `grid`'s steps: one run of them, from the first on or up to the last; undefined when there is none.
   * `key` must tell the query, resolved, with everything but start and end.
   */
  find(tenant: TenantId, key: string, grid: Grid): CachedRange | undefined {
    const place = placeOf(tenant, key, grid)
    const entry = this.#entries.get(place)
    const valid = entry && this.#validPart(tenant, entry, grid)
    if (entry === undefined || valid === undefined) {
      this.#lookups.inc(1, { result: 'none' })
      return undefined
    }
    this.#entries.delete(place)
    this.#entries.set(place, entry)
    this.#lookups.inc(1, { result: valid.grid.count === grid.count ? 'all' : 'some' })
    return valid
  }

  /** Keeps a result, in place of what was known of the same query. `mark` was taken before anything of it was looked up or evaluated. */
  keep(tenant: TenantId, key: string, result: CachedRange, { mark, reads }: { mark: number; reads: Reads }): void {
    const place = placeOf(tenant, key, result.grid)
    const before = this.#entries.get(place)
    const bytes = result.vector.kinds.length * CELL_BYTES + result.vector.labels.size * ROW_BYTES
    if (before !== undefined) this.#drop(place, before)
    if (bytes > this.#maxBytes * LARGEST_SHARE || result.vector.histograms !== undefined) return
    this.#entries.set(place, { ...result, vector: withOwnLabels(result.vector), mark, reads, bytes })
    this.#bytes += bytes
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break
      this.#drop(oldest, entry)
    }
  }

  /** The mark that the entry's steps have now: the store's, as long as none of them was touched since. */
  mark(tenant: TenantId): number {
    return this.#deps.changes(tenant).mark
  }

  #validPart(tenant: TenantId, entry: Entry, grid: Grid): CachedRange | undefined {
    const { oldestChange } = this.#deps.changes(tenant, entry.mark)
    if (entry.reads.fixed >= oldestChange) return undefined
    const first = Math.max(entry.grid.start, grid.start)
    const last = Math.min(lastTime(entry.grid), lastTime(grid), lastBefore(oldestChange - entry.reads.ahead, grid))
    const count = Math.floor((last - first) / grid.step) + 1
    if (!(count >= FEWEST_STEPS || (count > 0 && count === grid.count))) return undefined
    const from = Math.round((first - entry.grid.start) / grid.step)
    const { warnings, infos } = entry
    return { grid: { ...grid, start: first, count }, vector: stepSlice(entry.vector, from, count), warnings, infos }
  }

  #drop(place: string, entry: Entry): void {
    this.#entries.delete(place)
    this.#bytes -= entry.bytes
  }
}

/** Labels of a selection keep memory of the store alive, which must not last as long as an entry. */
function withOwnLabels(vector: StepVector): StepVector {
  const { labels } = vector
  return { ...vector, labels: new LabelList(Array.from({ length: labels.size }, (_, row) => labels.at(row))) }
}

/** Grids whose steps fall on the same times share a place. */
function placeOf(tenant: TenantId, key: string, { start, step }: Grid): string {
  return JSON.stringify([tenant, step, ((start % step) + step) % step, key])
}

/** The grid's last step before `time`. */
function lastBefore(time: number, { start, step }: Grid): number {
  if (time === Infinity) return Infinity
  return start + Math.floor((Math.ceil(time) - 1 - start) / step) * step
}

/** What of a query is evaluated around what is known of it. */
export interface Gaps {
  readonly before: Grid | undefined
  readonly known: CachedRange
  readonly behind: Grid | undefined
}

/**
 * The parts of `grid` before and behind the steps that are known. A single step is evaluated together with its neighbour: alone
 * it would be an instant query, whose rows may come in another order, so that sums over them differ in their last bit.
 */
export function gapsAround(grid: Grid, known: CachedRange): Gaps {
  const lead = Math.round((known.grid.start - grid.start) / grid.step)
  const tail = grid.count - lead - known.grid.count
  const from = lead === 1 ? 1 : 0
  const count = known.grid.count - from - (tail === 1 ? 1 : 0)
  const kept = { ...grid, start: timeAt(known.grid, from), count }
  return {
    before: lead > 0 ? { ...grid, count: lead + from } : undefined,
    known: { ...known, grid: kept, vector: stepSlice(known.vector, from, count) },
    behind: tail > 0 ? { ...grid, start: timeAt(kept, count), count: Math.max(2, tail) } : undefined,
  }
}

/** One result of parts that follow each other. */
export function joinedRanges(parts: readonly CachedRange[], grid: Grid): CachedRange {
  const unique = (of: (part: CachedRange) => readonly string[]): string[] => [...new Set(parts.flatMap(of))]
  return {
    grid,
    vector: concatenated(parts.map(({ vector }) => vector)),
    warnings: unique(({ warnings }) => warnings),
    infos: unique(({ infos }) => infos),
  }
}
