import { Buffer } from 'node:buffer'
import { isDigit, NEWLINE, SPACE } from './lexer.ts'

const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
const MINUS = 45
const POINT = 46
const UPPER_N = 78

/**
 * Reads the common notations of a number straight from bytes, without a string: decimals, `NaN`, `+Inf`, `-Inf`, ended by a
 * space, a line feed or the end of the bytes. What it reads is exact; it refuses what it does not know.
 */
export class DecimalReader {
  value = 0
  /** Where the number ends. */
  end = 0

  #mantissa = 0
  /** Power of ten of the mantissa. */
  #exponent = 0
  #at = 0

  /** False when there is no such number at `start`. */
  read(bytes: Uint8Array, start: number): boolean {
    const negative = bytes[start] === MINUS
    this.#at = negative || bytes[start] === 43 ? start + 1 : start
    if (!this.#digits(bytes) || !this.#power(bytes)) return this.#special(bytes, start)
    const end = this.#at
    if (end < bytes.length && bytes[end] !== SPACE && bytes[end] !== NEWLINE) return false
    const size = this.#exact(bytes, start, end, negative)
    if (!Number.isFinite(size)) return false
    this.value = negative ? -size : size
    this.end = end
    return true
  }

  #digits(bytes: Uint8Array): boolean {
    let at = this.#at
    const start = at
    let mantissa = 0
    let c = bytes[at] as number
    while (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48)
      c = bytes[++at] as number
    }
    let digits = at - start
    let decimals = 0
    if (c === POINT) {
      const point = at
      c = bytes[++at] as number
      while (c >= 48 && c <= 57) {
        mantissa = mantissa * 10 + (c - 48)
        c = bytes[++at] as number
      }
      decimals = at - point - 1
      digits += decimals
    }
    this.#at = at
    this.#mantissa = mantissa
    this.#exponent = -decimals
    return digits > 0
  }

  #power(bytes: Uint8Array): boolean {
    const letter = bytes[this.#at] as number
    if (letter !== 101 && letter !== 69) return true
    let at = this.#at + 1
    const negative = bytes[at] === MINUS
    if (negative || bytes[at] === 43) at++
    const start = at
    let power = 0
    while (isDigit(bytes[at] as number)) power = Math.min(power * 10 + (bytes[at++] as number) - 48, 99_999)
    this.#exponent += negative ? -power : power
    this.#at = at
    return at > start
  }

  // Up to 2^53 times or over a power of ten up to 10^22, both exact doubles: one rounding, so the nearest double.
  #exact(bytes: Uint8Array, start: number, end: number, negative: boolean): number {
    const mantissa = this.#mantissa
    const exponent = this.#exponent
    if (mantissa <= Number.MAX_SAFE_INTEGER) {
      if (exponent === 0) return mantissa
      if (exponent < 0 && exponent >= -22) return mantissa / (POWERS[-exponent] as number)
      if (exponent > 0 && exponent <= 22) return mantissa * (POWERS[exponent] as number)
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
    const value = Number(text)
    return negative ? -value : value
  }

  #special(bytes: Uint8Array, start: number): boolean {
    const length = bytes[start] === UPPER_N ? 3 : 4
    const end = start + length
    if (end < bytes.length && bytes[end] !== SPACE && bytes[end] !== NEWLINE) return false
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(length, bytes.length - start)).toString(
      'latin1',
    )
    const value = SPECIAL.get(text)
    if (value === undefined) return false
    this.value = value
    this.end = end
    return true
  }
}

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
])
