/** What a walker finds in one remote write message: columns of samples, and the places of all that is decoded elsewhere. */
import type { Buffer } from 'node:buffer'

/** 1: prometheus.WriteRequest, 2: io.prometheus.write.v2.Request. */
export type WriteVersion = 1 | 2

export interface WalkLimits {
  /** Of the uncompressed message. */
  readonly maxRawBytes: number
  /** Samples, series, symbols and other rows of one message, each. */
  readonly maxRows: number
}

/** Views into the walker's memory: valid until it is used again. Places are offsets in `bytes`. */
export interface Walk {
  readonly bytes: Buffer
  readonly refs: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly starts: Float64Array | undefined
  /** Three words a series: ref or `UNRESOLVED`, end of its rows, and one of the walker's own. */
  readonly series: Uint32Array
  /** Four words for each series without a known ref: index of the series, flags, start, length (of what `flags` says). */
  readonly misses: Uint32Array
  /** Four words each: kind, index of the series, start, length. */
  readonly extras: Uint32Array
  /** Version 2: three words a symbol: start, length, id. */
  readonly symbols: Uint32Array
}

export const UNRESOLVED = 0xffffffff
/** A miss with this flag covers the whole message of the series; without it, version 1's covers just the run of its labels. */
export const SCATTERED = 1

export const EXEMPLAR = 1
export const HISTOGRAM = 2
export const METADATA = 3
/** Version 2: the varint of a series' created timestamp, listed after its histograms. */
export const CREATED = 4

/**
 * Undoes snappy and walks a message. A walker remembers refs by label bytes, within a scope: a number of the caller's,
 * above 1, which stands for one tenant, one version and one generation of refs.
 */
export interface SeriesWalker {
  /** `body` comes in pieces. Throws `codec.snappy_*`, `codec.protobuf_malformed` or `codec.remote_write_*`. */
  walk(body: readonly Uint8Array[], limits: WalkLimits, version: WriteVersion, scope: number): Walk
  /** Remembers the ref of a miss of the last walk, if there is room. Voids the walk. */
  remember(miss: number, version: WriteVersion, ref: number): void
  /**
   * The metadata in `[at, at + length)` of a version 2 series of the last walk are not listed again, until they change or the
   * returned function takes that back. Voids the walk.
   */
  noteMetadata(series: number, at: number, length: number): () => void
}
