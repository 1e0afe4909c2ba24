/** Trigonometric and hyperbolic functions with the bits of Go's math package (Cephes and FreeBSD's msun); see go-math.ts. */
import { bitsOf, fromBits } from './go-float.ts'
import { goExp, goLog, goLog1p } from './go-math.ts'

/** π/4 in three parts of which the first two have zeros at their ends, so that products with small integers are exact. */
const PI4_A = 0.7853981256484985
const PI4_B = 3.774894707930798e-8
const PI4_C = 2.6951514290790595e-15
const FOUR_BY_PI = 1.2732395447351628
const PI_2 = 1.5707963267948966
const PI_4 = 0.7853981633974483
const LN2 = Math.LN2
const REDUCE_FROM = 2 ** 29

/** x = octant * π/4 + rest, the octant even and modulo 8. */
interface Reduced {
  octant: number
  rest: number
}

function reduce(x: number): Reduced {
  if (x >= REDUCE_FROM) return reduceLarge(x)
  let octant = Math.floor(x * FOUR_BY_PI)
  if (octant % 2 === 1) octant += 1
  return { octant: octant % 8, rest: x - octant * PI4_A - octant * PI4_B - octant * PI4_C }
}

/** 4/π: one bit before the point, 1216 behind it. */
const FOUR_BY_PI_DIGITS =
  0x1_45f306dc9c882a53_f84eafa3ea69bb81_b6c52b3278872083_fca2c757bd778ac3_6e48dc74849ba5c0_0c925dd413a32439_fc3bd63962534e7d_d1046bea5d768909_d338e04d68befc82_7323ac7306a673e9_3908bf177bf25076_3ff12fffbc0b301f_de5e2316b414da3e_da6cfd9e4f96136e_9e8c7ecd3cbfd45a_ea4f758fd7cbe2f6_7a0e73ef14a525d4_d7f6bf623f1aba10_ac06608df8f6d757n
const MASK_64 = 0xffff_ffff_ffff_ffffn
const MASK_128 = (1n << 128n) - 1n

/** Payne-Hanek reduction: the mantissa times three digits of 64 bits of 4/π, of which the upper 128 bits count. */
function reduceLarge(x: number): Reduced {
  const bits = bitsOf(x)
  const exp = Number((bits >> 52n) & 0x7ffn) - 1075
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | 0x10_0000_0000_0000n
  const digits = (FOUR_BY_PI_DIGITS >> BigInt(1216 - 128 - (exp + 61))) & ((1n << 192n) - 1n)
  const z0 = digits >> 128n
  const z1 = (digits >> 64n) & MASK_64
  const z2 = digits & MASK_64
  const product = (((z0 * mantissa) << 64n) + z1 * mantissa + ((z2 * mantissa) >> 64n)) & MASK_128
  const octant = Number(product >> 125n)
  let rest = fractionOf((product >> 61n) & MASK_64, product & MASK_64)
  if (octant % 2 === 0) return { octant, rest: rest * PI_4 }
  rest -= 1
  return { octant: (octant + 1) % 8, rest: rest * PI_4 }
}

/**
 * The fraction that the upper word is of 2 ** 64, cut off to a float. Where the upper word begins with zeros, its mantissa is
 * filled up from the lower one, which in Go's code is not moved by the octant's three bits: kept, for equal bits.
 */
function fractionOf(upper: bigint, lower: bigint): number {
  const shift = BigInt(65 - upper.toString(2).length)
  const filled = ((upper << shift) | (lower >> (64n - shift))) & MASK_64
  return fromBits(((1023n - shift) << 52n) | (filled >> 12n))
}

function sine(z: number): number {
  const zz = z * z
  return (
    z +
    z *
      zz *
      (((((1.5896230157654656e-10 * zz + -2.5050747762857807e-8) * zz + 0.0000027557313621385722) * zz +
        -0.0001984126982958954) *
        zz +
        0.008333333333322118) *
        zz +
        -0.1666666666666663)
  )
}

function cosine(z: number): number {
  const zz = z * z
  return (
    1 -
    0.5 * zz +
    zz *
      zz *
      (((((-1.1358536521387682e-11 * zz + 2.087570084197473e-9) * zz + -2.755731417929674e-7) * zz +
        0.000024801587288851704) *
        zz +
        -0.0013888888888873056) *
        zz +
        0.041666666666666595)
  )
}

export function goSin(x: number): number {
  if (x === 0 || x !== x) return x
  if (x - x !== 0) return NaN
  const { octant, rest } = reduce(Math.abs(x))
  const y = octant === 2 || octant === 6 ? cosine(rest) : sine(rest)
  return octant > 3 !== x < 0 ? -y : y
}

export function goCos(x: number): number {
  if (x - x !== 0) return NaN
  const { octant, rest } = reduce(Math.abs(x))
  const y = octant === 2 || octant === 6 ? sine(rest) : cosine(rest)
  return octant === 2 || octant === 4 ? -y : y
}

