/** What this version can do, by the names of Prometheus' feature registry; a name that is not there is not done either. */
export function features(facts: {
  readonly reloadEnabled: boolean
}): Readonly<Record<string, Record<string, boolean>>> {
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
      search: false,
      time_range_labels: true,
      time_range_series: true,
    },
    otlp_receiver: { delta_conversion: true },
    prometheus: { agent_mode: false, auto_reload_config: false, server_mode: true },
    promql: {
      at_modifier: true,
      negative_offset: true,
      offset: true,
      per_query_lookback_delta: true,
      subqueries: false,
    },
    promql_functions: { vector: true },
    scrape: { extra_scrape_metrics: true },
    tsdb: { exemplar_storage: true, native_histograms: true },
  }
}
