/** Cuts a template into tokens. Follows lex.go of Go's text/template/parse. */
import { quote, unicodePoint } from '../../go-text.ts'

export type TokenKind =
  | 'end of text'
  | 'error'
  | 'text'
  | 'comment'
  | 'left'
  | 'right'
  | 'space'
  | 'variable'
  | 'field'
  | 'dot'
  | 'identifier'
  | 'keyword'
  | 'bool'
  | 'number'
  | 'character'
  | 'string'
  | 'raw string'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'open'
  | 'close'
  | 'other'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly at: number
  /** 1-based. */
  readonly line: number
}

const KEYWORDS = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'nil',
  'template',
  'with',
])

const SPACES = ' \t\r\n'
const WORD = /[\p{L}\p{Nd}_]/u
const isSpace = (char: string | undefined): boolean => char !== undefined && SPACES.includes(char)
const isWord = (char: string | undefined): boolean => char !== undefined && WORD.test(char)

/** How a token in messages looks. */
export function printToken({ kind, text }: Token): string {
  if (kind === 'end of text') return 'EOF'
  if (kind === 'error') return text
  if (kind === 'keyword' || kind === 'dot') return `<${text}>`
  const chars = Array.from(text)
  return chars.length > 10 ? `${quote(chars.slice(0, 10).join(''))}...` : quote(text)
}

/** Gives one token after the other; after an error or the end, the same one again. */
export class Lexer {
  readonly #text: string
  #at = 0
  #start = 0
  #line = 1
  #startLine = 1
  #inAction = false
  #depth = 0
  #last: Token | undefined

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    if (this.#last !== undefined) return this.#last
    for (;;) {
      const token = this.#inAction ? this.#action() : this.#outside()
      if (token === undefined) continue
      if (token.kind === 'error' || token.kind === 'end of text') this.#last = token
      return token
    }
  }

  /** Text up to the next action; undefined when there is none between two actions. */
  #outside(): Token | undefined {
    const found = this.#text.indexOf('{{', this.#at)
    if (found === this.#at) return this.#leftDelimiter()
    const end = found === -1 ? this.#text.length : found
    if (this.#at === end) return this.#emit('end of text')
    const piece = this.#text.slice(this.#at, end)
    const kept = found !== -1 && this.#trimsLeft(found + 2) ? trimEnd(piece) : piece
    this.#at += kept.length
    const token = kept === '' ? undefined : this.#emit('text')
    this.#skip(end - this.#at)
    return token
  }

  #trimsLeft(at: number): boolean {
    return this.#text[at] === '-' && isSpace(this.#text[at + 1])
  }

  /** ` -}}` at this place. */
  #trimsRight(at: number): boolean {
    return isSpace(this.#text[at]) && this.#text.startsWith('-}}', at + 1)
  }

