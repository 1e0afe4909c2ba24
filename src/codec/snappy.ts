/**
 * Snappy's block format (not the framed one). Remote write's hot path has its own decoder (wasm/); this one is for the rest.
 * Follows format_description.txt of google/snappy.
 */
import { Buffer } from 'node:buffer'
import { defineError } from '../core/errors.ts'

export const snappyCorrupt = defineError<object>({
  code: 'codec.snappy_corrupt',
  status: 400,
  blame: 'caller',
  retry: false,
  message: () => 'the body is not a valid snappy block',
  advice: "Compress with snappy's block format, as remote write asks for, not with the framed format.",
})

export const snappyTooLarge = defineError<{ limit: number }>({
  code: 'codec.snappy_too_large',
  status: 413,
  blame: 'caller',
  retry: false,
  message: ({ limit }) => `the uncompressed body is larger than ${limit} bytes`,
  advice: 'Send less at once. For remote write the limit is remote_write_receiver.max_decompressed_size.',
})

/** Undoes one block. The declared length is checked before anything is made: throws `codec.snappy_too_large` or `codec.snappy_corrupt`. */
export function uncompressSnappy(block: Uint8Array, maxBytes: number): Buffer {
  const { length, at } = declaredLength(block)
  // Three bytes can stand for 64 at most: a block that declares more is lying.
  if (length > (block.length * 64) / 3 + 64) throw snappyCorrupt({})
  if (length > maxBytes) throw snappyTooLarge({ limit: maxBytes })
  const out = Buffer.allocUnsafe(length)
  let from = at
  let to = 0
  while (from < block.length) {
    const element = elementAt(block, from)
    if (element.run > length - to || element.next > block.length) throw snappyCorrupt({})
    if (element.offset === 0) {
      out.set(block.subarray(element.next - element.run, element.next), to)
    } else {
      if (element.offset > to) throw snappyCorrupt({})
      repeat(out, to, element.offset, element.run)
    }
    to += element.run
    from = element.next
  }
  if (to !== length) throw snappyCorrupt({})
  return out
}

function declaredLength(block: Uint8Array): { length: number; at: number } {
  let length = 0
  for (let at = 0; at < 5; at++) {
    const byte = block[at]
    if (byte === undefined) break
    length += (byte & 0x7f) * 2 ** (at * 7)
    if (byte < 0x80) {
      if (length > 0xffffffff) break
      return { length, at: at + 1 }
    }
  }
  throw snappyCorrupt({})
}

/** A literal (`offset` 0: the `run` bytes before `next`) or a copy of `run` bytes from `offset` bytes back. */
function elementAt(block: Uint8Array, from: number): { run: number; offset: number; next: number } {
  const tag = block[from] as number
  if ((tag & 3) === 0) {
    const extra = Math.max((tag >> 2) - 59, 0)
    const run = (extra === 0 ? tag >> 2 : littleEndian(block, from + 1, extra)) + 1
    return { run, offset: 0, next: from + 1 + extra + run }
  }
  if ((tag & 3) === 1) {
    const offset = ((tag >> 5) << 8) | littleEndian(block, from + 1, 1)
    if (offset === 0) throw snappyCorrupt({})
    return { run: ((tag >> 2) & 7) + 4, offset, next: from + 2 }
  }
  const width = (tag & 3) === 2 ? 2 : 4
  const offset = littleEndian(block, from + 1, width)
  if (offset === 0) throw snappyCorrupt({})
  return { run: (tag >> 2) + 1, offset, next: from + 1 + width }
}

function littleEndian(block: Uint8Array, at: number, width: number): number {
  if (at + width > block.length) throw snappyCorrupt({})
  let value = 0
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (block[at + i] as number)
  return value
}

function repeat(out: Uint8Array, to: number, offset: number, run: number): void {
  if (offset >= run) out.copyWithin(to, to - offset, to - offset + run)
  else for (let i = 0; i < run; i++) out[to + i] = out[to + i - offset] as number
}

const HASH_BITS = 14
const MIN_MATCH = 4
const WINDOW = 65_536

/** Compresses into one block, which any snappy decoder undoes. */
export function compressSnappy(bytes: Uint8Array): Buffer {
  const writer = new BlockWriter(bytes)
  const table = new Int32Array(1 << HASH_BITS).fill(-1)
  let at = 0
  let literal = 0
  while (at + MIN_MATCH <= bytes.length) {
    const word = wordAt(bytes, at)
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS)
    const candidate = table[slot] as number
    table[slot] = at
    if (candidate < 0 || at - candidate >= WINDOW || wordAt(bytes, candidate) !== word) {
      // The longer nothing repeats, the faster it is passed over.
      at += 1 + ((at - literal) >> 5)
      continue
    }
    let run = MIN_MATCH
    while (at + run < bytes.length && bytes[candidate + run] === bytes[at + run]) run++
    writer.literal(literal, at)
    writer.copy(at - candidate, run)
    at += run
    literal = at
  }
  writer.literal(literal, bytes.length)
  return writer.finish()
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

class BlockWriter {
  readonly #bytes: Uint8Array
  readonly #out: Buffer
  #length = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#out = Buffer.allocUnsafe(32 + bytes.length + Math.ceil(bytes.length / 6))
    let rest = bytes.length
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 0x80)
    this.#byte(rest)
  }

  literal(from: number, to: number): void {
    if (from === to) return
    const last = to - from - 1
    if (last < 60) this.#byte(last << 2)
    else {
      const width = last < 0x100 ? 1 : last < 0x10000 ? 2 : last < 0x1000000 ? 3 : 4
      this.#byte((59 + width) << 2)
      for (let i = 0; i < width; i++) this.#byte(Math.floor(last / 256 ** i) & 0xff)
    }
    this.#out.set(this.#bytes.subarray(from, to), this.#length)
    this.#length += to - from
  }

  copy(offset: number, run: number): void {
    for (let rest = run; rest > 0;) {
      // A tail of fewer than four bytes would not fit the short form, so the piece before it is kept shorter.
      const piece = rest > 64 ? (rest < 68 ? 60 : 64) : rest
      if (piece >= 4 && piece <= 11 && offset < 2048) {
        this.#byte(1 | ((piece - 4) << 2) | ((offset >> 8) << 5))
        this.#byte(offset & 0xff)
      } else {
        this.#byte(2 | ((piece - 1) << 2))
        this.#byte(offset & 0xff)
        this.#byte(offset >> 8)
      }
      rest -= piece
    }
  }

  finish(): Buffer {
    return this.#out.subarray(0, this.#length)
  }

  #byte(value: number): void {
    this.#out[this.#length++] = value
  }
}
