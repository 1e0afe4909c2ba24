/** Text in the forms that Go's strconv and fmt give it, as Prometheus prints it. Numbers: core/go-number.ts. */
import { formatGoFloat } from './go-number.ts'

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const PLAIN = /^[ !#-[\]-~]*$/

const NAMED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
}

/** `%q` of a string: in double quotes, what can't be printed escaped. Follows strconv.Quote. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  let quoted = ''
  for (const char of text) quoted += char === '"' ? '\\"' : escaped(char)
  return `"${quoted}"`
}

/** `%q` of one character: in single quotes. The end of the text shows as Go's replacement character. */
export function quoteChar(char: string | undefined): string {
  if (char === "'") return "'\\''"
  return `'${char === undefined ? '\ufffd' : escaped(char)}'`
}

/** `%#U` of one character: `U+0078 'x'`. */
export function unicodePoint(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return PRINTABLE.test(char) ? `U+${code} '${char}'` : `U+${code}`
}

function escaped(char: string): string {
  const named = NAMED[char]
  if (named !== undefined) return named
  if (PRINTABLE.test(char)) return char
  const code = char.codePointAt(0) ?? 0
  // A byte that is no UTF-8 (go-unquote.ts); any other half of a surrogate pair shows as Go's replacement character.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}

/** `%f` with this many decimals, every digit written out. */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return formatGoFloat(value)
  // From 1e21 on toFixed gives an exponent; such a number is a whole one.
  return Math.abs(value) < 1e21 ? value.toFixed(decimals) : `${BigInt(value)}.${'0'.repeat(decimals)}`
}
