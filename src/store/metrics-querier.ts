/** The road out of metrics: recent rows from the head, older ones from the tables, as one. */
import type { Clock } from '../core/clock.ts'
import type { TimeRange, UnixMs } from '../core/time.ts'
import { unixMs } from '../core/time.ts'
import { compareUtf8 } from '../core/utf8.ts'
import { compareLabelSets } from '../model/labels.ts'
import type { LabelSet } from '../model/labels.ts'
import type { Selector } from '../model/matcher.ts'
import type { TenantId } from '../model/tenant.ts'
import { tooManySeries } from '../signals/ingest.ts'
import type { QueryContext } from '../signals/ingest.ts'
import type {
  Cardinality,
  CardinalityOptions,
  ExemplarSeries,
  LabelColumns,
  ListOptions,
  MetadataRow,
  MetricsQuerier,
  Selection,
  SelectOptions,
} from '../signals/metrics.ts'
import type { Block, Engine } from './engine.ts'
import { countCardinality } from './head/cardinality.ts'
import { ChangeLog } from './head/changes.ts'
import type { Head } from './head/head.ts'
import { SeriesRegistry } from './head/registry.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { findExemplars } from './metrics-exemplars.ts'
import { StoreSelection } from './metrics-select.ts'
import type { SelectedStore } from './metrics-select.ts'
import { labelNamesQuery, labelsQuery, labelValuesQuery } from './metrics-sql.ts'
import type { SeriesScope } from './metrics-sql.ts'
import { BlockMemory } from './sample-block.ts'
import { SelectedLabels } from './selected-labels.ts'
import { labelSets } from './stored-rows.ts'
import { IdRows, StoredRows } from './stored-series.ts'
import type { FoundSeries, StoredSeries } from './stored-series.ts'

export interface MetricsReaderDeps {
  readonly clock: Clock
  readonly engine: Engine
  readonly head: Head
  /** Resolves when the tables hold every row older than `before` that was acknowledged so far. */
  readonly flushOlder: (before: number, signal: AbortSignal) => Promise<void>
  /** Whether the tables may hold native histograms of the tenant. */
  readonly hasStoredHistograms: (tenant: string) => boolean
}

type Range = TimeRange<UnixMs>

interface StoredPart extends FoundSeries {
  readonly scope: SeriesScope
  readonly rows: StoredRows
}

const EVERYTHING: readonly Selector[] = [[]]
const NO_REFS = new Uint32Array(0)
const NO_SERIES = new SeriesRegistry()

export class MetricsReader implements MetricsQuerier {
  readonly #deps: MetricsReaderDeps
  readonly #memory: BlockMemory

  constructor(deps: MetricsReaderDeps) {
    this.#deps = deps
    this.#memory = new BlockMemory(deps.head.memory)
  }

  async select(selector: Selector, range: Range, options: SelectOptions, ctx: QueryContext): Promise<Selection> {
    ctx.signal.throwIfAborted()
    const { head, clock } = this.#deps
    const pin = head.pin()
    try {
      const tenant = head.find(ctx.tenant)
      const own = { start: unixMs(Math.max(range.start, pin.watermark)), end: range.end }
      const recent = tenant === undefined ? NO_REFS : inOrder(seriesIn(tenant, selector, own), tenant.registry)
      checkSeries(recent.length, ctx)
      const older = olderPart(range, pin.watermark)
      const found = older === undefined ? undefined : await this.#findStored(selector, older, tenant, ctx)
      const { refs, labels, store } = await this.#lines(recent, found, tenant, options, ctx)
      const parts = {
        labels,
        head: tenant === undefined ? undefined : { tenant, refs, range: own },
        store,
        starts: options.starts,
      }
      return new StoreSelection(parts, ctx, { clock, memory: this.#memory, release: () => pin.release() })
    } catch (error) {
      pin.release()
      throw error
    }
  }

  changes(tenant: TenantId, mark?: number): { readonly mark: number; readonly oldestChange: number } {
    const { head } = this.#deps
    return (head.find(tenant)?.changes ?? new ChangeLog(head.firstMark)).since(mark)
  }

  async findSeries(
    selectors: readonly Selector[],
    range: Range,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<readonly LabelSet[]> {
    const found = new Map<string, LabelSet>()
    const add = (labels: LabelSet): void => {
      found.set(labels.key(), labels)
      checkSeries(found.size, ctx)
    }
    await this.#list(selectors, range, ctx, {
      head: (tenant, refs) => {
        for (const ref of refs) add(tenant.labelsOf(ref))
      },
      stored: async (rows, scope) => {
        for await (const block of rows.read(labelsQuery(scope, undefined)))
          for (const labels of labelSets(block)) add(labels)
      },
    })
    return limited([...found.values()].sort(compareLabelSets), options)
  }

  async labelNames(
    selectors: readonly Selector[],
    range: Range,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<readonly string[]> {
    const found = new Set<string>()
    await this.#list(selectors, range, ctx, {
      head: ({ registry }, refs) => {
        for (const label of registry.labels()) {
          const valueOf = registry.reader(label)
          if (!found.has(label.name) && refs.some((ref) => valueOf(ref) !== 0)) found.add(label.name)
        }
      },
      stored: async (rows, scope) => {
        for (const name of await rows.texts(labelNamesQuery(scope), 'name')) found.add(name)
      },
    })
    return limited([...found].sort(compareUtf8), options)
  }

