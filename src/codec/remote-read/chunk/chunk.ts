/** What all chunks of samples have in common, and how one series is cut into them. Follows prometheus/tsdb/chunkenc/chunk.go@v3.14. */
import type { NativeHistogram } from '../../../model/histogram.ts'

/** How the samples of a chunk are written, by Prometheus' numbers. */
export const ENCODING = { xor: 1, histogram: 2, floatHistogram: 3 } as const

export interface Chunk {
  readonly encoding: (typeof ENCODING)[keyof typeof ENCODING]
  /** UnixMs of the first and the last sample. */
  readonly minTime: number
  readonly maxTime: number
  readonly data: Uint8Array
}

/** Writes the histograms of one chunk, behind its header. */
export interface HistogramWriter {
  /** Of the kind and the layout of those before. */
  add(time: number, histogram: NativeHistogram): void
}

/** As many as Prometheus puts into one. */
export const SAMPLES_PER_CHUNK = 120

/** ms: samples that are further apart are in chunks of their own, so that differences of differences are exact. */
export const MAX_GAP = 2 ** 51
