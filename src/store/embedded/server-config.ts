/**
 * The configuration of the ClickHouse inside: small caches, few background threads, and every part synced to disk before an
 * insert is acknowledged. Merged parts are synced too, for they replace synced ones; without it a power cut loses both.
 */

export interface ServerLimits {
  /** All of ClickHouse's memory in this process; above it, queries fail and merges wait. */
  readonly totalBytes: number
  /** One query, unless it asks for less. */
  readonly queryBytes: number
  /** Threads of one query. */
  readonly threads: number
}

const MIB = 1024 * 1024

/** The file for `--config-file`. Cache sizes follow the total, up to what measurements found worth having. */
export function serverConfig({ totalBytes }: ServerLimits): string {
  const share = (part: number, most: number): number => Math.round(Math.min(totalBytes * part, most))
  const values: Readonly<Record<string, number>> = {
    max_server_memory_usage: totalBytes,
    mark_cache_size: share(0.03, 64 * MIB),
    index_mark_cache_size: share(0.015, 32 * MIB),
    uncompressed_cache_size: 0,
    primary_index_cache_size: share(0.03, 64 * MIB),
    query_condition_cache_size: share(0.01, 16 * MIB),
    mmap_cache_size: 256,
    compiled_expression_cache_size: share(0.01, 16 * MIB),
    text_index_header_cache_size: share(0.015, 32 * MIB),
    text_index_postings_cache_size: share(0.03, 64 * MIB),
    text_index_tokens_cache_size: share(0.015, 32 * MIB),
    vector_similarity_index_cache_size: 0,
    parquet_metadata_cache_size: 0,
    iceberg_metadata_files_cache_size: 0,
    background_pool_size: 3,
    background_merges_mutations_concurrency_ratio: 2,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    background_common_pool_size: 2,
    background_schedule_pool_size: 4,
    merges_mutations_memory_usage_soft_limit: Math.round(totalBytes * 0.3),
    max_thread_pool_size: 200,
    max_io_thread_pool_size: 16,
  }
  return `<clickhouse>\n${elements(values, '  ')}  <merge_tree>\n${elements(MERGE_TREE, '    ')}  </merge_tree>\n</clickhouse>\n`
}

/** Defaults of every MergeTree table. */
const MERGE_TREE: Readonly<Record<string, number>> = {
  fsync_after_insert: 1,
  fsync_part_directory: 1,
  min_rows_to_fsync_after_merge: 1,
  // A cut of power leaves parts of unacknowledged inserts behind: they must not keep the store from opening.
  max_suspicious_broken_parts: 100_000,
  max_suspicious_broken_parts_bytes: 1024 ** 4,
  old_parts_lifetime: 60,
  max_bytes_to_merge_at_max_space_in_pool: 5 * 1024 ** 3,
  merge_max_block_size: 4096,
}

/** Settings of every session. Profiles in the file are ignored by chDB, so they go with the connection. */
export function connectionArgs(configFile: string, limits: ServerLimits): string[] {
  return [
    `--config-file=${configFile}`,
    `--max_threads=${limits.threads}`,
    `--max_memory_usage=${limits.queryBytes}`,
    // Bound lists of ids are literals in the text.
    `--max_query_size=${256 * MIB}`,
    '--max_insert_threads=1',
  ]
}

function elements(values: Readonly<Record<string, number>>, indent: string): string {
  return Object.entries(values)
    .map(([name, value]) => `${indent}<${name}>${value}</${name}>\n`)
    .join('')
}