  async labelValues(
    name: string,
    selectors: readonly Selector[],
    range: Range,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<readonly string[]> {
    const found = new Set<string>()
    await this.#list(selectors, range, ctx, {
      head: ({ registry }, refs) => {
        const label = registry.label(name)
        if (label === undefined) return
        const valueOf = registry.reader(label)
        const seen = new Uint8Array(label.capacity)
        for (const ref of refs) seen[valueOf(ref)] = 1
        for (let id = 1; id < seen.length; id++) if (seen[id] === 1) found.add(label.valueOf(id))
      },
      stored: async (rows, scope) => {
        for (const value of await rows.texts(labelValuesQuery(scope, name), 'value')) found.add(value)
      },
    })
    return limited([...found].sort(compareUtf8), options)
  }

  findExemplars(selectors: readonly Selector[], range: Range, ctx: QueryContext): Promise<readonly ExemplarSeries[]> {
    const { engine, head } = this.#deps
    return findExemplars(selectors, range, ctx, { head, rows: new StoredRows(engine, ctx.signal) })
  }

  findMetadata(
    metric: string | undefined,
    options: ListOptions,
    ctx: QueryContext,
  ): Promise<ReadonlyMap<string, readonly MetadataRow[]>> {
    const store = this.#deps.head.find(ctx.tenant)?.metadata
    const names = metric === undefined ? (store?.names() ?? []).sort(compareUtf8) : [metric]
    const found = new Map<string, readonly MetadataRow[]>()
    for (const name of limited(names, options)) {
      const rows = store?.of(name) ?? []
      if (rows.length > 0) found.set(name, rows)
    }
    return Promise.resolve(found)
  }

  cardinality({ limit, selector }: CardinalityOptions, ctx: QueryContext): Promise<Cardinality> {
    const tenant = this.#deps.head.tenant(ctx.tenant)
    const refs = tenant.match(selector)
    let minTime = Infinity
    let maxTime = -Infinity
    for (const ref of refs) {
      minTime = Math.min(minTime, tenant.firstTime(ref))
      maxTime = Math.max(maxTime, tenant.samples.lastTime(ref))
    }
    const { series, seriesPerMetric } = tenant.limits
    return Promise.resolve({
      ...countCardinality(tenant.registry, refs, limit),
      chunks: this.#deps.head.chunks,
      minTime: unixMs(Number.isFinite(minTime) ? minTime : 0),
      maxTime: unixMs(Number.isFinite(maxTime) ? maxTime : 0),
      limits: { series, seriesPerMetric },
      refusals: tenant.refusals.list(),
    })
  }

  async #findStored(
    selector: Selector,
    range: Range,
    tenant: TenantHead | undefined,
    ctx: QueryContext,
  ): Promise<StoredPart | undefined> {
    const { engine, flushOlder } = this.#deps
    await flushOlder(range.end, ctx.signal)
    const rows = new StoredRows(engine, ctx.signal)
    const scope: SeriesScope = { tenant: ctx.tenant, selector, range }
    const found = await rows.series(scope, tenant, (count) => checkSeries(count, ctx))
    return found.series.length === 0 ? undefined : { ...found, scope, rows }
  }

  /** Gives each series its row: those that the head knows in order of ref, so that those of a target are together. */
  async #lines(
    recent: Uint32Array,
    found: StoredPart | undefined,
    tenant: TenantHead | undefined,
    options: SelectOptions,
    ctx: QueryContext,
  ): Promise<{ refs: Uint32Array; labels: LabelColumns; store: SelectedStore | undefined }> {
    const refs = found === undefined ? recent : union(recent, found.series)
    const stored = found?.series.flatMap((one) => ('labels' in one ? [one.labels] : [])) ?? []
    const labels = new SelectedLabels(tenant?.registry ?? NO_SERIES, refs, stored)
    checkSeries(labels.size, ctx)
    if (tenant !== undefined) this.#deps.head.keepLabelsOf(labels)
    if (found === undefined) return { refs, labels, store: undefined }
    const { series, listed, scope, rows } = found
    let next = refs.length
    const ids = new IdRows(
      series,
      series.map((one) => ('ref' in one ? placeOf(refs, one.ref) : next++)),
    )
    const hasHistograms = this.#deps.hasStoredHistograms(ctx.tenant)
    const histograms = hasHistograms ? await rows.histograms(scope, ids) : new Map<number, never>()
    const samples = (): AsyncIterable<Block> => rows.samples(scope, listed, options.starts)
    return { refs, labels, store: { rowOf: (words, row) => ids.at(words, row), samples, histograms } }
  }

  /** Calls `head` and `stored` for each selector (none = all) with what of the range each of them answers for. */
  async #list(
    selectors: readonly Selector[],
    range: Range,
    ctx: QueryContext,
    visit: {
      readonly head: (tenant: TenantHead, refs: Uint32Array) => void
      readonly stored: (rows: StoredRows, scope: SeriesScope) => Promise<void>
    },
  ): Promise<void> {
    ctx.signal.throwIfAborted()
    const { engine, head, flushOlder } = this.#deps
    const pin = head.pin()
    try {
      const tenant = head.find(ctx.tenant)
      const older = olderPart(range, pin.watermark)
      if (older !== undefined) await flushOlder(older.end, ctx.signal)
      for (const selector of selectors.length === 0 ? EVERYTHING : selectors) {
        if (tenant !== undefined) visit.head(tenant, seriesIn(tenant, selector, range))
        if (older === undefined) continue
        await visit.stored(new StoredRows(engine, ctx.signal), { tenant: ctx.tenant, selector, range: older })
      }
    } finally {
      pin.release()
    }
  }
}

