-- Native histogram samples: model/histogram.ts, field by field. `flags`: 1 stale, 2 integer, 4 reset, 8 not reset, 12 gauge.
-- shard by: id
CREATE TABLE IF NOT EXISTS histograms (
  tenant LowCardinality(String),
  metric UInt32 CODEC(ZSTD(1)),
  id UInt64 CODEC(ZSTD(1)),
  ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  st Int64 DEFAULT 0 CODEC(ZSTD(1)),
  flags UInt8 CODEC(ZSTD(1)),
  schema Int8 CODEC(ZSTD(1)),
  zero_threshold Float64 CODEC(ZSTD(1)),
  zero_count Float64 CODEC(Delta(8), ZSTD(1)),
  count Float64 CODEC(Delta(8), ZSTD(1)),
  sum Float64 CODEC(ZSTD(1)),
  pos_offsets Array(Int32) CODEC(ZSTD(1)),
  pos_lengths Array(UInt32) CODEC(ZSTD(1)),
  pos_counts Array(Float64) CODEC(ZSTD(1)),
  neg_offsets Array(Int32) CODEC(ZSTD(1)),
  neg_lengths Array(UInt32) CODEC(ZSTD(1)),
  neg_counts Array(Float64) CODEC(ZSTD(1)),
  custom_values Array(Float64) CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (intDiv(toUnixTimestamp64Milli(ts), 7200000), tenant, metric, id, ts)
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, non_replicated_deduplication_window = 1000
