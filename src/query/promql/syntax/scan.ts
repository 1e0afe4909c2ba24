/** Finds where numbers, durations and strings end. Follows scanNumber, acceptRemainingDuration and lexEscape, promql/parser/lex.go@v3.14. */
import { charAt, isDigit, isWord } from './chars.ts'
import { unicodePoint } from '../../../core/go-text.ts'

/** `end` is behind the last character looked at; not `ok` when what stands there is no such thing. */
export interface Scan {
  readonly ok: boolean
  readonly end: number
}

/** `hexadecimal` is off in series descriptions, where `0x4` means "0, four times more". */
export function scanNumber(text: string, at: number, hexadecimal = true): Scan {
  // The usual number: digits, perhaps with a fraction, and nothing special behind.
  let end = at
  while (isDigit(text.charCodeAt(end))) end++
  const next = text.charCodeAt(end)
  if (end > at && next !== 46 && next !== 120 && next !== 88 && !isWord(next)) return { ok: true, end }
  return new NumberScan(text, at, hexadecimal).run()
}

const DECIMAL = '0123456789'
const HEXADECIMAL = '0123456789abcdefABCDEF'

class NumberScan {
  readonly #text: string
  readonly #start: number
  readonly #hexadecimal: boolean
  #at: number
  #digits = DECIMAL
  #dot = false
  #exponent = false

  constructor(text: string, at: number, hexadecimal: boolean) {
    this.#text = text
    this.#start = at
    this.#at = at
    this.#hexadecimal = hexadecimal
  }

  run(): Scan {
    if (this.#hexadecimal && this.#take('0') && this.#take('xX')) {
      this.#take('_')
      this.#digits = HEXADECIMAL
    }
    this.#take('.')
    this.#take(this.#digits)
    while (this.#is(`${this.#digits}._eE`)) {
      if (!this.#part()) return { ok: false, end: this.#at }
    }
    const next = this.#text.charCodeAt(this.#at)
    const repeated = !this.#hexadecimal && next === 120
    return { ok: this.#at > this.#start && (repeated || !isWord(next)), end: this.#at }
  }

  /** Takes a dot, an exponent, an underscore or digits; false where it can't stand there. */
  #part(): boolean {
    if (this.#is('.')) return this.#fraction()
    if (this.#is('eE')) return this.#power()
    if (this.#take('_')) return !this.#take('._eE') && !this.#ended()
    while (this.#take(this.#digits)) continue
    return true
  }

  #fraction(): boolean {
    this.#at++
    if (this.#dot) return false
    this.#dot = true
    return !this.#take('_.') && this.#digits === DECIMAL
  }

  #power(): boolean {
    this.#at++
    if (this.#exponent) return false
    this.#exponent = true
    this.#take('+-')
    return !this.#take('._eE') && !this.#ended()
  }

  #ended(): boolean {
    return this.#at >= this.#text.length
  }

  #is(set: string): boolean {
    return !this.#ended() && set.includes(this.#text.charAt(this.#at))
  }

  #take(set: string): boolean {
    const found = this.#is(set)
    if (found) this.#at++
    return found
  }
}

/** The rest of a duration whose first digits end at `at`. Units are checked later, when it is read. */
export function scanDuration(text: string, at: number): Scan {
  let units = 'smhdwy'
  for (;;) {
    if (!isOneOf(text, at, units)) return { ok: false, end: at }
    at++
    if (isOneOf(text, at, 's')) at++
    if (!isDigit(text.charCodeAt(at))) break
    while (isDigit(text.charCodeAt(at))) at++
    // Years come first only.
    units = 'smhdw'
  }
  const ok = !isWord(text.charCodeAt(at))
  return { ok, end: ok ? at : at + 1 }
}

function isOneOf(text: string, at: number, set: string): boolean {
  return at < text.length && set.includes(text.charAt(at))
}

/** Where the string whose quote is at `at` ends, behind its closing quote; or what is wrong with it. */
export function scanString(text: string, at: number): number | string {
  const quote = text.charAt(at)
  const raw = quote === '`'
  for (let i = at + 1; ; i++) {
    const char = text.charAt(i)
    if (char === quote) return i + 1
    if (char === '' || (char === '\n' && !raw)) return raw ? 'unterminated raw string' : 'unterminated quoted string'
    if (char === '\ufffd' || isLoneSurrogate(text, i)) return 'invalid UTF-8 rune'
    if (char !== '\\' || raw) continue
    const end = scanEscape(text, i, quote)
    if (typeof end === 'string') return end
    i = end - 1
  }
}

function isLoneSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit < 0xd800 || unit > 0xdfff) return false
  const pair = unit < 0xdc00 ? text.charCodeAt(at + 1) : text.charCodeAt(at - 1)
  return unit < 0xdc00 ? !(pair >= 0xdc00 && pair <= 0xdfff) : !(pair >= 0xd800 && pair < 0xdc00)
}

const ESCAPES: Readonly<Record<string, readonly [digits: number, radix: number, max: number]>> = {
  x: [2, 16, 0xff],
  u: [4, 16, 0x10ffff],
  U: [8, 16, 0x10ffff],
}

/** Where the escape whose backslash is at `at` ends, or what is wrong with it. */
function scanEscape(text: string, at: number, quote: string): number | string {
  const char = charAt(text, at + 1)
  if (char === undefined) return 'escape sequence not terminated'
  if ('abfnrtv\\'.includes(char) || char === quote) return at + 2
  const octal = char >= '0' && char <= '7'
  const form = octal ? ([3, 8, 0xff] as const) : ESCAPES[char]
  if (form === undefined) return `unknown escape sequence ${unicodePoint(char)}`
  const [digits, radix, max] = form
  const start = at + (octal ? 1 : 2)
  let code = 0
  for (let i = start; i < start + digits; i++) {
    const digit = charAt(text, i)
    if (digit === undefined) return 'escape sequence not terminated'
    const value = /^[0-9a-fA-F]$/.test(digit) ? Number.parseInt(digit, 16) : radix
    if (value >= radix) return `illegal character ${unicodePoint(digit)} in escape sequence`
    code = code * radix + value
  }
  const surrogate = code >= 0xd800 && code < 0xe000
  return code > max || surrogate ? 'escape sequence is an invalid Unicode code point' : start + digits
}
