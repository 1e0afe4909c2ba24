import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { QueryValue } from '../../query/promql/result.ts'
import { notesJson } from './envelope.ts'
import type { Notes } from './envelope.ts'
import type { PointWriter } from './point-writer.ts'
import { encodeValue } from './result-encoder.ts'

/** What an answer holds beside its value. */
export interface ValueAnswer {
  /** Rows at most; 0 = all. */
  readonly limit: number
  /** Further members of `data` as JSON, each with a comma in front. */
  readonly members: string
  readonly notes: Notes
}

/** Up to here an answer is made in one go, within a few milliseconds, and sent with its length. */
const WHOLE_BYTES = 1024 * 1024

const TEXT_BYTES = 16 * 1024

/** Sends a value in the envelope of the Prometheus API; a long one in chunks, between which the event loop does other work. */
export function sendValue(
  reply: FastifyReply,
  value: QueryValue,
  points: PointWriter,
  { limit, members, notes }: ValueAnswer,
): FastifyReply {
  const before = '{"status":"success","data":{'
  const chunks = encodeValue(value, points, { before, after: `${members}}${notesJson(notes)}}`, limit })
  void reply.type('application/json')
  const begun: Buffer[] = []
  for (let bytes = 0; bytes < WHOLE_BYTES;) {
    const next = chunks.next()
    if (next.done === true) return reply.send(sendable(begun))
    begun.push(next.value)
    bytes += next.value.length
  }
  return reply.send(Readable.from(inTurns(begun, chunks), { objectMode: false }))
}

/** Text goes out in one write with the headers, bytes in a second one: a call to the system saved is worth the copy. */
function sendable(chunks: readonly Buffer[]): Buffer | string {
  const [only] = chunks
  const whole = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
  return whole.length <= TEXT_BYTES ? whole.toString() : whole
}

async function* inTurns(begun: readonly Buffer[], chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* begun
  for (const chunk of chunks) {
    yield chunk
    await setImmediate()
  }
}
