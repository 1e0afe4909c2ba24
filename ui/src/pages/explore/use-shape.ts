import { useQuery } from '@tanstack/react-query'
import type { QueryShape } from './query-shape.ts'

export interface KnownShape {
  /** False until the parser is there. */
  readonly isKnown: boolean
  /** Undefined for what is no query. */
  readonly shape: QueryShape | undefined
}

/** What our own parser says of a query. The parser is loaded at first need. */
export function useShape(query: string): KnownShape {
  const { data } = useQuery({
    queryKey: ['shape', query],
    queryFn: async () => {
      const { shapeOf } = await import('./query-shape.ts')
      return shapeOf(query) ?? null
    },
    staleTime: Infinity,
  })
  return { isKnown: data !== undefined, shape: data ?? undefined }
}