  #leftDelimiter(): Token | undefined {
    const trims = this.#trimsLeft(this.#at + 2)
    const after = this.#at + 2 + (trims ? 2 : 0)
    if (this.#text.startsWith('/*', after)) {
      this.#skip(after - this.#at)
      return this.#comment()
    }
    this.#at += 2
    const token = this.#emit('left')
    if (trims) this.#skip(2)
    this.#inAction = true
    this.#depth = 0
    return token
  }

  #comment(): Token | undefined {
    const end = this.#text.indexOf('*/', this.#at)
    if (end === -1) return this.#error('unclosed comment')
    const after = end + 2
    const trims = this.#trimsRight(after)
    const close = trims ? after + 2 : after
    if (!this.#text.startsWith('}}', close)) return this.#error('comment ends before closing delimiter')
    this.#skip(close + 2 - this.#at)
    if (trims) this.#skipSpace()
    return undefined
  }

  #rightDelimiter(): Token {
    const trims = this.#trimsRight(this.#at)
    if (trims) this.#skip(2)
    this.#at += 2
    const token = this.#emit('right')
    if (trims) this.#skipSpace()
    this.#inAction = false
    return token
  }

  #atRightDelimiter(): boolean {
    return this.#trimsRight(this.#at) || this.#text.startsWith('}}', this.#at)
  }

  #action(): Token {
    if (this.#atRightDelimiter()) return this.#depth === 0 ? this.#rightDelimiter() : this.#error('unclosed left paren')
    const char = this.#char()
    if (char === undefined) return this.#error('unclosed action')
    if (isSpace(char)) return this.#space()
    const simple = SIMPLE[char]
    if (simple !== undefined) return this.#one(simple)
    const scan = this.#scanner(char)
    if (scan !== undefined) return scan()
    this.#at += char.length
    if (char >= ' ' && char <= '~') return this.#emit('other')
    return this.#error(`unrecognized character in action: ${unicodePoint(char)}`)
  }

  #scanner(char: string): (() => Token) | undefined {
    if (char === ':') return () => this.#declaration()
    if (char === '(' || char === ')') return () => this.#paren(char)
    if (char === '"') return () => this.#quoted('"', 'string', 'unterminated quoted string')
    if (char === "'") return () => this.#quoted("'", 'character', 'unterminated character constant')
    if (char === '`') return () => this.#rawString()
    if (char === '$') return () => this.#reference('variable')
    if (char === '.') {
      const next = this.#text[this.#at + 1]
      if (next !== undefined && (next < '0' || next > '9')) return () => this.#reference('field')
      return () => this.#number()
    }
    if (/[+\-\d]/.test(char)) return () => this.#number()
    return isWord(char) ? () => this.#word() : undefined
  }

  #space(): Token {
    while (isSpace(this.#text[this.#at])) {
      // The last space before a closing delimiter that trims belongs to it.
      if (this.#trimsRight(this.#at)) return this.#at === this.#start ? this.#rightDelimiter() : this.#emit('space')
      this.#at++
    }
    return this.#emit('space')
  }

  #one(kind: TokenKind): Token {
    this.#at++
    return this.#emit(kind)
  }

  #declaration(): Token {
    this.#at++
    if (this.#text[this.#at] !== '=') return this.#error('expected :=')
    this.#at++
    return this.#emit('declare')
  }

  #paren(char: string): Token {
    this.#depth += char === '(' ? 1 : -1
    this.#at++
    if (this.#depth < 0) return this.#error('unexpected right paren')
    return this.#emit(char === '(' ? 'open' : 'close')
  }

  #quoted(end: string, kind: TokenKind, problem: string): Token {
    this.#at++
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '\\' && this.#at + 1 < this.#text.length && this.#text[this.#at + 1] !== '\n') this.#at++
      else if (char === undefined || char === '\n' || char === '\\') return this.#error(problem)
      this.#at++
      if (char === end) return this.#emit(kind)
    }
  }

  #rawString(): Token {
    const end = this.#text.indexOf('`', this.#at + 1)
    if (end === -1) return this.#error('unterminated raw quoted string')
    this.#at = end + 1
    return this.#emit('raw string')
  }

  /** `.name` or `$name`; the sign alone is the dot or the variable `$`. */
  #reference(kind: 'variable' | 'field'): Token {
    this.#at++
    if (this.#atTerminator()) return this.#emit(kind === 'variable' ? 'variable' : 'dot')
    while (isWord(this.#char())) this.#at += this.#char()?.length ?? 0
    return this.#atTerminator() ? this.#emit(kind) : this.#badCharacter()
  }

  #word(): Token {
    while (isWord(this.#char())) this.#at += this.#char()?.length ?? 0
    if (!this.#atTerminator()) return this.#badCharacter()
    const word = this.#text.slice(this.#start, this.#at)
    if (KEYWORDS.has(word)) return this.#emit('keyword')
    return this.#emit(word === 'true' || word === 'false' ? 'bool' : 'identifier')
  }

  #badCharacter(): Token {
    return this.#error(`bad character ${unicodePoint(this.#char() ?? '')}`)
  }

  #number(): Token {
    const isNumber = this.#scanNumber()
    if (!isNumber) return this.#error(`bad number syntax: ${quote(this.#text.slice(this.#start, this.#at))}`)
    const sign = this.#text[this.#at]
    // `1+2i`: a complex number.
    if ((sign === '+' || sign === '-') && (!this.#scanNumber() || this.#text[this.#at - 1] !== 'i')) {
      return this.#error(`bad number syntax: ${quote(this.#text.slice(this.#start, this.#at))}`)
    }
    return this.#emit('number')
  }

  #scanNumber(): boolean {
    const rest = this.#text.slice(this.#at)
    const [length = 0] = NUMBERS.map((pattern) => pattern.exec(rest)?.[0].length).filter((one) => one !== undefined)
    this.#at += length
    const next = this.#char()
    if (!isWord(next)) return true
    this.#at += next?.length ?? 0
    return false
  }

  #atTerminator(): boolean {
    const char = this.#text[this.#at]
    return char === undefined || isSpace(char) || '.,|:)('.includes(char) || this.#text.startsWith('}}', this.#at)
  }

  #char(): string | undefined {
    const code = this.#text.codePointAt(this.#at)
    return code === undefined ? undefined : String.fromCodePoint(code)
  }

  #skipSpace(): void {
    let at = this.#at
    while (isSpace(this.#text[at])) at++
    this.#skip(at - this.#at)
  }

  /** Goes on without a token. */
  #skip(length: number): void {
    this.#at += length
    this.#ignore()
  }

  #ignore(): void {
    for (let i = this.#start; i < this.#at; i++) if (this.#text[i] === '\n') this.#line++
    this.#start = this.#at
    this.#startLine = this.#line
  }

  #emit(kind: TokenKind): Token {
    const token = { kind, text: this.#text.slice(this.#start, this.#at), at: this.#start, line: this.#startLine }
    this.#ignore()
    return token
  }

  #error(text: string): Token {
    return { kind: 'error', text, at: this.#start, line: this.#startLine }
  }
}

const SIMPLE: Readonly<Record<string, TokenKind>> = { '=': 'assign', '|': 'pipe' }

/** What a number may look like, as far as it goes: hexadecimal, octal, binary, decimal. The first that fits is taken. */
const NUMBERS = [
  /^[+-]?0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?i?/,
  /^[+-]?0[oO][0-7_]*(?:\.[0-7_]*)?i?/,
  /^[+-]?0[bB][01_]*(?:\.[01_]*)?i?/,
  /^[+-]?[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?i?/,
]

function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text[end - 1])) end--
  return text.slice(0, end)
}
