import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { newCompleteStrategy } from '@prometheus-io/codemirror-promql'
import type { CompleteStrategy, PrometheusClient } from '@prometheus-io/codemirror-promql'
import { EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql'
import type { QueryClient } from '@tanstack/react-query'
import type { RequestContext } from '../data/http.ts'
import { selectorOf } from '../data/labels.ts'
import { fetchNames } from '../data/metric-names.ts'
import { labelNames, labelValues, metadata } from '../data/prometheus.ts'
import type { MetadataByMetric } from '../data/prometheus.ts'
import { printSelector } from '../data/selector.ts'
import type { Matcher } from '../data/selector.ts'

type EditorMatcher = NonNullable<Parameters<PrometheusClient['labelValues']>[2]>[number]

const OPERATORS: Readonly<Record<number, Matcher['op']>> = {
  [EqlSingle]: '=',
  [Neq]: '!=',
  [EqlRegex]: '=~',
  [NeqRegex]: '!~',
}

const VALUES_LIMIT = 1000

/**
 * Completes PromQL from the server's labels. Small sets of metric names are fetched once; when there are more names than
 * are sent at once, every keystroke asks the server for those that fit.
 */
export function completion(queries: QueryClient, context: () => RequestContext): CompleteStrategy {
  let truncated = false
  const cached = <T>(key: readonly unknown[], fetcher: () => Promise<T>): Promise<T> =>
    queries.fetchQuery({ queryKey: ['completion', context().tenant, ...key], queryFn: fetcher, staleTime: 60_000 })
  const client: PrometheusClient = {
    metricNames: async (prefix = '') => {
      const all = await cached(['names', ''], () => fetchNames('', undefined, context()))
      truncated = all.truncated
      if (!truncated) return [...all.names]
      const found = await cached(['names', prefix], () => fetchNames(prefix, undefined, context()))
      return [...found.names]
    },
    metricMetadata: async () => {
      const known = await cached(['metadata'], async () => (await metadata(undefined, context())).data)
      return known as Record<string, MetadataByMetric[string][number][]>
    },
    labelNames: async (metric = '') => {
      const matchers = metric === '' ? {} : { matchers: [selectorOf(metric)] }
      const answer = await cached(['labels', metric], () => labelNames({ ...matchers, limit: VALUES_LIMIT }, context()))
      return answer.data.filter((name) => name !== '__name__')
    },
    labelValues: async (name, metric = '', others = []) => {
      const selector = selectorText(metric, others, name)
      const matchers = selector === '' ? {} : { matchers: [selector] }
      const answer = await cached(['values', name, selector], () =>
        labelValues(name, { ...matchers, limit: VALUES_LIMIT }, context()),
      )
      return [...answer.data]
    },
    series: () => Promise.resolve([]),
    flags: () => Promise.resolve({}),
  }
  const strategy = newCompleteStrategy({ remote: client })
  return { promQL: async (at) => reasked(await quiet(strategy, at), truncated) }
}

/** A server that can't be asked is no reason to break typing. */
async function quiet(strategy: CompleteStrategy, at: CompletionContext): Promise<CompletionResult | null> {
  try {
    return await strategy.promQL(at)
  } catch {
    return null
  }
}

function reasked(result: CompletionResult | null, again: boolean): CompletionResult | null {
  if (result === null || !again) return result
  const { validFor: _, ...rest } = result
  return rest
}

/** The matchers before the one that is being typed. */
function selectorText(metric: string, matchers: readonly EditorMatcher[], typed: string): string {
  const known = matchers
    .filter(({ name, value }) => name !== typed && name !== '__name__' && value !== '')
    .flatMap(({ name, type, value }): Matcher[] => {
      const op = OPERATORS[type]
      return op === undefined ? [] : [{ name, op, value }]
    })
  return metric === '' && known.length === 0 ? '' : printSelector({ metric, matchers: known })
}
