/** Trigonometric and hyperbolic functions with the bits of Go's math package (Cephes and FreeBSD's msun); see go-math.ts. */
import { bitsOf, fromBits } from './go-float.ts'
import { goExp, goLog, goLog1p } from './go-math.ts'

/** π/4 in three parts of which the first two have zeros at their ends, so that products with small integers are exact. */
const PI4_A = 7.85398125648498535156e-1
const PI4_B = 3.77489470793079817668e-8
const PI4_C = 2.69515142907905952645e-15
const FOUR_BY_PI = 1.2732395447351628
const PI_2 = 1.5707963267948966
const PI_4 = 0.7853981633974483
const LN2 = 6.93147180559945286227e-1
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
      (((((1.5896230157654656806e-10 * zz + -2.50507477628578072866e-8) * zz + 2.75573136213857245213e-6) * zz +
        -1.98412698295895385996e-4) *
        zz +
        8.33333333332211858878e-3) *
        zz +
        -1.66666666666666307295e-1)
  )
}

function cosine(z: number): number {
  const zz = z * z
  return (
    1 -
    0.5 * zz +
    zz *
      zz *
      (((((-1.135853652138768173e-11 * zz + 2.08757008419747316778e-9) * zz + -2.75573141792967388112e-7) * zz +
        2.48015872888517045348e-5) *
        zz +
        -1.38888888888730564116e-3) *
        zz +
        4.16666666666665929218e-2)
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
    const p = (-1.30936939181383777646e4 * zz + 1.1535166483858741614e6) * zz + -1.79565251976484877988e7
    const q =
      (((zz + 1.36812963470692954678e4) * zz + -1.32089234440210967447e6) * zz + 2.50083801823357915839e7) * zz +
      -5.38695755929454629881e7
    y = rest + rest * ((zz * p) / q)
  }
  if ((octant & 2) === 2) y = -1 / y
  return x < 0 ? -y : y
}

/** Of 0 to 0.66. */
function smallAtan(x: number): number {
  const z = x * x
  const p =
    (((-8.750608600031904122785e-1 * z + -1.615753718733365076637e1) * z + -7.50085579231470466734e1) * z +
      -1.22886668449013617341e2) *
      z +
    -6.485021904942025371773e1
  const q =
    ((((z + 2.485846490142306297962e1) * z + 1.650270098316988542046e2) * z + 4.328810604912902668951e2) * z +
      4.853903996359136964868e2) *
      z +
    1.945506571482613964425e2
  return x * ((z * p) / q) + x
}

const MORE_BITS = 6.12323399573676588613e-17

function positiveAtan(x: number): number {
  if (x <= 0.66) return smallAtan(x)
  if (x > 2.4142135623730950488) return PI_2 - smallAtan(1 / x) + MORE_BITS
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
  const y = size > 21 ? goExp(size) * 0.5 : size > 0.5 ? (goExp(size) - 1 / goExp(size)) * 0.5 : smallSinh(size)
  return x < 0 ? -y : y
}

function smallSinh(x: number): number {
  const sq = x * x
  const p =
    (((-0.2630563213397497062819489e2 * sq + -0.2894211355989563807284660366e4) * sq +
      -0.8991272022039509355398013511e5) *
      sq +
      -0.6307673640497716991184787251e6) *
    x
  return (
    p /
    (((sq + -0.173678953558233699533450911e3) * sq + 0.1521517378790019070696485176e5) * sq +
      -0.6307673640497716991212077277e6)
  )
}

export function goCosh(x: number): number {
  const size = Math.abs(x)
  const e = goExp(size)
  return size > 21 ? e * 0.5 : (e + 1 / e) * 0.5
}

export function goTanh(x: number): number {
  const size = Math.abs(x)
  if (size > 0.5 * 8.8029691931113054295988e1) return x < 0 ? -1 : 1
  if (size >= 0.625) {
    const y = 1 - 2 / (goExp(2 * size) + 1)
    return x < 0 ? -y : y
  }
  if (x === 0) return x
  const s = x * x
  const p = (-9.64399179425052238628e-1 * s + -9.92877231001918586564e1) * s + -1.61468768441708447952e3
  const q = ((s + 1.12811678491632931402e2) * s + 2.23548839060100448583e3) * s + 4.84406305325125486048e3
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
