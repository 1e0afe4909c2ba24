import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { matches } from '../kit/search-input.tsx'
import type { RequestContext } from './http.ts'
import { quote, NAME } from './labels.ts'
import { labelValues, metadata } from './prometheus.ts'
import type { MetadataByMetric, Range } from './prometheus.ts'
import { useTenant } from './use-tenant.ts'

/** Up to so many names are searched in the browser; with more of them the server searches. */
export const NAMES_LIMIT = 10_000

export interface MetricNames {
  readonly names: readonly string[]
  /** True when the server has more names than were sent. */
  readonly truncated: boolean
}

/** A matcher for names that hold every word of `text`. RE2 has no lookahead: words are taken in the order they stand. */
export function nameMatcher(text: string): string {
  const words = text.split(/\s+/).filter(Boolean)
  const pattern = words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')
  return `{${NAME}=~${quote(`(?i).*${pattern}.*`)}}`
}

export async function fetchNames(text: string, range: Range | undefined, ctx: RequestContext): Promise<MetricNames> {
  const answer = await labelValues(
    NAME,
    {
      limit: NAMES_LIMIT + 1,
      ...(text === '' ? {} : { matchers: [nameMatcher(text)] }),
      ...(range === undefined ? {} : { range }),
    },
    ctx,
  )
  return { names: answer.data.slice(0, NAMES_LIMIT), truncated: answer.data.length > NAMES_LIMIT }
}

/** Ranges are rounded to minutes, so that a refresh every few seconds does not list all names again. */
const coarse = ({ start, end }: Range): Range => ({
  start: Math.floor(start / 60) * 60,
  end: Math.ceil(end / 60) * 60,
})

/** The names with data in the range that fit `text`; searched by the server only when it has too many to send. */
export function useMetricNames(text: string, range: Range): UseQueryResult<MetricNames> {
  const tenant = useTenant()
  const { start, end } = coarse(range)
  const all = useQuery({
    queryKey: ['names', tenant, start, end, ''],
    queryFn: ({ signal }) => fetchNames('', { start, end }, { tenant, signal }),
    placeholderData: keepPreviousData,
  })
  const remote = all.data?.truncated === true && text !== ''
  const found = useQuery({
    queryKey: ['names', tenant, start, end, text],
    queryFn: ({ signal }) => fetchNames(text, { start, end }, { tenant, signal }),
    placeholderData: keepPreviousData,
    enabled: remote,
  })
  const chosen = remote ? found : all
  if (chosen.data === undefined || text === '') return chosen
  const names = chosen.data.names.filter((name) => matches(name, text))
  return { ...chosen, data: { names, truncated: chosen.data.truncated } }
}

/** Type, help and unit of every metric. Changes rarely. */
export function useMetadata(): UseQueryResult<MetadataByMetric> {
  const tenant = useTenant()
  return useQuery({
    queryKey: ['metadata', tenant],
    queryFn: async ({ signal }) => (await metadata(undefined, { tenant, signal })).data,
    staleTime: 60_000,
  })
}
