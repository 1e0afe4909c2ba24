/** Takes one remote write request to the consumer and says what became of its rows. */
import type { RemoteWriteDecoder } from '../../codec/remote-write/decoder.ts'
import type { Refusals } from '../../codec/remote-write/refusals.ts'
import type { WriteVersion } from '../../codec/remote-write/walk.ts'
import type { IngestContext, IngestResult } from '../../signals/ingest.ts'
import type { MetricsBatch, MetricsConsumer } from '../../signals/metrics.ts'

/** Rows that are durable, and why others are not. */
export interface WriteOutcome {
  readonly samples: number
  readonly histograms: number
  readonly exemplars: number
  readonly refusals: Refusals
}

export interface ReceiverDeps {
  readonly consumer: MetricsConsumer
  readonly decoder: RemoteWriteDecoder
}

/** Throws `codec.*` for a body that is unusable as a whole, `ingest.overloaded` and `store.*` as the consumer does. */
export async function receiveWrite(
  body: readonly Uint8Array[],
  version: WriteVersion,
  ctx: IngestContext,
  { consumer, decoder }: ReceiverDeps,
): Promise<WriteOutcome> {
  const { batch, refusals, forget } = decoder.decode(body, version, ctx.tenant, consumer.seriesTable(ctx.tenant))
  if (isEmpty(batch)) return { samples: 0, histograms: 0, exemplars: 0, refusals }
  // The columns may be gone after the call.
  const offered = { samples: batch.samples.refs.length, histograms: batch.histograms.refs.length }
  const exemplars = batch.exemplars.length
  try {
    const result = await consumer.consumeMetrics(batch, ctx)
    return { ...written(offered, result, refusals), exemplars, refusals }
  } catch (error) {
    forget()
    throw error
  }
}

function isEmpty({ samples, histograms, exemplars, metadata }: MetricsBatch): boolean {
  return samples.refs.length + histograms.refs.length + exemplars.length + metadata.length === 0
}

interface Offered {
  readonly samples: number
  readonly histograms: number
}

/** The consumer lists its first refusals only, samples before histograms: those beyond the list are taken to be like its last one. */
function written(offered: Offered, { rejected, rejections }: IngestResult, refusals: Refusals): Offered {
  let { samples, histograms } = offered
  const refuse = (row: number, rows: number, code: (typeof rejections)[number]): void => {
    const isSample = row < offered.samples
    if (isSample) samples -= Math.min(rows, samples)
    else histograms -= Math.min(rows, histograms)
    refusals.add(isSample ? 'samples' : 'histograms', rows, code)
  }
  for (const rejection of rejections) refuse(rejection.row, 1, rejection)
  const last = rejections.at(-1)
  if (last !== undefined && rejected > rejections.length) refuse(last.row, rejected - rejections.length, last)
  return { samples, histograms }
}
