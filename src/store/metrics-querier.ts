/** The road out of metrics: recent rows from the head, older ones from the tables, as one. */
import type { TimeRange, UnixMs } from '../core/time.ts'
import { unixMs } from '../core/time.ts'
import { compareUtf8 } from '../core/utf8.ts'
import { compareLabelSets } from '../model/labels.ts'
import type { LabelSet } from '../model/labels.ts'
import type { Selector } from '../model/matcher.ts'
import type { QueryContext } from '../signals/ingest.ts'
import type {
  Cardinality,
  CardinalityOptions,
  ExemplarSeries,
  ListOptions,
  MetadataRow,
  MetricsQuerier,
  SeriesBlock,
} from '../signals/metrics.ts'
import type { Engine } from './engine.ts'
import { countCardinality } from './head/cardinality.ts'
import type { Head } from './head/head.ts'
import type { TenantHead } from './head/tenant-head.ts'
import { findExemplars } from './metrics-exemplars.ts'
import { SeriesSelection, tooManySeries } from './metrics-select.ts'
import type { SelectedStore } from './metrics-select.ts'
import { labelNamesQuery, labelsQuery, labelValuesQuery } from './metrics-sql.ts'
import type { SeriesScope } from './metrics-sql.ts'
import { labelSets } from './stored-rows.ts'
import { StoredRows } from './stored-series.ts'

export interface MetricsReaderDeps {
  readonly engine: Engine
  readonly head: Head
  /** Resolves when the tables hold every row older than `before` that was acknowledged so far. */
  readonly flushOlder: (before: number, signal: AbortSignal) => Promise<void>
  /** Whether the tables may hold native histograms of the tenant. */
  readonly hasStoredHistograms: (tenant: string) => boolean
}

type Range = TimeRange<UnixMs>

const EVERYTHING: readonly Selector[] = [[]]

export class MetricsReader implements MetricsQuerier {
  readonly #deps: MetricsReaderDeps

  constructor(deps: MetricsReaderDeps) {
    this.#deps = deps
  }

  async *selectSeries(
    selector: Selector,
    range: Range,
    ctx: QueryContext,
  ): AsyncGenerator<SeriesBlock, void, undefined> {
    ctx.signal.throwIfAborted()
    const pin = this.#deps.head.pin()
    try {
      const tenant = this.#deps.head.find(ctx.tenant)
      const own = unixMs(Math.max(range.start, pin.watermark))
      const refs =
        tenant === undefined ? new Uint32Array(0) : seriesIn(tenant, selector, { start: own, end: range.end })
      checkSeries(refs.length, ctx)
      const head = tenant === undefined ? undefined : { tenant, refs, range: { start: own, end: range.end } }
      const older = olderPart(range, pin.watermark)
      const store = older === undefined ? undefined : await this.#selectStored(selector, older, tenant, ctx)
      yield* new SeriesSelection(head, ctx.limits, ctx.signal).run(store)
    } finally {
      pin.release()
    }
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

  async #selectStored(
    selector: Selector,
    range: Range,
    tenant: TenantHead | undefined,
    ctx: QueryContext,
  ): Promise<SelectedStore | undefined> {
    const { engine, flushOlder, hasStoredHistograms } = this.#deps
    await flushOlder(range.end, ctx.signal)
    const rows = new StoredRows(engine, ctx.signal)
    const scope: SeriesScope = { tenant: ctx.tenant, selector, range }
    const { series, listed } = await rows.series(scope, tenant, (count) => checkSeries(count, ctx))
    if (series.size === 0) return undefined
    const histograms = hasStoredHistograms(ctx.tenant) ? await rows.histograms(scope) : new Map<string, never>()
    return { series, samples: rows.samples(scope, listed), histograms }
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
    if (tenant.samples.lastTime(ref) >= start && tenant.firstTime(ref) < end) refs[kept++] = ref
  }
  return refs.subarray(0, kept)
}

function checkSeries(count: number, { limits: { maxSeries } }: QueryContext): void {
  if (count > maxSeries) throw tooManySeries({ limit: maxSeries })
}

function limited<T>(items: readonly T[], { limit }: ListOptions): readonly T[] {
  return limit > 0 ? items.slice(0, limit) : items
}
