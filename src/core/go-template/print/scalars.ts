/** Numbers and strings under the verbs of Go's fmt. Each answers undefined for a verb that it doesn't know. */
import { quote, quoteChar, unicodePoint } from '../../go-text.ts'
import { formatFloat } from './float.ts'
import { padded } from './verb.ts'
import type { Verb } from './verb.ts'

export function printBool(value: boolean, verb: Verb): string | undefined {
  return verb.char === 't' || verb.char === 'v' ? padded(String(value), verb) : undefined
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' }

/** `isUnsigned` numbers show as `0x..` under `%#v`. */
export function printInteger(value: bigint, verb: Verb, isUnsigned: boolean): string | undefined {
  if (verb.char === 'v' && verb.sharp && isUnsigned) return inBase(value, { ...verb, char: 'x' })
  if (BASES[verb.char] !== undefined) return inBase(value, verb.char === 'v' ? { ...verb, sharp: false } : verb)
  const char = value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : '\ufffd'
  switch (verb.char) {
    case 'c':
      return padded(char, verb)
    case 'q':
      return padded(verb.plus ? asciiOnly(quoteChar(char)) : quoteChar(char), verb)
    case 'U':
      return padded(codePoint(value, char, verb), { ...verb, zero: false })
    default:
      return undefined
  }
}

/** `U+0041`, or `U+0041 'A'` where that can be shown. */
function codePoint(value: bigint, char: string, { sharp, precision = 4 }: Verb): string {
  const digits = value.toString(16).toUpperCase().padStart(Math.max(precision, 4), '0')
  const [, shown = ''] = sharp ? unicodePoint(char).split(/(?<=^[^ ]+)(?= )/) : []
  return `U+${digits}${shown}`
}

function inBase(value: bigint, verb: Verb): string {
  const size = value < 0n ? -value : value
  const sign = signOf(value < 0n, verb)
  let digits = size.toString(BASES[verb.char])
  if (verb.char === 'X') digits = digits.toUpperCase()
  let prefix = verb.sharp ? (PREFIXES[verb.char] ?? '') : ''
  if (verb.char === 'O') prefix = '0o'
  if (verb.char === 'o' && digits.startsWith('0')) prefix = ''
  if (verb.precision !== undefined) {
    if (verb.precision === 0 && value === 0n) return padded('', { ...verb, zero: false })
    digits = digits.padStart(verb.precision, '0')
  } else if (verb.zero && !verb.minus && verb.width !== undefined) {
    digits = digits.padStart(verb.width - sign.length, '0')
  }
  return padded(sign + prefix + digits, { ...verb, zero: false })
}

/** The plus of `%+v` asks for names of fields, not for signs. */
function signOf(isNegative: boolean, { char, plus, space }: Verb): string {
  if (isNegative) return '-'
  if (plus && char !== 'v') return '+'
  return space ? ' ' : ''
}

const PRECISIONS: Readonly<Record<string, number>> = {
  e: 6,
  E: 6,
  f: 6,
  F: 6,
  g: -1,
  G: -1,
  v: -1,
  x: -1,
  X: -1,
  b: -1,
}

export function printFloat(value: number, verb: Verb): string | undefined {
  const usual = PRECISIONS[verb.char]
  if (usual === undefined) return undefined
  const how = verb.char === 'v' ? 'g' : verb.char === 'F' ? 'f' : verb.char
  const text = formatFloat(value, how, verb.precision ?? usual)
  const isNegative = text.startsWith('-')
  const digits = text.replace(/^[+-]/, '')
  const shown = verb.sharp && verb.char !== 'v' && Number.isFinite(value) ? withPoint(digits, verb) : digits
  // Infinity always bears its sign where plain text is asked for.
  const plus = text.startsWith('+') && !verb.space ? '+' : signOf(isNegative, verb)
  if (!Number.isFinite(value)) return padded(plus + shown, { ...verb, zero: false })
  if (!verb.zero || verb.minus || verb.width === undefined) return padded(plus + shown, verb)
  return plus + shown.padStart(verb.width - plus.length, '0')
}

/** `#` keeps the point, and for `g` the zeros behind it. */
function withPoint(digits: string, { char, precision }: Verb): string {
  const [, mantissa = '', tail = ''] = /^(.*?)([eEpP].*)?$/.exec(digits) ?? []
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.`
  if (char !== 'g' && char !== 'G') return pointed + tail
  const missing = (precision ?? 6) - pointed.replace(/^0?\.?0*|\./g, '').length
  return pointed + '0'.repeat(Math.max(missing, 0)) + tail
}

export function printString(value: string, verb: Verb): string | undefined {
  const { char, precision, sharp, plus } = verb
  const text =
    precision === undefined || char === 'x' || char === 'X' ? value : Array.from(value).slice(0, precision).join('')
  switch (char) {
    case 'v':
      return padded(sharp ? quote(text) : text, verb)
    case 's':
      return padded(text, verb)
    case 'x':
    case 'X':
      return padded(hexBytes(value, verb), verb)
    case 'q':
      // oxlint-disable-next-line no-control-regex -- what backquotes can't hold
      if (sharp && !/[`\u0000-\u0008\u000a-\u001f\u007f\ufeff]/.test(text)) return padded(`\`${text}\``, verb)
      return padded(plus ? asciiOnly(quote(text)) : quote(text), verb)
    default:
      return undefined
  }
}

function hexBytes(text: string, { char, precision, space, sharp }: Verb): string {
  const bytes = new TextEncoder().encode(text).subarray(0, precision)
  const prefix = sharp ? `0${char}` : ''
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
  const shown = char === 'X' ? hex.map((byte) => byte.toUpperCase()) : hex
  if (shown.length === 0) return ''
  return space ? shown.map((byte) => prefix + byte).join(' ') : prefix + shown.join('')
}

function asciiOnly(quoted: string): string {
  return quoted.replaceAll(/[^\0-\x7f]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
  })
}
