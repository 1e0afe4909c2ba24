import type { UseQueryResult } from '@tanstack/react-query'
import { useRef } from 'react'

/**
 * Keeps what a query last answered about the same subject, while a newer answer is on its way and also when that fails:
 * a server that restarts must not blank the screen. Another subject starts empty.
 */
export function useKept<T>(query: UseQueryResult<T>, subject: string): UseQueryResult<T> {
  const kept = useRef<{ readonly subject: string; readonly data: T }>(undefined)
  if (query.data !== undefined) kept.current = { subject, data: query.data }
  if (query.data !== undefined || kept.current?.subject !== subject) return query
  return { ...query, data: kept.current.data } as UseQueryResult<T>
}