export function goTan(x: number): number {
  if (x === 0 || x !== x) return x
  if (x - x !== 0) return NaN
  const { octant, rest } = reduce(Math.abs(x))
  const zz = rest * rest
  let y = rest
  if (zz > 1e-14) {
    const p = (-13093.693918138379 * zz + 1153516.6483858742) * zz + -17956525.197648488
    const q =
      (((zz + 13681.296347069296) * zz + -1320892.3444021097) * zz + 25008380.18233579) * zz + -53869575.592945464
    y = rest + rest * ((zz * p) / q)
  }
  if ((octant & 2) === 2) y = -1 / y
  return x < 0 ? -y : y
}

/** Of 0 to 0.66. */
function smallAtan(x: number): number {
  const z = x * x
  const p =
    (((-0.8750608600031904 * z + -16.157537187333652) * z + -75.00855792314705) * z + -122.88666844901361) * z +
    -64.85021904942025
  const q =
    ((((z + 24.858464901423062) * z + 165.02700983169885) * z + 432.88106049129027) * z + 485.3903996359137) * z +
    194.5506571482614
  return x * ((z * p) / q) + x
}

const MORE_BITS = 6.123233995736766e-17

function positiveAtan(x: number): number {
  if (x <= 0.66) return smallAtan(x)
  if (x > 2.414213562373095) return PI_2 - smallAtan(1 / x) + MORE_BITS
  return PI_4 + smallAtan((x - 1) / (x + 1)) + 0.5 * MORE_BITS
}

export function goAtan(x: number): number {
  if (x === 0) return x
  return x > 0 ? positiveAtan(x) : -positiveAtan(-x)
}

export function goAtan2(y: number, x: number): number {
  // Zeros and infinities have the same exact answers in JavaScript.
  if (y === 0 || x === 0 || y - y !== 0 || x - x !== 0) return Math.atan2(y, x)
  const q = goAtan(y / x)
  if (x > 0) return q
  return q <= 0 ? q + Math.PI : q - Math.PI
}

export function goAsin(x: number): number {
  if (x === 0) return x
  const size = Math.abs(x)
  if (!(size <= 1)) return NaN
  const other = Math.sqrt(1 - size * size)
  const angle = size > 0.7 ? PI_2 - positiveAtan(other / size) : positiveAtan(size / other)
  return x < 0 ? -angle : angle
}

export function goAcos(x: number): number {
  return PI_2 - goAsin(x)
}

export function goSinh(x: number): number {
  // A negative zero keeps its sign.
  const size = x < 0 ? -x : x
  const y = size > 0.5 ? largeSinh(size, goExp(size)) : smallSinh(size)
  return x < 0 ? -y : y
}

function largeSinh(x: number, e: number): number {
  return x > 21 ? e * 0.5 : (e - 1 / e) * 0.5
}

function smallSinh(x: number): number {
  const sq = x * x
  const p = (((-26.30563213397497 * sq + -2894.211355989564) * sq + -89912.72022039509) * sq + -630767.3640497717) * x
  return p / (((sq + -173.6789535582337) * sq + 15215.17378790019) * sq + -630767.3640497717)
}

export function goCosh(x: number): number {
  const size = Math.abs(x)
  const e = goExp(size)
  return size > 21 ? e * 0.5 : (e + 1 / e) * 0.5
}

export function goTanh(x: number): number {
  const size = Math.abs(x)
  if (size > 0.5 * 88.02969193111305) return x < 0 ? -1 : 1
  if (size >= 0.625) {
    const y = 1 - 2 / (goExp(2 * size) + 1)
    return x < 0 ? -y : y
  }
  if (x === 0) return x
  const s = x * x
  const p = (-0.9643991794250523 * s + -99.28772310019185) * s + -1614.6876844170845
  const q = ((s + 112.81167849163293) * s + 2235.4883906010045) * s + 4844.063053251255
  return x + (x * s * p) / q
}

export function goAsinh(x: number): number {
  if (x - x !== 0) return x
  const size = x < 0 ? -x : x
  const y = positiveAsinh(size)
  return x < 0 ? -y : y
}

function positiveAsinh(x: number): number {
  if (x > 2 ** 28) return goLog(x) + LN2
  if (x > 2) return goLog(2 * x + 1 / (Math.sqrt(x * x + 1) + x))
  if (x < 2 ** -28) return x
  return goLog1p(x + (x * x) / (1 + Math.sqrt(1 + x * x)))
}

export function goAcosh(x: number): number {
  if (!(x >= 1)) return NaN
  if (x === 1) return 0
  if (x >= 2 ** 28) return goLog(x) + LN2
  if (x > 2) return goLog(2 * x - 1 / (x + Math.sqrt(x * x - 1)))
  const t = x - 1
  return goLog1p(t + Math.sqrt(2 * t + t * t))
}

export function goAtanh(x: number): number {
  if (!(x >= -1 && x <= 1)) return NaN
  const size = x < 0 ? -x : x
  const y = positiveAtanh(size)
  return x < 0 ? -y : y
}

function positiveAtanh(x: number): number {
  if (x === 1) return Infinity
  if (x < 2 ** -28) return x
  const twice = x + x
  return x < 0.5 ? 0.5 * goLog1p(twice + (twice * x) / (1 - x)) : 0.5 * goLog1p((x + x) / (1 - x))
}
