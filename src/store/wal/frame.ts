/**
 * Frames: what one write to a segment file holds, and how a torn one is told from a whole one.
 *
 *   u32 magic, u32 length of the payload, u32 CRC-32 of the payload, u32 zero; then the payload
 *
 * Little endian; payloads are multiples of 8 bytes, so all columns in them are aligned in the file and in memory.
 */
import type { makeCrc32 } from './crc32.ts'

export const FRAME_HEADER_BYTES = 16
const MAGIC = 0x31465742 // "BWF1"
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
  /** Length of the whole frames; what lies behind is torn and was never acknowledged. */
  readonly end: number
}

/** All whole frames from the start of a segment's bytes on. */
export function readFrames(bytes: Buffer, crc32: ReturnType<typeof makeCrc32>): Frames {
  const payloads: Buffer[] = []
  let at = 0
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at + 4)
    const end = at + FRAME_HEADER_BYTES + length
    if (bytes.readUInt32LE(at) !== MAGIC || length > MAX_PAYLOAD || end > bytes.length) break
    const payload = bytes.subarray(at + FRAME_HEADER_BYTES, end)
    if (crc32(payload) !== bytes.readUInt32LE(at + 8)) break
    payloads.push(payload)
    at = end
  }
  return { payloads, end: at }
}
