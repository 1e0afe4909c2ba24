-- Float samples. The key begins with a two-hour bucket, so that a dashboard's last hours lie together, and holds the metric's
-- hash before the series' fingerprint, so that series of one metric do. The planner does not derive the bucket from ts: give it.
-- `st` (UnixMs of the series' start, 0 = unknown) is nearly always 0, which compresses to nothing.
-- shard by: id
CREATE TABLE IF NOT EXISTS samples (
  tenant LowCardinality(String),
  metric UInt32 CODEC(ZSTD(1)),
  id UInt64 CODEC(ZSTD(1)),
  ts DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  val Float64 CODEC(Delta(8), ZSTD(1)),
  st Int64 DEFAULT 0 CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(ts)
ORDER BY (intDiv(toUnixTimestamp64Milli(ts), 7200000), tenant, metric, id, ts)
SETTINGS ttl_only_drop_parts = 1, materialize_ttl_recalculate_only = 1, non_replicated_deduplication_window = 1000
