import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { useCallback } from 'react'
import { durationMs, printDuration } from '../../../../src/core/time.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import type { GridFrame, Grid, InstantFrame } from '../../data/frame.ts'
import { useGridDecoder } from '../../data/grid-decoder.ts'
import { queryInstant, queryRange } from '../../data/prometheus.ts'
import { useKept } from '../../data/use-kept.ts'
import { useTenant } from '../../data/use-tenant.ts'

export interface Timed<T> {
  readonly frame: T
  readonly tookMs: number
}

export interface GraphResult extends Timed<GridFrame> {
  readonly grid: Grid
}

async function timed<T>(work: Promise<T>): Promise<Timed<T>> {
  const start = performance.now()
  const frame = await work
  return { frame, tookMs: Math.round(performance.now() - start) }
}

/** Series that a graph and a table ask for, until all are wanted. */
export const GRAPH_LIMIT = 500
export const TABLE_LIMIT = 5000
/** The server says so when it sends only as many series as were asked for; the views tell it in their own way. */
export const TRUNCATED = 'results truncated due to limit'
/** Series and samples of each that the raw view shows at most. */
export const RAW_SERIES = 100
export const RAW_SAMPLES = 500

/** The query over the grid. The last picture of the same query stays until the next is there. `limit` 0 = all series. */
export function useGraph(query: string, grid: Grid, limit: number, enabled: boolean): UseQueryResult<GraphResult> {
  const tenant = useTenant()
  const { refreshedAt } = useTimeRange()
  const decoder = useGridDecoder()
  const result = useQuery({
    queryKey: ['range', tenant, query, grid.start, grid.end, grid.step, limit, refreshedAt],
    queryFn: async ({ signal }) => ({
      ...(await timed(queryRange(query, grid, limit, decoder, { tenant, signal }))),
      grid,
    }),
    enabled: enabled && query !== '',
    placeholderData: sameQuery(query),
    gcTime: 60_000,
  })
  return useKept(result, `${tenant} ${query}`)
}

/** The newest value of each series at the end of the range. */
export function useTable(query: string, limit: number, enabled: boolean): UseQueryResult<Timed<InstantFrame>> {
  return useInstant('instant', query, limit, enabled)
}

/** The samples as stored, of a range vector. */
export function useRaw(query: string, enabled: boolean): UseQueryResult<Timed<InstantFrame>> {
  return useInstant('raw', query, RAW_SERIES, enabled)
}

/** How far back raw samples are asked for. */
export function rawWindow({ start, end }: { readonly start: number; readonly end: number }): string {
  const seconds = Math.min(3600, Math.max(60, Math.round(end - start)))
  return printDuration(durationMs(seconds * 1000))
}

function useInstant(kind: string, query: string, limit: number, enabled: boolean): UseQueryResult<Timed<InstantFrame>> {
  const tenant = useTenant()
  const { resolved, refreshedAt } = useTimeRange()
  const result = useQuery({
    queryKey: [kind, tenant, query, resolved.end, limit, refreshedAt],
    queryFn: ({ signal }) => timed(queryInstant(query, resolved.end, limit, { tenant, signal })),
    enabled: enabled && query !== '',
    placeholderData: sameQuery(query),
    gcTime: 60_000,
  })
  return useKept(result, `${tenant} ${query}`)
}

/** Gives up what is under way for a query; the server stops working on it. */
export function useCancel(query: string): () => void {
  const tenant = useTenant()
  const queries = useQueryClient()
  return useCallback(() => {
    for (const kind of ['range', 'instant', 'exemplars'])
      void queries.cancelQueries({ queryKey: [kind, tenant, query] })
    void queries.cancelQueries({ predicate: ({ queryKey: [kind, of] }) => kind === 'raw' && of === tenant })
  }, [queries, tenant, query])
}

/** Keeps data on screen only across questions about the same query. */
function sameQuery(query: string) {
  return <T>(previous: T | undefined, before: { readonly queryKey: readonly unknown[] } | undefined): T | undefined =>
    before?.queryKey[2] === query ? keepPreviousData(previous) : undefined
}
