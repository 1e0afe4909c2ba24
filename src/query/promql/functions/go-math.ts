/**
 * Exponential, logarithm, power and the like, with the bits that Go's math package gives on amd64, where Prometheus' results
 * come from: V8's own differ from them in the last place. Polynomials and reductions are those of FreeBSD's msun and of
 * Shibata's SIMD paper (exp), evaluated in the same order. sqrt, floor, ceil and the remainder are exact in both.
 */
import { bitsOf, exponent, fraction, fromBits, fusedMultiplyAdd, highWord, scaled } from './go-float.ts'

const LN2_HI = 0.6931471803691238
const LN2_LO = 1.9082149292705877e-10
const SQRT2_HALF = Math.SQRT1_2
const ONE_BY_LN2 = Math.LOG2E
const ONE_BY_LN10 = Math.LOG10E

/** Follows math.Exp (exp_amd64.s, with fused multiply-add as every processor since 2013 has it). */
export function goExp(x: number): number {
  if (x !== x || x === Infinity) return x
  if (x === -Infinity) return 0
  if (x > 709.782712893384) return Infinity
  const k = roundedToEven(ONE_BY_LN2 * x)
  if (k < -1075) return 0
  // k times the upper half of ln 2 is exact, so that fused and plain subtraction are the same.
  const r = fusedMultiplyAdd(-k, 2.8235290563031577e-13, x - k * 0.693147180559663) * 0.0625
  return powerOfTwoTimes(exponentialOfSmall(r), k)
}

const EXP_TERMS = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1] as const

/** e ** (16 r): a Taylor series for e ** r - 1, then four squarings. */
function exponentialOfSmall(r: number): number {
  let sum = 1 / 40320
  for (const term of EXP_TERMS) sum = fusedMultiplyAdd(sum, r, term)
  let y = r * sum
  y *= y + 2
  y *= y + 2
  y *= y + 2
  return fusedMultiplyAdd(y + 2, y, 1)
}

function powerOfTwoTimes(y: number, k: number): number {
  if (k >= 1024) return Infinity
  if (k > -1023) return y * 2 ** k
  return k < -1075 ? 0 : y * 2 ** (k + 1022) * 2 ** -1022
}

function roundedToEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

/** Follows math.Exp2. */
export function goExp2(x: number): number {
  if (x !== x || x === Infinity) return x
  if (x > 1023.9999999999999) return Infinity
  if (x < -1074) return 0
  const k = Math.trunc(x > 0 ? x + 0.5 : x - 0.5)
  const t = x - k
  const hi = t * LN2_HI
  const lo = -t * LN2_LO
  const r = hi - lo
  const rr = r * r
  const c =
    r -
    rr *
      (0.16666666666666666 +
        rr *
          (-0.0027777777777015593 +
            rr * (0.00006613756321437934 + rr * (-0.0000016533902205465252 + rr * 4.1381367970572385e-8))))
  return scaled(1 - (lo - (r * c) / (2 - c) - hi), k)
}

/** Follows math.Log (log_amd64.s): of a subnormal number it takes the bits as they are, so that results there are off. */
export function goLog(x: number): number {
  if (x !== x || x === Infinity) return x
  if (x < 0) return NaN
  if (x === 0) return -Infinity
  const high = highWord(x)
  let k = (high >>> 20) - 1022
  let f1 = halfToOne(x)
  if (f1 < SQRT2_HALF) {
    k -= 1
    f1 *= 2
  }
  return logarithm(f1 - 1, k)
}

function halfToOne(x: number): number {
  return x < 2 ** -1022 ? (x * 2 ** 1022 + 1) * 0.5 : fraction(x)
}

/** ln((1 + f) 2 ** k), for 1 + f from sqrt(1/2) to sqrt(2). */
function logarithm(f: number, k: number): number {
  const s = f / (2 + f)
  const s2 = s * s
  const s4 = s2 * s2
  const t1 =
    s2 * (0.6666666666666735 + s4 * (0.2857142874366239 + s4 * (0.1818357216161805 + s4 * 0.14798198605116586)))
  const t2 = s4 * (0.3999999999940942 + s4 * (0.22222198432149784 + s4 * 0.15313837699209373))
  const half = 0.5 * f * f
  return k * LN2_HI - (half - (s * (half + (t1 + t2)) + k * LN2_LO) - f)
}

/** Follows math.Log2. */
export function goLog2(x: number): number {
  if (!(x > 0) || x === Infinity) return goLog(x)
  const f = fraction(x)
  const e = exponent(x)
  return f === 0.5 ? e - 1 : goLog(f) * ONE_BY_LN2 + e
}

