import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { messageOf } from '../../core/errors.ts'
import type { Block } from '../engine.ts'
import { fromClickHouse, storeUnavailable } from '../errors.ts'
import { BlockDecoder, malformedBlock } from '../native-decode.ts'

/**
 * The blocks of an answer. A server that fails after it began to answer writes the exception's text behind the last block
 * (newer ones between markers with a tag) and cuts the connection: what can't be decoded is searched for it.
 */
export async function* answerBlocks({
  body,
  headers,
}: Dispatcher.ResponseData): AsyncGenerator<Block, void, undefined> {
  // The pipeline's callback is told what the iteration throws anyway.
  const bytes = headers['content-encoding'] === 'gzip' ? pipeline(body, createGunzip(), () => undefined) : body
  const decoder = new BlockDecoder()
  const tail = new Tail()
  try {
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      tail.push(chunk)
      yield* decoder.push(chunk)
    }
    decoder.end()
  } catch (error) {
    throw failureOf(error, tail.text())
  }
}

function failureOf(error: unknown, tail: string): unknown {
  const at = tail.lastIndexOf('Code: ')
  const told = at === -1 ? undefined : /^Code: \d+\. DB::[\s\S]*/.exec(tail.slice(at))?.[0]
  if (told !== undefined) return fromClickHouse(told.replace(/\s+\d+ \w{16}\s+__exception__\s*$/, ''), { cause: error })
  const { code } = error as { code?: unknown }
  if (code === malformedBlock.definition.code) return error
  return storeUnavailable({ detail: `the answer broke off: ${messageOf(error)}` }, { cause: error })
}

const TAIL_BYTES = 64 * 1024

/** The last bytes of a stream; holds two chunks at least, so that an exception's text is there as a whole. */
class Tail {
  #chunks: Uint8Array[] = []
  #size = 0

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    while (this.#chunks.length > 2 && this.#size - (this.#chunks[0] as Uint8Array).length > TAIL_BYTES)
      this.#size -= (this.#chunks.shift() as Uint8Array).length
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-TAIL_BYTES).toString()
  }
}
