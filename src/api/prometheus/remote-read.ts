/** POST /api/v1/read: samples for another Prometheus' queries. Follows storage/remote/read_handler.go, prometheus@v3.14. */
import type { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ProtoWriter } from '../../codec/protobuf-writer.ts'
import { FrameWriter, seriesChunks } from '../../codec/remote-read/frames.ts'
import { decodeReadRequest } from '../../codec/remote-read/request.ts'
import type { ReadQuery } from '../../codec/remote-read/request.ts'
import { encodeTimeSeries } from '../../codec/remote-read/series.ts'
import { compressSnappy } from '../../codec/snappy.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import { compareLabelSets, LabelSet } from '../../model/labels.ts'
import type { Selector } from '../../model/matcher.ts'
import { tooMuchMemory } from '../../query/promql/eval/budget.ts'
import { rawBodies } from '../../receive/http.ts'
import type { QueryContext } from '../../signals/ingest.ts'
import type { SampleBlock } from '../../signals/metrics.ts'
import type { PrometheusDeps } from './deps.ts'
import { badRequest } from './params.ts'

/** As in Prometheus, before and after decompression. */
const MOST_REQUEST_BYTES = 32 * 1024 * 1024
/** As `storage.remote.read-max-bytes-in-frame` of Prometheus. */
const FRAME_BYTES = 1024 * 1024

const CHUNKS_TYPE = 'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse'

export function remoteReadRoutes(deps: PrometheusDeps): (app: FastifyInstance) => void {
  return (app) => {
    // A plugin of its own: raw bodies and plain errors concern this path only.
    void app.register((scope, _, done) => {
      rawBodies(scope)
      scope.setErrorHandler((error, request, reply) => sendPlain(reply, error, request, deps))
      scope.post('/api/v1/read', { bodyLimit: MOST_REQUEST_BYTES }, (request, reply) => read(request, reply, deps))
      done()
    })
  }
}

async function read(request: FastifyRequest, reply: FastifyReply, deps: PrometheusDeps): Promise<FastifyReply> {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0)
  const { queries, responseType } = decodeReadRequest(body, MOST_REQUEST_BYTES)
  const reading: Reading = { deps, ctx: deps.queryContext(reply), external: deps.externalLabels() }
  if (responseType === 'samples') {
    const answer = await readSamples(queries, reading)
    return reply.type('application/x-protobuf').header('content-encoding', 'snappy').send(answer)
  }
  const frames = readFrames(queries, reading)
  // Errors of the first query still get a status of their own.
  const first = await frames.next()
  void reply.type(CHUNKS_TYPE)
  return reply.send(first.done === true ? '' : Readable.from(resumed(first.value, frames), { objectMode: false }))
}

async function* resumed(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}

interface Reading {
  readonly deps: PrometheusDeps
  readonly ctx: QueryContext
  readonly external: LabelSet
}

async function readSamples(queries: readonly ReadQuery[], reading: Reading): Promise<Buffer> {
  const { maxSamples } = reading.ctx.limits
  const response = new ProtoWriter(1024)
  for (const query of queries) {
    const result = new ProtoWriter(1024)
    let samples = 0
    const encode = (labels: LabelSet, block: SampleBlock, i: number): Buffer => {
      const { floats, histograms } = runsOf(block, i)
      samples += floats.count + (histograms === undefined ? 0 : histograms.to - histograms.from)
      if (samples > maxSamples) throw badRequest({ message: `exceeded sample limit (${maxSamples})` })
      return encodeTimeSeries(withExternal(labels, reading.external), floats, histograms)
    }
    for (const { encoded } of await readSeries(query, encode, (series) => series.length, reading))
      result.bytes(1, encoded)
    response.bytes(1, result.view())
  }
  return compressSnappy(response.view())
}

