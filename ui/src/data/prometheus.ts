/** The part of the Prometheus HTTP API that the page uses. https://prometheus.io/docs/prometheus/latest/querying/api/ */
import { decodeInstant, parseValue } from './decode.ts'
import type { Envelope, QueryData } from './decode.ts'
import type { Exemplar, Grid, GridFrame, InstantFrame, Labels } from './frame.ts'
import type { GridDecoder } from './grid-decoder.ts'
import { parseJson, request } from './http.ts'
import type { Params, RequestContext } from './http.ts'

export interface Range {
  /** Unix seconds. */
  readonly start: number
  readonly end: number
}

export interface Listed<T> {
  readonly data: T
  readonly warnings: readonly string[]
}

async function get<T>(path: string, params: Params, ctx: RequestContext): Promise<Listed<T>> {
  const envelope = parseJson<Envelope<T>>(await request(`api/v1/${path}`, params, ctx))
  return { data: envelope.data, warnings: envelope.warnings ?? [] }
}

/** Every query asks for its own account: it costs the server nothing that it does not do anyway. */
const BESIDE = { explain: 'true', stats: 'true' } as const

const limitOf = (limit: number): number | undefined => (limit === 0 ? undefined : limit)

/** `limit` bounds the number of series, 0 = all. */
export async function queryRange(
  query: string,
  grid: Grid,
  limit: number,
  decoder: GridDecoder,
  ctx: RequestContext,
): Promise<GridFrame> {
  const params = { query, ...grid, limit: limitOf(limit), ...BESIDE }
  return decoder.decode(await request('api/v1/query_range', params, ctx), grid)
}

/** `limit` bounds the number of series, 0 = all. */
export async function queryInstant(
  query: string,
  time: number,
  limit: number,
  ctx: RequestContext,
): Promise<InstantFrame> {
  const params = { query, time, limit: limitOf(limit), ...BESIDE }
  return decodeInstant(parseJson<Envelope<QueryData>>(await request('api/v1/query', params, ctx)))
}

interface ExemplarSeries {
  readonly seriesLabels: Labels
  readonly exemplars: readonly { readonly labels: Labels; readonly value: string; readonly timestamp: number }[]
}

/** The exemplars of all selectors in the query. */
export async function queryExemplars(query: string, range: Range, ctx: RequestContext): Promise<readonly Exemplar[]> {
  const body = await request('api/v1/query_exemplars', { query, start: range.start, end: range.end }, ctx)
  // A query without selectors is answered by nothing at all.
  const series = body.byteLength === 0 ? [] : parseJson<Envelope<readonly ExemplarSeries[]>>(body).data
  return series.flatMap(({ seriesLabels, exemplars }) =>
    exemplars.map(({ labels, value, timestamp }) => ({
      seriesLabels,
      labels,
      value: parseValue(value),
      time: timestamp,
    })),
  )
}

export interface ListOptions {
  readonly matchers?: readonly string[]
  readonly range?: Range
  /** 0 = all. */
  readonly limit: number
}

const listParams = ({ matchers, range, limit }: ListOptions): Params => ({
  'match[]': matchers,
  start: range?.start,
  end: range?.end,
  limit: limit === 0 ? undefined : limit,
})

export const labelNames = (options: ListOptions, ctx: RequestContext): Promise<Listed<readonly string[]>> =>
  get('labels', listParams(options), ctx)

export const labelValues = (
  name: string,
  options: ListOptions,
  ctx: RequestContext,
): Promise<Listed<readonly string[]>> => get(`label/${encodeURIComponent(name)}/values`, listParams(options), ctx)

export const findSeries = (options: ListOptions, ctx: RequestContext): Promise<Listed<readonly Labels[]>> =>
  get('series', listParams(options), ctx)

export interface Metadata {
  readonly type: string
  readonly help: string
  readonly unit: string
}

export type MetadataByMetric = Readonly<Record<string, readonly Metadata[]>>

export const metadata = (metric: string | undefined, ctx: RequestContext): Promise<Listed<MetadataByMetric>> =>
  get('metadata', { metric, limit_per_metric: 1 }, ctx)

export interface ActiveTarget {
  readonly discoveredLabels: Labels
  readonly labels: Labels
  readonly scrapePool: string
  readonly scrapeUrl: string
  readonly lastError: string
  readonly lastScrape: string
  readonly lastScrapeDuration: number
  readonly health: 'up' | 'down' | 'unknown'
  readonly scrapeInterval: string
  readonly scrapeTimeout: string
}

export interface DroppedTarget {
  readonly discoveredLabels: Labels
  readonly scrapePool?: string
}

export interface Targets {
  readonly activeTargets: readonly ActiveTarget[]
  readonly droppedTargets: readonly DroppedTarget[]
  readonly droppedTargetCounts?: Readonly<Record<string, number>>
}

export const targets = (ctx: RequestContext): Promise<Listed<Targets>> => get('targets', { state: 'any' }, ctx)

export const scrapePools = (ctx: RequestContext): Promise<Listed<{ readonly scrapePools: readonly string[] }>> =>
  get('scrape_pools', {}, ctx)

export type Facts = Readonly<Record<string, string | number | boolean>>

export const buildInfo = (ctx: RequestContext): Promise<Listed<Facts>> => get('status/buildinfo', {}, ctx)
export const runtimeInfo = (ctx: RequestContext): Promise<Listed<Facts>> => get('status/runtimeinfo', {}, ctx)
export const flags = (ctx: RequestContext): Promise<Listed<Facts>> => get('status/flags', {}, ctx)
export const configFile = (ctx: RequestContext): Promise<Listed<{ readonly yaml: string }>> =>
  get('status/config', {}, ctx)

export interface TsdbStatus {
  readonly headStats: {
    readonly numSeries: number
    readonly numLabelPairs: number
    readonly chunkCount: number
    readonly minTime: number
    readonly maxTime: number
  }
}

export const tsdbStatus = (ctx: RequestContext): Promise<Listed<TsdbStatus>> => get('status/tsdb', { limit: 1 }, ctx)