/** Follows math.Log10. */
export function goLog10(x: number): number {
  return goLog(x) * ONE_BY_LN10
}

/** ln(1 + x). Follows math.Log1p. */
export function goLog1p(x: number): number {
  if (x < -1 || x !== x) return NaN
  if (x === -1) return -Infinity
  if (x === Infinity) return x
  const size = Math.abs(x)
  if (size < 2 ** -29) return size < 2 ** -54 ? x : x - x * x * 0.5
  if (x > -0.2928932188134525 && x < 0.41421356237309503) return log1pOf(x, 0, 0, false)
  const u = size < 2 ** 53 ? 1 + x : x
  let k = exponent(u) - 1
  let c = 0
  if (size < 2 ** 53) c = (k > 0 ? 1 - (u - x) : x - (u - 1)) / u
  // Mantissa as [1, 2), or as [1/2, 1) above that of sqrt(2).
  const mantissa = bitsOf(u) & 0xf_ffff_ffff_ffffn
  const below = mantissa < 0x6_a09e_667f_3bcdn
  if (!below) k += 1
  const f = fromBits(mantissa | (below ? 0x3ff0_0000_0000_0000n : 0x3fe0_0000_0000_0000n)) - 1
  return log1pOf(f, k, c, below ? mantissa === 0n : 0x10_0000_0000_0000n - mantissa < 4n)
}

function log1pOf(f: number, k: number, c: number, tiny: boolean): number {
  const half = 0.5 * f * f
  if (tiny) {
    if (f === 0) return k === 0 ? 0 : k * LN2_HI + (c + k * LN2_LO)
    const rest = half * (1 - 0.6666666666666666 * f)
    return k === 0 ? f - rest : k * LN2_HI - (rest - (k * LN2_LO + c) - f)
  }
  const s = f / (2 + f)
  const z = s * s
  const rest = z * log1pPolynomial(z)
  if (k === 0) return f - (half - s * (half + rest))
  return k * LN2_HI - (half - (s * (half + rest) + (k * LN2_LO + c)) - f)
}

function log1pPolynomial(z: number): number {
  return (
    0.6666666666666735 +
    z *
      (0.3999999999940942 +
        z *
          (0.2857142874366239 +
            z * (0.22222198432149784 + z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586)))))
  )
}

/** x ** y. Follows math.Pow, whose special values are those of IEEE 754-2008. */
export function goPow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1
  if (x !== x || y !== y) return NaN
  // Exact in JavaScript too: zeros and infinities on either side (but 1 ** Infinity, which is above, and -1 ** Infinity).
  if (x === 0 || Math.abs(x) === Infinity) return x ** y
  if (Math.abs(y) === Infinity) return x === -1 ? 1 : x ** y
  if (y === 0.5) return Math.sqrt(x)
  if (y === -0.5) return 1 / Math.sqrt(x)
  const size = Math.abs(y)
  if (x < 0 && !Number.isInteger(y)) return NaN
  if (size >= 2 ** 63) return hugePower(x, y)
  return squaringPower(x, y, size)
}

function hugePower(x: number, y: number): number {
  if (x === -1) return 1
  return Math.abs(x) < 1 === y > 0 ? 0 : Infinity
}

/** By squarings of the mantissa, with the exponent apart, so that nothing overflows on the way. */
function squaringPower(x: number, y: number, size: number): number {
  let whole = Math.floor(size)
  let rest = size - whole
  let result = 1
  if (rest !== 0) {
    if (rest > 0.5) {
      rest -= 1
      whole += 1
    }
    result = goExp(rest * goLog(x))
  }
  let e = 0
  let factor = fraction(x)
  let factorExponent = exponent(x)
  for (let i = whole; i !== 0; i = Math.floor(i / 2)) {
    if (factorExponent < -4096 || factorExponent > 4096) {
      e += factorExponent
      break
    }
    if (i % 2 === 1) {
      result *= factor
      e += factorExponent
    }
    factor *= factor
    factorExponent *= 2
    if (factor < 0.5) {
      factor += factor
      factorExponent -= 1
    }
  }
  return y < 0 ? scaled(1 / result, -e) : scaled(result, e)
}

/** The remainder with the sign of x: exact, hence the same in both languages. */
export function goMod(x: number, y: number): number {
  return x % y
}

/** As Math.max, but of an infinity and a NaN the infinity. Follows math.Max. */
export function goMax(x: number, y: number): number {
  return x === Infinity || y === Infinity ? Infinity : Math.max(x, y)
}

export function goMin(x: number, y: number): number {
  return x === -Infinity || y === -Infinity ? -Infinity : Math.min(x, y)
}
