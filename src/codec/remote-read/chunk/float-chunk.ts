/** Chunks of float samples, to the bit as Prometheus keeps them. Follows prometheus/tsdb/chunkenc/xor.go@v3.14. */
import { BitWriter } from './bit-writer.ts'
import { ENCODING, MAX_GAP, SAMPLES_PER_CHUNK } from './chunk.ts'
import type { Chunk } from './chunk.ts'
import { fits } from './varbit.ts'
import { XorColumn } from './xor.ts'

/** Samples of one series, in time order: `count` of them, from these places of the columns. */
export interface FloatRun {
  /** UnixMs. */
  readonly times: Float64Array
  readonly timeFrom: number
  readonly values: Float64Array
  readonly from: number
  readonly count: number
}

/** The chunks of a run. */
export function floatChunks(run: FloatRun): Chunk[] {
  const { times, timeFrom, count } = run
  const chunks: Chunk[] = []
  for (let start = 0; start < count;) {
    let end = start + 1
    const last = Math.min(count, start + SAMPLES_PER_CHUNK)
    while (end < last && gap(times, timeFrom + end) < MAX_GAP) end++
    chunks.push(floatChunk(run, start, end))
    start = end
  }
  return chunks
}

function gap(times: Float64Array, at: number): number {
  return (times[at] as number) - (times[at - 1] as number)
}

const HEADER_BYTES = 2

/** The samples `[start, end)` of a run. */
function floatChunk({ times, timeFrom, values, from }: FloatRun, start: number, end: number): Chunk {
  const words = new Uint32Array(values.buffer, values.byteOffset + (from + start) * 8, (end - start) * 2)
  const bits = new BitWriter(HEADER_BYTES)
  bits.setByte(0, (end - start) >> 8)
  bits.setByte(1, (end - start) & 0xff)
  const column = new XorColumn()
  const minTime = times[timeFrom + start] as number
  putVarint(bits, minTime)
  column.first(bits, words[1] as number, words[0] as number)
  let time = minTime
  let delta = 0
  for (let k = 1; k < end - start; k++) {
    const next = times[timeFrom + start + k] as number
    if (k === 1) putUvarint(bits, next - time)
    else putTimeChange(bits, next - time - delta)
    delta = next - time
    time = next
    column.next(bits, words[k * 2 + 1] as number, words[k * 2] as number)
  }
  return { encoding: ENCODING.xor, minTime, maxTime: time, data: bits.finish() }
}

/** How the gap between samples differs from the one before. */
function putTimeChange(bits: BitWriter, change: number): void {
  if (change === 0) bits.bits(0, 1)
  else if (fits(change, 14)) put(bits, 0b10, 2, change, 14)
  else if (fits(change, 17)) put(bits, 0b110, 3, change, 17)
  else if (fits(change, 20)) put(bits, 0b1110, 4, change, 20)
  else put(bits, 0b1111, 4, change, 64)
}

function put(bits: BitWriter, prefix: number, prefixSize: number, value: number, size: number): void {
  bits.bits(prefix, prefixSize)
  bits.integer(value, size)
}

/** Go's binary.PutVarint: zigzag. Numbers within ±2^53, so halves are told apart before they are doubled. */
function putVarint(bits: BitWriter, value: number): void {
  const whole = Math.abs(value) - (value < 0 ? 1 : 0)
  const sign = value < 0 ? 1 : 0
  // The sign and the lowest six bits.
  const low = (whole % 64) * 2 + sign
  const rest = Math.floor(whole / 64)
  bits.bits(rest > 0 ? low | 0x80 : low, 8)
  if (rest > 0) putUvarint(bits, rest)
}

function putUvarint(bits: BitWriter, value: number): void {
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bits.bits((rest % 128) | 0x80, 8)
  bits.bits(rest, 8)
}
