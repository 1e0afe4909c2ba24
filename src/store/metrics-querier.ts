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
import type { Engine } from './engine.ts'
import { countCardinality } from './head/cardinality.ts'
import { ChangeLog } from './head/changes.ts'
import type { Head } from './head/head.ts'
import { SeriesRegistry } from './head/registry.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { findExemplars } from './metrics-exemplars.ts'
import { NO_ROW, StoreSelection } from './metrics-select.ts'
import type { SelectedStore, SelectionParts } from './metrics-select.ts'
import { labelNamesQuery, labelsQuery, labelValuesQuery } from './metrics-sql.ts'
import type { SeriesScope } from './metrics-sql.ts'
import { BlockMemory } from './sample-block.ts'
import { SelectedLabels } from './selected-labels.ts'
import { labelSets } from './stored-rows.ts'
import { StoredIndex } from './stored-index.ts'
import type { SeriesAdded } from './stored-index.ts'
import type { StoredList } from './stored-list.ts'
import { StoredPages } from './stored-pages.ts'
import type { SamplesAdded } from './stored-pages.ts'
import { StoredRows } from './stored-series.ts'
import { Density, SliceMemory, SliceReader } from './stored-slices.ts'
import type { SeriesRuns } from './stored-slices.ts'

export interface MetricsReaderDeps {
  readonly clock: Clock
  readonly engine: Engine
  readonly head: Head
  /** Resolves when the tables hold every row older than `before` that was acknowledged so far. */
  readonly flushOlder: (before: number, signal: AbortSignal) => Promise<void>
  /** Whether the tables may hold native histograms of the tenant. */
  readonly hasStoredHistograms: (tenant: string) => boolean
  /** Memory for samples that were read from the tables lately. */
  readonly pageBytes: number
}

type Range = TimeRange<UnixMs>

/** What the tables have for a selection. */
interface StoredPart {
  readonly scope: SeriesScope
  readonly rows: StoredRows
  readonly list: StoredList
}

const EVERYTHING: readonly Selector[] = [[]]
const NO_REFS = new Uint32Array(0)
const NO_SERIES = new SeriesRegistry()
/** In place of a ref. */
const UNKNOWN = 0xffffffff
/** How often labels are asked for that were in the head a moment ago. */
const LABEL_ROUNDS = 3

export class MetricsReader implements MetricsQuerier {
  readonly #deps: MetricsReaderDeps
  readonly #memory: BlockMemory
  readonly #index = new StoredIndex()
  readonly #density = new Density()
  readonly #slices = new SliceMemory()
  readonly #pages: StoredPages
  #lists = 0

  constructor(deps: MetricsReaderDeps) {
    this.#deps = deps
    this.#memory = new BlockMemory(deps.head.memory)
    this.#pages = new StoredPages(deps.pageBytes)
  }

