/**
 * Frames: what one write to a segment file holds, and how a torn one is told from a whole one.
 *
 *   u32 magic, u32 length of the payload, u32 CRC-32 of the payload, u32 zero; then the payload
 *
 * Little endian; payloads are multiples of 8 bytes, so all columns in them are aligned in the file and in memory.
 */
import type { makeCrc32 } from './crc32.ts'

export const FRAME_HEADER_BYTES = 16
const MAGIC = 0x31465742
const MAGIC_BYTES = 'BWF1'
/** A length beyond this is garbage, not a frame. */
const MAX_PAYLOAD = 1 << 30

/** Fills the header of the frame whose payload begins `FRAME_HEADER_BYTES` after the start of `frame`. */
export function sealFrame(frame: Buffer, crc32: ReturnType<typeof makeCrc32>): void {
  const payload = frame.subarray(FRAME_HEADER_BYTES)
  frame.writeUInt32LE(MAGIC, 0)
  frame.writeUInt32LE(payload.length, 4)
  frame.writeUInt32LE(crc32(payload), 8)
  frame.writeUInt32LE(0, 12)
}

export interface Frames {
  readonly payloads: readonly Buffer[]
  /** Where the last whole frame ends; what lies behind is torn. */
  readonly end: number
  /** Bytes before `end` that are no whole frame: a crash does not leave such, only a fault of the disk. */
  readonly damaged: number
}

/** All whole frames of a segment's bytes, those behind damaged ones too. */
export function readFrames(bytes: Buffer, crc32: ReturnType<typeof makeCrc32>): Frames {
  const payloads: Buffer[] = []
  let end = 0
  let damaged = 0
  for (let at = 0; at !== -1;) {
    const payload = frameAt(bytes, at, crc32)
    if (payload === undefined) {
      at = bytes.indexOf(MAGIC_BYTES, at + 1)
      continue
    }
    payloads.push(payload)
    damaged += at - end
    at += FRAME_HEADER_BYTES + payload.length
    end = at
  }
  return { payloads, end, damaged }
}

function frameAt(bytes: Buffer, at: number, crc32: ReturnType<typeof makeCrc32>): Buffer | undefined {
  if (at + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return undefined
  const length = bytes.readUInt32LE(at + 4)
  const from = at + FRAME_HEADER_BYTES
  if (length > MAX_PAYLOAD || from + length > bytes.length) return undefined
  const payload = bytes.subarray(from, from + length)
  return crc32(payload) === bytes.readUInt32LE(at + 8) ? payload : undefined
}
