/**
 * Parts of a float64, and the operations on them that Go's math package has and JavaScript has not. All are exact.
 */
const value = new Float64Array(1)
const words = new Uint32Array(value.buffer)

/** The upper 32 bits: sign, exponent, and the upper 20 bits of the mantissa. */
export function highWord(x: number): number {
  value[0] = x
  return words[1] as number
}

/** Bits of x as a float64. */
export function bitsOf(x: number): bigint {
  value[0] = x
  return ((BigInt(words[1] as number) << 32n) | BigInt(words[0] as number)) & 0xffff_ffff_ffff_ffffn
}

export function fromBits(bits: bigint): number {
  words[1] = Number(bits >> 32n)
  words[0] = Number(bits & 0xffff_ffffn)
  return value[0] ?? 0
}

/** The same mantissa in [1/2, 1), for finite x other than 0: `x = fraction(x) * 2 ** exponent(x)`. Follows math.Frexp. */
export function fraction(x: number): number {
  value[0] = Math.abs(x) < SMALLEST_NORMAL ? x * TWO_52 : x
  words[1] = (((words[1] as number) & 0x800fffff) | 0x3fe00000) >>> 0
  return value[0] ?? 0
}

/** See `fraction`. */
export function exponent(x: number): number {
  const small = Math.abs(x) < SMALLEST_NORMAL
  const raw = (highWord(small ? x * TWO_52 : x) >>> 20) & 0x7ff
  return raw - 1022 - (small ? 52 : 0)
}

const SMALLEST_NORMAL = 2 ** -1022
const TWO_52 = 2 ** 52

/** x * 2 ** exp with one rounding, for any integer exp. Follows math.Ldexp. */
export function scaled(x: number, exp: number): number {
  if (x === 0 || x - x !== 0) return x
  const e = exponent(x) + exp
  if (e < -1075) return x < 0 ? -0 : 0
  if (e > 1024) return x < 0 ? -Infinity : Infinity
  const mantissa = fraction(x)
  // Powers of two beyond the range of one float: in two steps, of which only the last one rounds.
  if (e > 1023) return mantissa * 2 * 2 ** 1023
  return e < -1021 ? mantissa * 2 ** (e + 60) * 2 ** -60 : mantissa * 2 ** e
}

const SPLITTER = 134217729

/**
 * a * b + c with one rounding, as one instruction of the processor does it: for finite values whose product neither overflows
 * nor comes near the smallest floats. By the method of Boldo and Melquiond (2008): the tail is rounded to odd, and then added.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b
  const productTail = tailOfProduct(a, b, product)
  const low = c + productTail
  const lowTail = tailOfSum(c, productTail, low)
  const high = product + low
  const highTail = tailOfSum(product, low, high)
  return high + sumToOdd(lowTail, highTail)
}

function tailOfProduct(a: number, b: number, product: number): number {
  const a1 = a * SPLITTER - (a * SPLITTER - a)
  const a2 = a - a1
  const b1 = b * SPLITTER - (b * SPLITTER - b)
  const b2 = b - b1
  return a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2)
}

function tailOfSum(a: number, b: number, sum: number): number {
  const b1 = sum - a
  return a - (sum - b1) + (b - b1)
}

/** The sum, or when it is not exact, of its two neighbours the one with an odd mantissa. */
function sumToOdd(a: number, b: number): number {
  const sum = a + b
  const tail = tailOfSum(a, b, sum)
  if (tail === 0) return sum
  value[0] = sum
  if (((words[0] as number) & 1) === 1) return sum
  // Even: one step towards the tail. An even low word never borrows from the upper one when it counts up, and 0 does down.
  if (tail > 0 === sum > 0) words[0] = (words[0] as number) + 1
  else if (words[0] === 0) {
    words[0] = 0xffffffff
    words[1] = (words[1] as number) - 1
  } else words[0] = (words[0] as number) - 1
  return value[0] ?? 0
}