  async select(selector: Selector, range: Range, options: SelectOptions, ctx: QueryContext): Promise<Selection> {
    ctx.signal.throwIfAborted()
    const { head, clock } = this.#deps
    const pin = head.pin()
    try {
      const older = olderPart(range, pin.watermark)
      const found = older === undefined ? undefined : await this.#findStored(selector, older, ctx)
      // All that is asked of the head's series is asked now, in one turn: they may leave it at any other.
      const tenant = head.find(ctx.tenant)
      const own = { start: unixMs(Math.max(range.start, pin.watermark)), end: range.end }
      const recent = tenant === undefined ? NO_REFS : inOrder(seriesIn(tenant, selector, own), tenant.registry)
      const { refs, labels, store } = await this.#lines(recent, found, tenant, options, ctx)
      const parts: SelectionParts = {
        labels,
        head: tenant === undefined ? undefined : { tenant, refs, range: own },
        store,
        route: store === undefined ? 'memory' : recent.length === 0 ? 'tables' : 'memory and tables',
        isThinned: store !== undefined && options.windows !== undefined,
        starts: options.starts,
      }
      return new StoreSelection(parts, ctx, { clock, memory: this.#memory, release: () => pin.release() })
    } catch (error) {
      pin.release()
      throw error
    }
  }

  /** To be told of rows of the table of series once they are there. */
  seriesAdded(added: SeriesAdded): void {
    this.#index.added(added)
  }

  /** The same for the table of samples. */
  samplesAdded(added: SamplesAdded): void {
    this.#pages.added(added)
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

  async #findStored(selector: Selector, range: Range, ctx: QueryContext): Promise<StoredPart | undefined> {
    const { engine, flushOlder } = this.#deps
    await flushOlder(range.end, ctx.signal)
    const rows = new StoredRows(engine, ctx.signal)
    const scope: SeriesScope = { tenant: ctx.tenant, selector, range }
    const read = (): Promise<StoredList> => rows.series(scope, ++this.#lists, (count) => checkSeries(count, ctx))
    // Others write to a shared database too, and tell nobody here of their series.
    const list = engine.kind === 'embedded' ? await this.#index.find(scope, read) : await read()
    checkSeries(list.size, ctx)
    if (list.size === 0) return undefined
    const isUnknown = (place: number): boolean => refOf(list, place, this.#deps.head.find(ctx.tenant)) === UNKNOWN
    let missing = list.places(isUnknown)
    // Whoever leaves the head meanwhile is asked for in another round.
    for (let round = 0; round < LABEL_ROUNDS && missing.length > 0; round++) {
      await rows.addLabels(scope, list, missing)
      missing = list.places((place) => !list.labels.has(place) && isUnknown(place))
    }
    return { scope, rows, list }
  }

  /** Gives each series its row: those that the head knows in order of ref, so that those of a target are together. */
  async #lines(
    recent: Uint32Array,
    found: StoredPart | undefined,
    tenant: TenantHead | undefined,
    options: SelectOptions,
    ctx: QueryContext,
  ): Promise<{ refs: Uint32Array; labels: LabelColumns; store: SelectedStore | undefined }> {
    const known = found === undefined ? NO_REFS : refsOf(found.list, tenant)
    const refs = found === undefined ? recent : union(recent, known)
    const stored: LabelSet[] = []
    const rowOf = Uint32Array.from(known, (ref, place) => {
      if (ref !== UNKNOWN) return placeOf(refs, ref)
      const labels = found?.list.labels.get(place)
      return labels === undefined ? NO_ROW : refs.length + stored.push(labels) - 1
    })
    const labels = new SelectedLabels(tenant?.registry ?? NO_SERIES, refs, stored)
    checkSeries(labels.size, ctx)
    if (tenant !== undefined) this.#deps.head.keepLabelsOf(labels)
    if (found === undefined) return { refs, labels, store: undefined }
    const { list, scope, rows } = found
    const hasHistograms = this.#deps.hasStoredHistograms(ctx.tenant)
    const histograms = hasHistograms ? await rows.histograms(scope, list) : new Map<number, never>()
    const slices = (): AsyncIterable<SeriesRuns> => this.#runs(found, options)
    return { refs, labels, store: { rowOf, slices, histograms } }
  }

  /** Out of pages when they are few enough, else slice by slice. */
  async *#runs({ scope, list, rows }: StoredPart, options: SelectOptions): AsyncGenerator<SeriesRuns, void, undefined> {
    const reader = new SliceReader(scope, list, rows, { ...options, density: this.#density, memory: this.#slices })
    const { tenant, range } = scope
    const mayKeep = this.#deps.engine.kind === 'embedded' && options.windows === undefined
    const wanted = { list, tenant, range, starts: options.starts, rowsIn: (span: number) => reader.rowsIn(span) }
    const paged = mayKeep ? await this.#pages.of(wanted, (bucket) => reader.whole(bucket)) : undefined
    if (paged === undefined) yield* reader.slices()
    else yield paged
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

function refOf({ lo, hi }: StoredList, place: number, tenant: TenantHead | undefined): number {
  return tenant?.registry.findById({ lo: lo[place] as number, hi: hi[place] as number }) ?? UNKNOWN
}

/** By place: the series' ref when the head knows it. */
function refsOf(list: StoredList, tenant: TenantHead | undefined): Uint32Array {
  const refs = new Uint32Array(list.size)
  for (let place = 0; place < refs.length; place++) refs[place] = refOf(list, place, tenant)
  return refs
}

/** Sorted `refs` and those of `others` that are known, each once, in order. */
function union(refs: Uint32Array, others: Uint32Array): Uint32Array {
  const all = new Uint32Array(refs.length + others.length)
  all.set(refs)
  let count = refs.length
  for (const ref of others) if (ref !== UNKNOWN) all[count++] = ref
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
