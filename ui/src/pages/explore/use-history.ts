import { useCallback, useState } from 'react'
import { HISTORY_KEY, readSetting, writeSetting } from '../../app/preferences.ts'
import { cleared, forgotten, parseHistory, remembered, starred } from '../../data/history.ts'
import type { HistoryEntry } from '../../data/history.ts'

export interface History {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[]
  readonly remember: (query: string) => void
  readonly star: (query: string) => void
  readonly forget: (query: string) => void
  readonly clear: () => void
}

/** The queries that were run in this browser; kept in its local storage. */
export function useHistory(): History {
  const [entries, setEntries] = useState(() => parseHistory(readSetting(HISTORY_KEY)))
  const change = useCallback((step: (before: readonly HistoryEntry[]) => readonly HistoryEntry[]) => {
    setEntries((before) => {
      const next = step(before)
      writeSetting(HISTORY_KEY, JSON.stringify(next))
      return next
    })
  }, [])
  return {
    entries,
    remember: useCallback((query) => change((before) => remembered(before, query, Date.now())), [change]),
    star: useCallback((query) => change((before) => starred(before, query)), [change]),
    forget: useCallback((query) => change((before) => forgotten(before, query)), [change]),
    clear: useCallback(() => change(cleared), [change]),
  }
}
