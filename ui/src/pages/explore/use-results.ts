import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
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

/** The query over the grid. The last picture of the same query stays until the next is there. */
export function useGraph(query: string, grid: Grid, enabled: boolean): UseQueryResult<GraphResult> {
  const tenant = useTenant()
  const { refreshedAt } = useTimeRange()
  const decoder = useGridDecoder()
  const result = useQuery({
    queryKey: ['range', tenant, query, grid.start, grid.end, grid.step, refreshedAt],
    queryFn: async ({ signal }) => ({ ...(await timed(queryRange(query, grid, decoder, { tenant, signal }))), grid }),
    enabled: enabled && query !== '',
    placeholderData: sameQuery(query),
    gcTime: 60_000,
  })
  return useKept(result, `${tenant} ${query}`)
}

/** Series that a table shows at most. */
export const TABLE_LIMIT = 5000
/** Series and samples of each that the raw view shows at most. */
export const RAW_SERIES = 100
export const RAW_SAMPLES = 500

/** The newest value of each series at the end of the range. */
export function useTable(query: string, enabled: boolean): UseQueryResult<Timed<InstantFrame>> {
  return useInstant('instant', query, TABLE_LIMIT, enabled)
}

/** The samples as stored. A selector gets the range of the page, at most an hour of it; a range vector stays as it is. */
export function useRaw(query: string, window: string, enabled: boolean): UseQueryResult<Timed<InstantFrame>> {
  const trimmed = query.trim()
  return useInstant(
    'raw',
    trimmed.endsWith(']') ? trimmed : `${trimmed}[${window}]`,
    RAW_SERIES,
    enabled && query !== '',
  )
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

/** Keeps data on screen only across questions about the same query. */
function sameQuery(query: string) {
  return <T>(previous: T | undefined, before: { readonly queryKey: readonly unknown[] } | undefined): T | undefined =>
    before?.queryKey[2] === query ? keepPreviousData(previous) : undefined
}
