/**
 * The staleness marker is the NaN 0x7ff0000000000002. A JS engine may set a NaN's quiet bit when the value passes through a
 * variable, but it keeps the low word, and no other NaN that Prometheus or JS makes ends in 2: so staleness is the low word.
 */
const scratch = new Float64Array(1)
const words = new Uint32Array(scratch.buffer)
words[1] = 0x7ff00000
words[0] = 2

export const STALE_HI = 0x7ff00000
export const STALE_LO = 2

/** A NaN that `isStale` recognises. */
export const STALE_NAN: number = scratch[0] as number

const probe = new Float64Array(1)
const probeWords = new Uint32Array(probe.buffer)

export function isStale(value: number): boolean {
  if (value === value) return false
  probe[0] = value
  return probeWords[0] === STALE_LO
}

/** Writes the marker's exact bits at `column[at]`. */
export function setStale(column: Float64Array, at: number): void {
  const view = new Uint32Array(column.buffer, column.byteOffset + at * 8, 2)
  view[0] = STALE_LO
  view[1] = STALE_HI
}
