/** Decimal digits of unsigned integers. */

// '00' to '99'.
let pairs: usize = 0
// 10^0 to 10^19.
let powers: usize = 0

/** Called once, before all others. */
export function setUpDigits(): void {
  pairs = heap.alloc(200)
  for (let i: u32 = 0; i < 100; i++) store<u16>(pairs + i * 2, u16(0x3030 + i / 10 + ((i % 10) << 8)))
  powers = heap.alloc(160)
  let power: u64 = 1
  for (let i: u32 = 0; i < 20; i++, power *= 10) store<u64>(powers + i * 8, power)
}

/** How many digits a number has; 1 for 0. */
@inline
export function digitCount(value: u64): u32 {
  // 1233 / 4096 is the logarithm of 2, well enough for 64 bits: at most one too few.
  const guess = (u32(64 - clz(value | 1)) * 1233) >> 12
  return guess + u32(value >= load<u64>(powers + guess * 8)) + u32(value === 0 && guess === 0)
}

/** Writes the last `count` digits of a number, from `to` on. */
export function writeDigits(to: usize, value: u64, count: u32): void {
  let end = to + count
  let rest = value
  while (rest >= 100000000) {
    const high = rest / 100000000
    end -= 8
    writeEight(end, u32(rest - high * 100000000))
    rest = high
  }
  let small = u32(rest)
  while (small >= 100) {
    end -= 2
    store<u16>(end, load<u16>(pairs + (small % 100) * 2))
    small /= 100
  }
  if (small >= 10) store<u16>(end - 2, load<u16>(pairs + small * 2))
  else if (end > to) store<u8>(end - 1, u8(0x30 + small))
}

@inline
function writeEight(to: usize, value: u32): void {
  const high = value / 10000
  const low = value % 10000
  store<u16>(to, load<u16>(pairs + (high / 100) * 2))
  store<u16>(to, load<u16>(pairs + (high % 100) * 2), 2)
  store<u16>(to, load<u16>(pairs + (low / 100) * 2), 4)
  store<u16>(to, load<u16>(pairs + (low % 100) * 2), 6)
}
