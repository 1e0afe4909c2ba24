import type { QueryClient } from '@tanstack/react-query'
import type { RequestContext } from '../data/http.ts'
import { selectorOf } from '../data/labels.ts'
import { fetchNames } from '../data/metric-names.ts'
import type { MetricNames } from '../data/metric-names.ts'
import { labelNames, labelValues, metadata } from '../data/prometheus.ts'
import type { MetadataByMetric } from '../data/prometheus.ts'
import { printSelector } from '../data/selector.ts'
import type { Matcher } from '../data/selector.ts'

const LIMIT = 1000

/** What the editor asks the server: kept for a minute, and given up when `signal` says so. */
export interface LanguageData {
  /** All names when they are few, else those that fit the prefix. */
  metricNames(prefix: string, signal: AbortSignal): Promise<MetricNames>
  metadata(): Promise<MetadataByMetric>
  /** Labels of any of the metrics, of all when there are none. */
  labelNames(metrics: readonly string[], matchers: readonly Matcher[], signal: AbortSignal): Promise<readonly string[]>
  labelValues(
    label: string,
    metric: string,
    matchers: readonly Matcher[],
    signal: AbortSignal,
  ): Promise<readonly string[]>
}

export function languageData(queries: QueryClient, tenant: () => string): LanguageData {
  const cached = async <T>(
    key: readonly unknown[],
    outer: AbortSignal | undefined,
    fetcher: (ctx: RequestContext) => Promise<T>,
  ): Promise<T> => {
    const queryKey = ['completion', tenant(), ...key]
    const stop = (): void => void queries.cancelQueries({ queryKey })
    outer?.addEventListener('abort', stop, { once: true })
    try {
      return await queries.fetchQuery({
        queryKey,
        queryFn: ({ signal }) => fetcher({ tenant: tenant(), signal }),
        staleTime: 60_000,
      })
    } finally {
      outer?.removeEventListener('abort', stop)
    }
  }
  return {
    metricNames: async (prefix, signal) => {
      // The next key will want all names too: they are never given up.
      const all = await cached(['names', ''], undefined, (ctx) => fetchNames('', undefined, ctx))
      return all.truncated && prefix !== ''
        ? { ...(await cached(['names', prefix], signal, (ctx) => fetchNames(prefix, undefined, ctx))), truncated: true }
        : all
    },
    metadata: () => cached(['metadata'], undefined, async (ctx) => (await metadata(undefined, ctx)).data),
    labelNames: async (metrics, matchers, signal) => {
      const selectors = selectorsFor(metrics, matchers)
      const answer = await cached(['labels', ...selectors], signal, (ctx) =>
        labelNames({ ...(selectors.length === 0 ? {} : { matchers: selectors }), limit: LIMIT }, ctx),
      )
      return answer.data.filter((name) => name !== '__name__')
    },
    labelValues: async (label, metric, matchers, signal) => {
      // Of the label itself any value may be wanted, whatever is matched now.
      const others = matchers.filter(({ name }) => name !== label)
      const selectors = selectorsFor(metric === '' ? [] : [metric], others)
      const answer = await cached(['values', label, ...selectors], signal, (ctx) =>
        labelValues(label, { ...(selectors.length === 0 ? {} : { matchers: selectors }), limit: LIMIT }, ctx),
      )
      return answer.data
    },
  }
}

function selectorsFor(metrics: readonly string[], matchers: readonly Matcher[]): readonly string[] {
  const useful = matchers.filter(({ value }) => value !== '')
  if (metrics.length === 0) return useful.length === 0 ? [] : [printSelector({ metric: '', matchers: useful })]
  return metrics.map((metric) =>
    useful.length === 0 ? selectorOf(metric) : printSelector({ metric, matchers: useful }),
  )
}
