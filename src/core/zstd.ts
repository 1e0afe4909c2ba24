/** zstd (RFC 8878): Node's own from 22.15 on; before that bodies are decompressed in WebAssembly, and answers not compressed by it. */
import { Buffer } from 'node:buffer'
import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { ZSTDDecoder } from 'zstddec'

/** Node's names; the types of Node 20 do not have them. */
interface NodeZstd {
  readonly zstdCompress: Callback<{ readonly params: Readonly<Record<number, number>> }>
  readonly zstdDecompress: Callback<{ readonly maxOutputLength: number }>
  readonly createZstdCompress: (options: { readonly params: Readonly<Record<number, number>> }) => Transform
}
type Callback<O> = (bytes: Uint8Array | string, options: O, done: (error: Error | null, result: Buffer) => void) => void

/** Fails with Node's `ERR_BUFFER_TOO_LARGE` rather than make more than `maxBytes`, and with other errors for what is no zstd. */
export type ZstdDecompress = (bytes: Uint8Array, maxBytes: number) => Promise<Buffer>

export interface ZstdCompress {
  /** Quickly: at the lowest level that there is. */
  readonly whole: (bytes: Uint8Array | string) => Promise<Buffer>
  readonly streamed: () => Transform
}

const LEVEL_PARAMETER = 100
const QUICK = { params: { [LEVEL_PARAMETER]: 1 } } as const

/** Undefined where Node has none. */
export function zstdCompress(): ZstdCompress | undefined {
  const { zstdCompress: compress, createZstdCompress } = zlib as unknown as Partial<NodeZstd>
  if (compress === undefined || createZstdCompress === undefined) return undefined
  const whole = promisify(compress)
  return { whole: (bytes) => whole(bytes, QUICK), streamed: () => createZstdCompress(QUICK) }
}

export function zstdDecompress(): ZstdDecompress {
  const { zstdDecompress: native } = zlib as unknown as Partial<NodeZstd>
  if (native === undefined) return wasmDecompress()
  const decompress = promisify(native)
  return (bytes, maxOutputLength) => decompress(bytes, { maxOutputLength })
}

/** Room for the result is taken in one piece: no more than WebAssembly surely has. */
const MOST_ROOM = 2 ** 30

/** The reference decoder in WebAssembly, compiled when first needed. Exported for its test, which runs on any Node. */
export function wasmDecompress(): ZstdDecompress {
  const decoder = new ZSTDDecoder()
  return async (bytes, maxBytes) => {
    const declared = contentSize(bytes)
    if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes)
    await decoder.init()
    const made = decoder.decode(bytes, Math.max(1, Math.min(maxBytes, MOST_ROOM)))
    // Of an error it only tells that nothing was made.
    if (made.length === 0 && declared !== 0) throw new Error(`no zstd, or more than ${maxBytes} bytes`)
    return Buffer.from(made.buffer, made.byteOffset, made.byteLength)
  }
}

function tooLarge(maxBytes: number): Error {
  return Object.assign(new RangeError(`more than ${maxBytes} bytes`), { code: 'ERR_BUFFER_TOO_LARGE' })
}

/** Bytes that the first frame says it holds (RFC 8878, 3.1.1.1.4); undefined when it does not say. */
function contentSize(bytes: Uint8Array): number | undefined {
  const descriptor = bytes[4] ?? 0
  const isSingleSegment = (descriptor & 0x20) !== 0
  const width = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  if (width === 0) return undefined
  const at = (isSingleSegment ? 5 : 6) + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  let size = width === 2 ? 256 : 0
  for (let i = 0; i < width; i++) size += (bytes[at + i] ?? 0) * 256 ** i
  return size
}
