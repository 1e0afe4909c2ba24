/** Floats in the notations of Go's strconv.FormatFloat, exact and rounded half to even where JavaScript is not. */

/** A decimal number: `0.digits * 10 ** point`, no zeros at either end; '' for zero. */
interface Decimal {
  readonly digits: string
  readonly point: number
}

/**
 * Verbs `e`, `f`, `g` and their capitals, `x`, `b`. Precision as Go has it: digits behind the point, of all digits for `g`; -1 for as
 * many as it takes to read the number back. A negative number and only that has a sign.
 */
export function formatFloat(value: number, verb: string, precision: number): string {
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (size === Infinity) return sign === '' ? '+Inf' : '-Inf'
  const text = sign + unsigned(size, verb.toLowerCase(), precision)
  return verb === verb.toLowerCase() ? text : text.toUpperCase()
}

function unsigned(size: number, verb: string, precision: number): string {
  if (verb === 'b') return binary(size)
  if (verb === 'x') return hexadecimal(size, precision)
  if (precision < 0) {
    const decimal = shortest(size)
    const { digits, point } = decimal
    if (verb === 'e') return exponential(decimal, Math.max(digits.length - 1, 0))
    if (verb === 'f') return fixed(decimal, Math.max(digits.length - point, 0))
    return general(decimal, 6, digits.length)
  }
  const exact = exactly(size)
  if (verb === 'e') return exponential(rounded(exact, precision + 1), precision)
  if (verb === 'f') return fixed(rounded(exact, exact.point + precision), precision)
  const count = Math.max(precision, 1)
  const decimal = rounded(exact, count)
  const { digits, point } = decimal
  return general(decimal, count > digits.length && digits.length >= point ? digits.length : count, count)
}

/** An exponent below 1e-4 and from `1e<limit>` on. */
function general(decimal: Decimal, limit: number, count: number): string {
  const { digits, point } = decimal
  const exponent = point - 1
  if (digits !== '' && (exponent < -4 || exponent >= limit)) {
    return exponential(decimal, Math.max(Math.min(count, digits.length) - 1, 0))
  }
  return fixed(decimal, Math.max(digits.length - point, 0))
}

function exponential({ digits, point }: Decimal, decimals: number): string {
  const exponent = digits === '' ? 0 : point - 1
  const padded = digits.padEnd(decimals + 1, '0')
  const fraction = decimals > 0 ? `.${padded.slice(1, decimals + 1)}` : ''
  return `${padded.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function fixed({ digits, point }: Decimal, decimals: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  if (decimals <= 0) return whole
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(digits === '' ? 0 : -point) + digits
  return `${whole}.${fraction.slice(0, decimals).padEnd(decimals, '0')}`
}

function shortest(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 }
  const [mantissa = '', power = '0'] = size.toExponential().split('e')
  return { digits: mantissa.replace('.', ''), point: Number(power) + 1 }
}

interface Binary {
  /** size = mantissa * 2 ** exponent */
  readonly mantissa: bigint
  readonly exponent: number
}

function binaryOf(size: number): Binary {
  const bits = new BigUint64Array(new Float64Array([size]).buffer)[0] as bigint
  const biased = Number(bits >> 52n)
  const fraction = bits & ((1n << 52n) - 1n)
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}

/** Every digit of the number. */
function exactly(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 }
  const { mantissa, exponent } = binaryOf(size)
  const whole = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent)
  const digits = whole.toString()
  return { digits: withoutZeros(digits), point: digits.length + Math.min(exponent, 0) }
}

/** With so many digits at most; halves go to the even digit. */
function rounded({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point }
  if (count < 0) return { digits: '', point: 0 }
  const kept = digits.slice(0, count)
  const next = digits.charAt(count)
  const isHalf = next === '5' && digits.length === count + 1
  const isOdd = Number(kept.at(-1) ?? '0') % 2 === 1
  const up = isHalf ? isOdd : next >= '5'
  if (!up) return trimmed(kept, point)
  const raised = (BigInt(`0${kept}`) + 1n).toString().padStart(count, '0')
  return trimmed(raised, point + raised.length - count)
}

function trimmed(digits: string, point: number): Decimal {
  const kept = withoutZeros(digits)
  return kept === '' ? { digits: '', point: 0 } : { digits: kept, point }
}

function withoutZeros(digits: string): string {
  return digits.replace(/0+$/, '')
}

/** `6755399441055744p-52` */
function binary(size: number): string {
  const { mantissa, exponent } = binaryOf(size)
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`
}

/** `0x1.8p+01` */
function hexadecimal(size: number, precision: number): string {
  if (size === 0) return `0x0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}p+00`
  let { mantissa, exponent } = binaryOf(size)
  const shift = 53 - mantissa.toString(2).length
  mantissa <<= BigInt(shift)
  exponent += 52 - shift
  if (precision >= 0 && precision < 13) {
    const dropped = BigInt(52 - 4 * precision)
    const rest = mantissa & ((1n << dropped) - 1n)
    const half = 1n << (dropped - 1n)
    mantissa >>= dropped
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++
    mantissa <<= dropped
    if (mantissa >> 53n === 1n) {
      mantissa >>= 1n
      exponent++
    }
  }
  const digits = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, '0')
  const shown = precision < 0 ? withoutZeros(digits) : digits.slice(0, precision).padEnd(precision, '0')
  const sign = exponent < 0 ? '-' : '+'
  return `0x1${shown === '' ? '' : `.${shown}`}p${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}
