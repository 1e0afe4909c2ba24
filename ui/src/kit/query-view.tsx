import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState } from './error-state.tsx'
import { LoadingBar, SkeletonRows } from './loading.tsx'

export interface QueryViewProps<T> {
  readonly query: UseQueryResult<T>
  /** What stands in for the content on the first load. */
  readonly skeleton?: ReactNode
  readonly isEmpty?: (data: T) => boolean
  /** What stands in for empty content: usually an `EmptyState`. */
  readonly empty?: ReactNode
  readonly children: (data: T) => ReactNode
}

/**
 * Loading, empty, error and content are four different things to see, and never two at once - but for content from before
 * an error, which stays below it. The parent box must be positioned, for the bar.
 */
export function QueryView<T>({ query, skeleton, isEmpty, empty, children }: QueryViewProps<T>) {
  const retry = (): void => void query.refetch()
  const { data } = query
  if (data === undefined) {
    if (query.isError) return <ErrorState error={query.error} retry={retry} />
    return skeleton ?? <SkeletonRows />
  }
  return (
    <>
      <LoadingBar active={query.isFetching} />
      {query.isError && <ErrorState error={query.error} retry={retry} stale />}
      {isEmpty?.(data) === true ? empty : children(data)}
    </>
  )
}
