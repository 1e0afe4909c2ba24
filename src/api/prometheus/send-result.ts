import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { QueryResult } from '../../query/promql/query-result.ts'
import { encodeResult } from './result-encoder.ts'
import type { PointWriter } from './point-writer.ts'

/** What an answer tells beside its result. */
export interface ResultNotes {
  /** Already JSON; absent = not asked for. */
  readonly stats?: string
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** Up to here an answer is made in one go, a few milliseconds, and sent with its length. */
const WHOLE_BYTES = 1024 * 1024

/** Sends a result in the envelope of the Prometheus API; a long one in chunks, between which the event loop does other work. */
export function sendResult(
  reply: FastifyReply,
  result: QueryResult,
  points: PointWriter,
  { stats, warnings, infos }: ResultNotes,
): FastifyReply {
  const told = (name: string, texts: readonly string[]): string =>
    texts.length === 0 ? '' : `,"${name}":${JSON.stringify(texts)}`
  const statsMember = stats === undefined ? '' : `,"stats":${stats}`
  const chunks = encodeResult(result, points, {
    before: '{"status":"success","data":{',
    after: `${statsMember}}${told('warnings', warnings)}${told('infos', infos)}}`,
  })
  void reply.type('application/json')
  const begun: Buffer[] = []
  for (let bytes = 0; bytes < WHOLE_BYTES;) {
    const next = chunks.next()
    if (next.done === true) return reply.send(begun.length === 1 ? begun[0] : Buffer.concat(begun))
    begun.push(next.value)
    bytes += next.value.length
  }
  return reply.send(Readable.from(inTurns(begun, chunks), { objectMode: false }))
}

async function* inTurns(begun: readonly Buffer[], chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* begun
  for (const chunk of chunks) {
    yield chunk
    await setImmediate()
  }
}
