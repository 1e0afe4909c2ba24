/** Format strings. Follows doPrintf of Go's fmt. */
import { kindOf, rawOf, typeOf } from '../value.ts'
import type { GoValue } from '../value.ts'
import { printValue } from './values.ts'
import { PLAIN_VERB } from './verb.ts'
import type { Verb } from './verb.ts'

/** Widths and precisions beyond this are refused, as in Go. */
const MOST = 1_000_000

type Draft = { -readonly [K in keyof Verb]: Verb[K] }

export function sprintf(format: string, args: readonly GoValue[]): string {
  return new Printer(format, args).print()
}

class Printer {
  readonly #format: string
  readonly #args: readonly GoValue[]
  #at = 0
  #next = 0
  /** An argument was chosen by its number: then superfluous ones are fine. */
  #reordered = false
  #goodIndex = true
  /** `[n]` stands right before this place. */
  #afterIndex = false
  #text = ''

  constructor(format: string, args: readonly GoValue[]) {
    this.#format = format
    this.#args = args
  }

  print(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at)
      const end = percent === -1 ? this.#format.length : percent
      this.#text += this.#format.slice(this.#at, end)
      this.#at = end + 1
      if (percent !== -1) this.#verb()
    }
    if (!this.#reordered && this.#next < this.#args.length) this.#extra()
    return this.#text
  }

  #verb(): void {
    this.#goodIndex = true
    this.#afterIndex = false
    const verb: Draft = { ...PLAIN_VERB, ...this.#flags() }
    this.#argumentIndex()
    this.#width(verb)
    this.#precision(verb)
    if (!this.#afterIndex) this.#argumentIndex()
    const code = this.#format.codePointAt(this.#at)
    if (code === undefined) {
      this.#text += '%!(NOVERB)'
      return
    }
    verb.char = String.fromCodePoint(code)
    this.#at += verb.char.length
    this.#text += this.#printed(verb)
  }

  #printed(verb: Verb): string {
    if (verb.char === '%') return '%'
    if (!this.#goodIndex) return `%!${verb.char}(BADINDEX)`
    if (this.#next >= this.#args.length) return `%!${verb.char}(MISSING)`
    return printValue(this.#args[this.#next++], verb)
  }

  #flags(): Partial<Verb> {
    const flags: Partial<Draft> = {}
    for (; ; this.#at++) {
      const char = this.#format[this.#at]
      if (char === '#') flags.sharp = true
      else if (char === '+') flags.plus = true
      else if (char === ' ') flags.space = true
      else if (char === '-') flags.minus = true
      else if (char === '0') flags.zero = true
      else break
    }
    if (flags.minus === true) flags.zero = false
    return flags
  }

  #width(verb: Draft): void {
    if (this.#format[this.#at] !== '*') {
      verb.width = this.#digits()
      // `%[3]2d`
      if (this.#afterIndex && verb.width !== undefined) this.#goodIndex = false
      return
    }
    this.#at++
    const width = this.#numericArgument()
    this.#afterIndex = false
    if (width === undefined) this.#text += '%!(BADWIDTH)'
    else if (width < 0) {
      verb.minus = true
      verb.zero = false
      verb.width = -width
    } else verb.width = width
  }

  #precision(verb: Draft): void {
    if (this.#format[this.#at] !== '.') return
    this.#at++
    if (this.#afterIndex) this.#goodIndex = false
    this.#argumentIndex()
    if (this.#format[this.#at] !== '*') {
      verb.precision = this.#digits() ?? 0
      return
    }
    this.#at++
    const precision = this.#numericArgument()
    this.#afterIndex = false
    if (precision === undefined || precision < 0) this.#text += '%!(BADPREC)'
    else verb.precision = precision
  }

  #digits(): number | undefined {
    const [digits = ''] = /^\d*/.exec(this.#format.slice(this.#at, this.#at + 20)) ?? []
    this.#at += digits.length
    return digits === '' || Number(digits) > MOST ? undefined : Number(digits)
  }

  /** The argument of a `*`; undefined when it is none that will do. */
  #numericArgument(): number | undefined {
    const value = this.#args[this.#next]
    if (this.#next >= this.#args.length) return undefined
    this.#next++
    if (kindOf(value) !== 'int' && kindOf(value) !== 'uint') return undefined
    const number = Number(rawOf(value))
    return Math.abs(number) > MOST ? undefined : number
  }

  /** `[n]`: the next argument is the n-th. */
  #argumentIndex(): void {
    if (this.#format[this.#at] !== '[') return
    this.#reordered = true
    const close = this.#format.indexOf(']', this.#at)
    const inside = close === -1 ? '' : this.#format.slice(this.#at + 1, close)
    this.#at = close === -1 ? this.#at + 1 : close + 1
    const index = /^\d+$/.test(inside) ? Number(inside) : 0
    if (index >= 1 && index <= this.#args.length) {
      this.#next = index - 1
      this.#afterIndex = true
    } else this.#goodIndex = false
  }

  #extra(): void {
    const extra = this.#args.slice(this.#next).map((value) => {
      return value === undefined || value === null
        ? '<nil>'
        : `${typeOf(value)?.name ?? ''}=${printValue(value, PLAIN_VERB)}`
    })
    this.#text += `%!(EXTRA ${extra.join(', ')})`
  }
}
