/**
 * What this version can do, by the names of Prometheus' feature registry; a name that is not there is not done either. What the
 * language has is told from its own tables. Follows RegisterFeatures, promql/parser/features.go@v3.14.
 */
import { AGGREGATIONS, EXPERIMENTAL_AGGREGATIONS } from '../../query/promql/syntax/ast.ts'
import { FUNCTIONS } from '../../query/promql/syntax/functions.ts'
import type { ParserOptions } from '../../query/promql/syntax/options.ts'
import { MODIFIER_WORDS, OPERATORS } from '../../query/promql/syntax/token.ts'
import { FUZZY_ALGORITHMS } from './search-scores.ts'

export interface FeatureFacts {
  readonly reloadEnabled: boolean
  readonly parser: ParserOptions
  readonly delayedNameRemoval: boolean
}

/** Groups and names in order. */
export function features(facts: FeatureFacts): Readonly<Record<string, Readonly<Record<string, boolean>>>> {
  return {
    api: {
      admin: false,
      exclude_alerts: true,
      label_values_match: true,
      lifecycle: facts.reloadEnabled,
      'openapi_3.1': false,
      'openapi_3.2': false,
      otlp_write_receiver: true,
      query_stats: true,
      query_warnings: true,
      remote_write_receiver: true,
      search: true,
      ...Object.fromEntries(FUZZY_ALGORITHMS.toSorted().map((name) => [`search_fuzz_alg_${name}`, true])),
      time_range_labels: true,
      time_range_series: true,
    },
    otlp_receiver: { delta_conversion: true, native_delta_ingestion: false },
    prometheus: { agent_mode: false, auto_reload_config: false, server_mode: true },
    promql: sorted({ ...languageFeatures(facts), ...keywords(facts.parser) }),
    promql_functions: sorted(
      Object.fromEntries(
        [...FUNCTIONS].map(([name, { experimental }]) => [name, !experimental || facts.parser.experimentalFunctions]),
      ),
    ),
    promql_operators: sorted(operators(facts.parser)),
    scrape: { extra_scrape_metrics: true, type_and_unit_labels: false },
    service_discovery_providers: { dns: true, file: true, http: true, static: true },
    tsdb: { exemplar_storage: true, native_histograms: true },
  }
}

type Named = Readonly<Record<string, boolean>>

function languageFeatures({ parser, delayedNameRemoval }: FeatureFacts): Named {
  return {
    at_modifier: true,
    delayed_name_removal: delayedNameRemoval,
    duration_expr: parser.durationExpressions,
    negative_offset: true,
    per_query_lookback_delta: true,
    per_step_stats: true,
    subqueries: true,
    type_and_unit_labels: false,
  }
}

function keywords({ extendedRangeSelectors, fillModifiers }: ParserOptions): Named {
  const isOpen = (word: string): boolean => {
    if (word === 'anchored' || word === 'smoothed') return extendedRangeSelectors
    return word.startsWith('fill') ? fillModifiers : true
  }
  return Object.fromEntries(MODIFIER_WORDS.map((word) => [word, isOpen(word)]))
}

function operators({ experimentalFunctions }: ParserOptions): Named {
  return {
    ...Object.fromEntries([...OPERATORS].map((sign) => [sign, true])),
    ...Object.fromEntries(
      AGGREGATIONS.map((name) => [name, experimentalFunctions || !EXPERIMENTAL_AGGREGATIONS.includes(name)]),
    ),
  }
}

function sorted(named: Named): Named {
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)))
}
