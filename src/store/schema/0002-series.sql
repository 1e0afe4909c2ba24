-- Label sets, one row for each UTC day on which the series had data, so that a query of label names or values reads only the
-- days it asks for and old days go with their samples. `labels` holds all labels, the name too; `kv` is its index as `k=v`.
-- shard by: id
CREATE TABLE IF NOT EXISTS series (
  day Date CODEC(ZSTD(1)),
  tenant LowCardinality(String),
  metric_name LowCardinality(String),
  metric UInt32 CODEC(ZSTD(1)),
  id UInt64 CODEC(ZSTD(1)),
  labels Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  kv Array(String) MATERIALIZED arrayMap((k, v) -> concat(k, '=', v), mapKeys(labels), mapValues(labels)) CODEC(ZSTD(1)),
  INDEX kv_tokens kv TYPE text(tokenizer = 'array')
)
ENGINE = ReplacingMergeTree
PARTITION BY day
ORDER BY (tenant, metric_name, id)
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, non_replicated_deduplication_window = 1000
