/** zstd (RFC 8878) where this Node has it: 22.15 and later. */
import type { Buffer } from 'node:buffer'
import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'

/** Node's names; the types of Node 20 do not have them. */
interface NodeZstd {
  readonly zstdCompress: Callback<{ readonly params: Readonly<Record<number, number>> }>
  readonly zstdDecompress: Callback<{ readonly maxOutputLength: number }>
  readonly createZstdCompress: (options: { readonly params: Readonly<Record<number, number>> }) => Transform
}
type Callback<O> = (bytes: Uint8Array | string, options: O, done: (error: Error | null, result: Buffer) => void) => void

export interface Zstd {
  /** Quickly: at the lowest level that there is. */
  readonly compress: (bytes: Uint8Array | string) => Promise<Buffer>
  readonly compressing: () => Transform
  /** Fails with Node's `ERR_BUFFER_TOO_LARGE` rather than make more than `maxBytes`. */
  readonly decompress: (bytes: Uint8Array, maxBytes: number) => Promise<Buffer>
}

const LEVEL_PARAMETER = 100
const QUICK = { params: { [LEVEL_PARAMETER]: 1 } } as const

/** Undefined where Node has none. */
export function nodeZstd(): Zstd | undefined {
  const { zstdCompress, zstdDecompress, createZstdCompress } = zlib as unknown as Partial<NodeZstd>
  if (zstdCompress === undefined || zstdDecompress === undefined || createZstdCompress === undefined) return undefined
  const compress = promisify(zstdCompress)
  const decompress = promisify(zstdDecompress)
  return {
    compress: (bytes) => compress(bytes, QUICK),
    compressing: () => createZstdCompress(QUICK),
    decompress: (bytes, maxOutputLength) => decompress(bytes, { maxOutputLength }),
  }
}