/** The part of the range for which the tables are asked. */
function olderPart(range: Range, watermark: number): Range | undefined {
  const end = unixMs(Math.min(range.end, watermark))
  return range.start < end ? { start: range.start, end } : undefined
}

/** Matching series that have rows in the head near the range. */
function seriesIn(tenant: TenantHead, selector: Selector, { start, end }: Range): Uint32Array {
  const refs = tenant.match(selector)
  let kept = 0
  for (let i = 0; i < refs.length; i++) {
    const ref = refs[i] as number
    const newest = tenant.samples.lastTime(ref)
    // A series whose newest row lies before the end needs no look at its oldest, which is far away in memory.
    if (newest >= start && (newest < end || tenant.firstTime(ref) < end)) refs[kept++] = ref
  }
  return refs.subarray(0, kept)
}

/** `refs`, each once, brought into order in place. */
function inOrder(refs: Uint32Array, { size }: SeriesRegistry): Uint32Array {
  let at = 1
  while (at < refs.length && (refs[at] as number) > (refs[at - 1] as number)) at++
  if (at >= refs.length) return refs
  // The lists of several values, one behind the other: of many refs, marking each and looking for marks is the faster sort.
  if (refs.length * 16 < size) return refs.sort()
  const marks = new Uint8Array(size)
  for (let i = 0; i < refs.length; i++) marks[refs[i] as number] = 1
  let to = 0
  for (let ref = 0; ref < size; ref++) if (marks[ref] === 1) refs[to++] = ref
  return refs
}

/** Sorted `refs` and those of the series, each once, in order. */
function union(refs: Uint32Array, series: readonly StoredSeries[]): Uint32Array {
  const all = new Uint32Array(refs.length + series.length)
  all.set(refs)
  let count = refs.length
  for (const one of series) if ('ref' in one) all[count++] = one.ref
  const sorted = all.subarray(0, count).sort()
  let kept = 0
  for (let i = 0; i < count; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[kept++] = sorted[i] as number
  return sorted.subarray(0, kept)
}

/** Index of `ref` in sorted `refs`. */
function placeOf(refs: Uint32Array, ref: number): number {
  let low = 0
  let high = refs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((refs[middle] as number) < ref) low = middle + 1
    else high = middle
  }
  return low
}

function checkSeries(count: number, { limits: { maxSeries } }: QueryContext): void {
  if (count > maxSeries) throw tooManySeries({ limit: maxSeries })
}

function limited<T>(items: readonly T[], { limit }: ListOptions): readonly T[] {
  return limit > 0 ? items.slice(0, limit) : items
}
