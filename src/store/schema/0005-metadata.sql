-- Metadata of metric families. A family may have several: targets differ. `seen` is when one of them last said so.
-- shard by: cityHash64(tenant, family)
CREATE TABLE IF NOT EXISTS metadata (
  tenant LowCardinality(String),
  family String CODEC(ZSTD(1)),
  type LowCardinality(String),
  unit LowCardinality(String),
  help String CODEC(ZSTD(1)),
  seen DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(seen)
ORDER BY (tenant, family, type, unit, help)
SETTINGS non_replicated_deduplication_window = 1000
