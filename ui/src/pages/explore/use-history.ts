import { useCallback, useState } from 'react'
import { HISTORY_KEY, readSetting, writeSetting } from '../../app/preferences.ts'

const KEPT = 20

function read(): readonly string[] {
  try {
    const value: unknown = JSON.parse(readSetting(HISTORY_KEY) ?? '[]')
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}

export interface History {
  /** Newest first. */
  readonly queries: readonly string[]
  readonly remember: (query: string) => void
}

/** The queries that were run in this browser. */
export function useHistory(): History {
  const [queries, setQueries] = useState(read)
  const remember = useCallback((query: string) => {
    setQueries((before) => {
      const next = [query, ...before.filter((one) => one !== query)].slice(0, KEPT)
      writeSetting(HISTORY_KEY, JSON.stringify(next))
      return next
    })
  }, [])
  return { queries, remember }
}
