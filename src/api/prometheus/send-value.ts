import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { QueryValue } from '../../query/promql/result.ts'
import { notesJson } from './envelope.ts'
import type { Notes } from './envelope.ts'
import { BufferPool } from './chunks.ts'
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

const TEXT_BYTES = 16 * 1024

const pool = new BufferPool()

/** Sends a value in the envelope of the Prometheus API; a long one in chunks, between which the event loop does other work. */
export function sendValue(
  reply: FastifyReply,
  value: QueryValue,
  points: PointWriter,
  { limit, members, notes }: ValueAnswer,
): FastifyReply {
  const before = '{"status":"success","data":{'
  const after = `${members}}${notesJson(notes)}}`
  const chunks = encodeValue(value, points, { before, after, limit, buffers: pool })
  void reply.type('application/json')
  const first = chunks.next().value ?? Buffer.alloc(0)
  // Text goes out in one write with the headers, bytes in a second one: a call to the system saved is worth the copy.
  if (first.length <= TEXT_BYTES) {
    const text = first.toString()
    pool.give([first])
    return reply.send(text)
  }
  const sent = [first]
  // Until then the system may still read them.
  reply.raw.once('close', () => {
    pool.give(sent)
  })
  if (first.length < first.buffer.byteLength) return reply.send(first)
  return reply.send(Readable.from(inTurns(chunks, sent), { objectMode: false }))
}

/** The first chunk, which is in `sent`, and all others, which are added to it. */
async function* inTurns(chunks: Iterable<Buffer>, sent: Buffer[]): AsyncGenerator<Buffer> {
  yield* sent
  for (const chunk of chunks) {
    sent.push(chunk)
    yield chunk
    await setImmediate()
  }
}
