/**
 * The contract of the store's engine: ClickHouse, embedded (chDB) or remote (HTTP). Both pass test/conformance/engine.ts.
 * Data crosses it as columns in ClickHouse's Native format; rows are never objects.
 */
import type { Component } from '../core/lifecycle.ts'
import type { DurationMs } from '../core/time.ts'

/** SQL text with its bound parameters (`{name:Type}` in the text). Made by `sql` (store/sql/sql.ts) only; values are always bound. */
export interface Sql {
  readonly text: string
  readonly params: Readonly<Record<string, SqlValue>>
}
export type SqlValue = string | number | bigint | readonly (string | number | bigint)[]

/** One column. Fixed-width types are typed arrays of the column's own width, strings are an array. */
export interface Column {
  readonly name: string
  /** ClickHouse type as written in the table: `UInt64`, `DateTime64(3)`, `LowCardinality(String)`, `Array(Float64)`, ... */
  readonly type: string
  readonly data: ColumnData
}
export type ColumnData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | readonly string[]
  | ArrayColumnData
  | ConstantColumnData

/** `Array(T)` and `Map(K, V)` (as parallel keys and values): the end offset of each row in the flat data. */
export interface ArrayColumnData {
  readonly ends: BigUint64Array
  readonly items: readonly Exclude<ColumnData, ConstantColumnData>[]
}
/** The same value in every row. */
export interface ConstantColumnData {
  readonly constant: string
}

/** Columns of a result by name; all have `rows` entries. Valid until the next pull. */
export interface Block {
  readonly rows: number
  readonly columns: Readonly<Record<string, ColumnData>>
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** The engine ends the query after this time with `store.query_timeout`; waiting for a session and for the consumer counts. */
  readonly timeout: DurationMs
  /** Beyond it the query fails with `store.memory_limit`; the engine's own limit when absent. */
  readonly maxMemoryBytes?: number
  /** The result has some ten MB at most: it may be held in memory as a whole, where that is quicker than a stream. */
  readonly isSmall?: boolean
}

export interface WriteOptions {
  readonly rows: number
  /**
   * A write with a token that was already written is a success without effect (within the engine's window of 1,000 writes a
   * table). So is one whose token was noted by a process that was killed before its rows were in place: who writes again must look.
   */
  readonly dedupToken: string
  /** Aborts a write that has not begun. One that has is seen through, or its outcome is unknown: send it again, same token. */
  readonly signal: AbortSignal
}

export interface Engine extends Component {
  readonly kind: 'embedded' | 'remote'
  /**
   * Streams the result's blocks; ending the iteration early, or an abort, ends the query, also when nobody pulls. Nothing of it
   * runs on this thread but the decoding. Rejects with the abort's reason, `store.query_timeout`, `store.memory_limit`,
   * `store.unavailable` (retryable) or `store.refused`. The text is a SELECT (or EXPLAIN) without FORMAT, SETTINGS and INTO.
   */
  read(query: Sql, options: ReadOptions): AsyncIterable<Block>
  /**
   * Resolves when durable (fsync). A block is written as a whole or not at all within each partition. The columns stay unchanged
   * until then. Rejects with `store.disk_full`, `store.unavailable` (both retryable) or `store.refused`.
   */
  write(table: string, columns: readonly Column[], options: WriteOptions): Promise<void>
  /** Runs a statement without a result: migrations and maintenance only. */
  define(statement: string): Promise<void>
}
