import { useNavigate, useSearch } from '@tanstack/react-router'
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { parseDuration } from '../../../../src/core/time.ts'
import type { Zone } from '../../kit/moment.ts'
import { DEFAULT_RANGE, resolveRange } from './range.ts'
import type { RangeText, ResolvedRange } from './range.ts'

export interface TimeRange {
  readonly text: RangeText
  /** Both ends, fixed until the next refresh, so that everything on a page shows the same moment. */
  readonly resolved: ResolvedRange
  readonly zone: Zone
  /** A Prometheus duration, or `off`. */
  readonly refresh: string
  /** Unix ms of the last refresh. */
  readonly refreshedAt: number
  readonly setRange: (range: RangeText) => void
  readonly setZone: (zone: Zone) => void
  readonly setRefresh: (interval: string) => void
  readonly refreshNow: () => void
}

const RangeContext = createContext<TimeRange | undefined>(undefined)

export function useTimeRange(): TimeRange {
  const range = useContext(RangeContext)
  if (range === undefined) throw new Error('BUG: used outside of RangeProvider')
  return range
}

/** Holds the time range of the page. The address bar is its only store. */
export function RangeProvider({ children }: { readonly children: ReactNode }) {
  const search = useSearch({ from: '__root__' })
  const navigate = useNavigate()
  const [refreshedAt, setRefreshedAt] = useState(() => Date.now())
  const from = search.from ?? DEFAULT_RANGE.from
  const to = search.to ?? DEFAULT_RANGE.to
  const refresh = search.refresh ?? 'off'

  const change = useCallback(
    (next: { from?: string; to?: string; tz?: Zone | undefined; refresh?: string | undefined }) =>
      void navigate({ to: '.', search: (previous) => ({ ...previous, ...next }) }),
    [navigate],
  )
  const refreshNow = useCallback(() => setRefreshedAt(Date.now()), [])
  useTicking(refresh, refreshNow)

  const value = useMemo(
    (): TimeRange => ({
      text: { from, to },
      resolved: resolveRange({ from, to }, refreshedAt),
      zone: search.tz ?? 'browser',
      refresh,
      refreshedAt,
      setRange: (range) => {
        setRefreshedAt(Date.now())
        change(range)
      },
      setZone: (zone) => change({ tz: zone === 'browser' ? undefined : zone }),
      setRefresh: (interval) => change({ refresh: interval === 'off' ? undefined : interval }),
      refreshNow,
    }),
    [from, to, search.tz, refresh, refreshedAt, change, refreshNow],
  )
  return <RangeContext value={value}>{children}</RangeContext>
}

/** Calls `tick` at the interval while the page is visible, and at once when it becomes visible after a missed tick. */
function useTicking(interval: string, tick: () => void): void {
  useEffect(() => {
    const ms = interval === 'off' ? undefined : parseDuration(interval)
    if (ms === undefined || ms < 1000) return undefined
    let missed = false
    const timer = setInterval(() => {
      missed = document.hidden
      if (!document.hidden) tick()
    }, ms)
    const onVisible = (): void => {
      if (document.hidden || !missed) return
      missed = false
      tick()
    }
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [interval, tick])
}
