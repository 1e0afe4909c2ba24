-- Exemplars of series; `labels` are the exemplar's own (a trace id, mostly).
-- shard by: id
CREATE TABLE IF NOT EXISTS exemplars (
  tenant LowCardinality(String),
  metric UInt32 CODEC(ZSTD(1)),
  id UInt64 CODEC(ZSTD(1)),
  ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  val Float64 CODEC(Delta(8), ZSTD(1)),
  labels Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toDate(ts)
ORDER BY (tenant, metric, id, ts)
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, non_replicated_deduplication_window = 1000
