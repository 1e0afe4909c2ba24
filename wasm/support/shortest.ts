/**
 * The shortest decimal that reads back as a given double, and of several the closest one: Schubfach.
 * Follows R. Giulietti, "The Schubfach way to render doubles" (2022), sections 8 and 9.
 */

/** The powers 10^MIN_POWER to 10^MAX_POWER, each as 128 bits, the leading one set, rounded up; high word first. */
const MIN_POWER = -292
const MAX_POWER = 324

let powers: usize = 0

/** What `shortest` found: `shortestDigits * 10^shortestExponent`, without zeros at the end of the digits. */
export let shortestDigits: u64 = 0
export let shortestExponent: i32 = 0

/** Where the caller puts the table of powers: the printer can't work before. */
export function finishShortest(): usize {
  powers = heap.alloc((MAX_POWER - MIN_POWER + 1) * 16)
  return powers
}

/** Of a finite double that is not 0; its sign is passed over. */
export function shortest(bits: u64): void {
  const fraction = bits & 0xfffffffffffff
  const biased = i32(bits >> 52) & 0x7ff
  const c = biased === 0 ? fraction : fraction | 0x10000000000000
  const q = biased === 0 ? -1074 : biased - 1075
  // The double below a power of two is half as far away as the one above.
  const isLopsided = fraction === 0 && biased > 1
  const k = (q * 1262611 - (isLopsided ? 524031 : 0)) >> 22
  const shift = u64(q + ((-k * 1741647) >> 19) + 1)
  const power = powers + (-k - MIN_POWER) * 16
  const high = load<u64>(power)
  const low = load<u64>(power, 8)
  const odd = c & 1
  const lower = scaled(high, low, (4 * c - 2 + u64(isLopsided)) << shift) + odd
  const middle = scaled(high, low, (4 * c) << shift)
  const upper = scaled(high, low, (4 * c + 2) << shift) - odd
  choose(lower, middle, upper, k)
}

/** All in quarters of 10^k: what lies in [lower, upper] reads back as the double, and `middle` is the double itself. */
@inline
function choose(lower: u64, middle: u64, upper: u64, k: i32): void {
  const floor = middle >> 2
  if (floor >= 10) {
    const tens = floor / 10
    const isDownInside = lower <= 40 * tens
    const isUpInside = 40 * tens + 40 <= upper
    if (isDownInside !== isUpInside) return finish(tens + u64(isUpInside), k + 1)
  }
  const isDownInside = lower <= 4 * floor
  const isUpInside = 4 * floor + 4 <= upper
  const half = 4 * floor + 2
  const isNearerUp = middle > half || (middle === half && (floor & 1) !== 0)
  finish(floor + u64(isDownInside !== isUpInside ? isUpInside : isNearerUp), k)
}

function finish(digits: u64, exponent: i32): void {
  while (digits % 10 === 0) {
    digits /= 10
    exponent++
  }
  shortestDigits = digits
  shortestExponent = exponent
}

/** Bits 128 and up of `factor * (high, low)`; the last one also says that something below was cut off. */
@inline
function scaled(high: u64, low: u64, factor: u64): u64 {
  const carried = highProduct(factor, low)
  const below = factor * high + carried
  const above = highProduct(factor, high) + u64(below < carried)
  return above | u64(below > 1)
}

/** The upper half of a product of 128 bits. */
@inline
function highProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff
  const aHigh = a >> 32
  const bLow = b & 0xffffffff
  const bHigh = b >> 32
  const cross = aLow * bHigh
  const middle = ((aLow * bLow) >> 32) + (cross & 0xffffffff) + aHigh * bLow
  return aHigh * bHigh + (cross >> 32) + (middle >> 32)
}
