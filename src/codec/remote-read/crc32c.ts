/** CRC-32 with Castagnoli's polynomial (RFC 3720, appendix B.4), four bytes a step. */
const POLYNOMIAL = 0x82f63b78

/** Makes the function that sums up bytes, as a uint32. */
export function makeCrc32c(): (bytes: Uint8Array) => number {
  const [t0, t1, t2, t3] = makeTables() as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  return (bytes) => {
    let sum = -1
    let at = 0
    for (const whole = bytes.length - (bytes.length % 4); at < whole; at += 4) {
      sum ^=
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)
      sum =
        (t3[sum & 0xff] as number) ^
        (t2[(sum >>> 8) & 0xff] as number) ^
        (t1[(sum >>> 16) & 0xff] as number) ^
        (t0[sum >>> 24] as number)
    }
    for (; at < bytes.length; at++) sum = (sum >>> 8) ^ (t0[(sum ^ (bytes[at] as number)) & 0xff] as number)
    return ~sum >>> 0
  }
}

/** `tables[k][b]`: the sum of byte b with k zero bytes behind it. */
function makeTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte
    for (let i = 0; i < 8; i++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1
    return sum
  })
  const tables = [first]
  for (let k = 1; k < 4; k++) {
    tables.push((tables[k - 1] as Uint32Array).map((sum) => (sum >>> 8) ^ (first[sum & 0xff] as number)))
  }
  return tables
}