/** Series are sorted; what is sent is as far ahead of the client as its connection takes. */
async function* readFrames(queries: readonly ReadQuery[], reading: Reading): AsyncGenerator<Buffer> {
  const writer = new FrameWriter(FRAME_BYTES)
  for (const [query, one] of queries.entries()) {
    const encode = (_labels: LabelSet, block: SampleBlock, i: number): ReturnType<typeof seriesChunks> => {
      const { floats, histograms } = runsOf(block, i)
      return seriesChunks(floats, histograms)
    }
    const size = (chunks: ReturnType<typeof seriesChunks>): number =>
      chunks.reduce((sum, { data }) => sum + data.length, 0)
    for (const { labels, encoded } of await readSeries(one, encode, size, reading)) {
      yield* writer.frames({ labels: withExternal(labels, reading.external), chunks: encoded, query })
    }
  }
}

interface Encoded<T> {
  readonly labels: LabelSet
  readonly encoded: T
}

/** About what a label set and its places take. */
const SERIES_BYTES = 200

/** Every series of a query, encoded, by the order of its stored labels. They are held all at once: the store has no order. */
async function readSeries<T>(
  { selector, range }: ReadQuery,
  encode: (labels: LabelSet, block: SampleBlock, i: number) => T,
  sizeOf: (encoded: T) => number,
  { deps, ctx, external }: Reading,
): Promise<readonly Encoded<T>[]> {
  if (range.end <= range.start) return []
  const found = await deps.gate.run(ctx.tenant, () => collect(), ctx.signal)
  return found.sort((a, b) => compareLabelSets(a.labels, b.labels))

  async function collect(): Promise<Encoded<T>[]> {
    const selection = await deps.querier.select(withoutExternal(selector, external), range, { starts: false }, ctx)
    const rows: Encoded<T>[] = []
    let bytes = 0
    try {
      for await (const block of selection.read()) {
        for (const [i, row] of block.rows.entries()) {
          if (isEmpty(block, i)) continue
          const labels = selection.labels.at(row)
          const encoded = encode(labels, block, i)
          bytes += sizeOf(encoded) + SERIES_BYTES
          if (bytes > ctx.limits.maxBytes) throw tooMuchMemory({ limit: ctx.limits.maxBytes })
          rows.push({ labels, encoded })
        }
        ctx.signal.throwIfAborted()
      }
    } finally {
      selection.close()
    }
    return rows
  }
}

function isEmpty({ offsets, histograms }: SampleBlock, i: number): boolean {
  const hasFloats = offsets[i] !== offsets[i + 1]
  return !hasFloats && (histograms === undefined || histograms.offsets[i] === histograms.offsets[i + 1])
}

type Runs = Parameters<typeof seriesChunks>

function runsOf(block: SampleBlock, i: number): { readonly floats: Runs[0]; readonly histograms: Runs[1] } {
  const { times, timeOffsets, values, offsets, histograms } = block
  const from = offsets[i] as number
  const floats = { times, timeFrom: timeOffsets[i] as number, values, from, count: (offsets[i + 1] as number) - from }
  if (histograms === undefined) return { floats, histograms: undefined }
  const [first, to] = [histograms.offsets[i] as number, histograms.offsets[i + 1] as number]
  return { floats, histograms: { times: histograms.timestamps, values: histograms.values, from: first, to } }
}

/** Stored series lack the external labels: who asks for one by its value means those without it. */
function withoutExternal(selector: Selector, external: LabelSet): Selector {
  return selector.map((matcher) =>
    matcher.op === '=' && external.get(matcher.name) === matcher.value ? { ...matcher, value: '' } : matcher,
  )
}

/** A label of the series' own wins. */
function withExternal(labels: LabelSet, external: LabelSet): LabelSet {
  return external.size === 0 ? labels : LabelSet.from([...external.entries(), ...labels.entries()])
}

/** This endpoint tells errors as plain text. */
function sendPlain(
  reply: FastifyReply,
  error: unknown,
  request: FastifyRequest,
  { log }: PrometheusDeps,
): FastifyReply {
  void reply.type('text/plain; charset=utf-8')
  if (error instanceof BongsuError) return reply.code(error.status).send(`${error.message}\n`)
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status < 500) return reply.code(status).send(`${messageOf(error)}\n`)
  log.error('a request failed on a bug', { request: request.id, stack: (error as Error).stack ?? messageOf(error) })
  return reply.code(500).send(`internal error; its id in the log is ${request.id}\n`)
}
