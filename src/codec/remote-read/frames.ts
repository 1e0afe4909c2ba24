/**
 * The answer in chunks: `prometheus.ChunkedReadResponse` messages, each behind its length and its checksum. Follows
 * StreamChunkedReadResponses and ChunkedWriter, prometheus/storage/remote@v3.14.
 */
import { Buffer } from 'node:buffer'
import type { LabelSet } from '../../model/labels.ts'
import type { Chunk } from './chunk/chunk.ts'
import { floatChunks } from './chunk/float-chunk.ts'
import type { FloatRun } from './chunk/float-chunk.ts'
import { histogramChunks } from './chunk/histogram-chunk.ts'
import type { HistogramRun } from './chunk/histogram-chunk.ts'
import { ProtoWriter } from '../protobuf-writer.ts'
import { makeCrc32c } from './crc32c.ts'
import { writeLabels } from './series.ts'

/** The chunks of one series that has floats and histograms, in order of time. */
export function seriesChunks(floats: FloatRun, histograms: HistogramRun | undefined): Chunk[] {
  if (histograms === undefined || histograms.from === histograms.to) return floatChunks(floats)
  const { times, timeFrom, from, count } = floats
  const chunks: Chunk[] = []
  let float = 0
  for (let next = histograms.from; next < histograms.to || float < count;) {
    const until = histogramTime(histograms, next)
    const firstFloat = float
    while (float < count && (times[timeFrom + float] as number) < until) float++
    const run = { ...floats, timeFrom: timeFrom + firstFloat, from: from + firstFloat, count: float - firstFloat }
    chunks.push(...floatChunks(run))
    const stop = float < count ? (times[timeFrom + float] as number) : Infinity
    const first = next
    while (next < histograms.to && histogramTime(histograms, next) <= stop) next++
    chunks.push(...histogramChunks({ ...histograms, from: first, to: next }))
  }
  return chunks
}

function histogramTime({ times, to }: HistogramRun, at: number): number {
  return at < to ? (times[at] as number) : Infinity
}

export interface ChunkedSeries {
  readonly labels: LabelSet
  readonly chunks: readonly Chunk[]
  /** Which of the request's queries it answers. */
  readonly query: number
}

/** Writes series after series. A frame holds chunks of one series. */
export class FrameWriter {
  readonly #maxBytes: number
  readonly #checksum = makeCrc32c()

  /** Frames get about `maxBytes` long: one chunk too many is let pass, as in Prometheus. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  *frames({ labels, chunks, query }: ChunkedSeries): Generator<Buffer> {
    const head = new ProtoWriter()
    writeLabels(head, labels)
    let series = new ProtoWriter(1024).append(head.view())
    for (const [i, chunk] of chunks.entries()) {
      series.message(2, (inner) => {
        inner.int64(1, chunk.minTime).int64(2, chunk.maxTime).uint64(3, chunk.encoding).bytes(4, chunk.data)
      })
      if (series.length < this.#maxBytes && i < chunks.length - 1) continue
      yield this.#frame(new ProtoWriter(series.length + 32).bytes(1, series.view()).uint64(2, query).view())
      series = new ProtoWriter(1024).append(head.view())
    }
  }

  #frame(message: Uint8Array): Buffer {
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(this.#checksum(message))
    return new ProtoWriter(message.length + 14).bareVarint(message.length).append(sum).append(message).finish()
  }
}
