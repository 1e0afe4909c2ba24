/**
 * Tokens of the two text formats. The scanner steps exactly as the state machines that Prometheus generates from its lex files
 * do (no backtracking, NUL allowed in label values, help and comments only), because error texts show where a scan stopped.
 * Follows promlex.l and openmetricslex.l, prometheus/model/textparse@v3.
 */
export type Token =
  | 'INVALID'
  | 'EOF'
  | 'LINEBREAK'
  | 'WHITESPACE'
  | 'HELP'
  | 'TYPE'
  | 'UNIT'
  | 'EOFWORD'
  | 'TEXT'
  | 'COMMENT'
  | 'MNAME'
  | 'QSTRING'
  | 'BOPEN'
  | 'BCLOSE'
  | 'LNAME'
  | 'LVALUE'
  | 'COMMA'
  | 'EQUAL'
  | 'TIMESTAMP'
  | 'VALUE'

export type LexerState =
  | 'init'
  | 'comment'
  | 'meta1'
  | 'meta2'
  | 'labels'
  | 'labelValue'
  | 'value'
  | 'timestamp'
  | 'exemplar'
  | 'exemplarValue'
  | 'exemplarTimestamp'

export const NEWLINE = 10
export const SPACE = 32
export const QUOTE = 34
export const HASH = 35
export const COMMA = 44
export const EQUAL = 61
export const BACKSLASH = 92
export const BRACE_OPEN = 123
export const BRACE_CLOSE = 125
const TAB = 9

// Classes of characters, as bits. PLAIN: within quotes without a meaning; WORD: neither NUL nor blank nor line feed.
const LETTER = 1
const COLON = 2
const DIGIT = 4
const BLANK = 8
const PLAIN = 16
const WORD = 32
const CLASSES = Uint8Array.from({ length: 256 }, (_, c) => {
  const name = /[A-Za-z_]/.test(String.fromCharCode(c)) ? LETTER : c === 58 ? COLON : c >= 48 && c <= 57 ? DIGIT : 0
  const blank = c === SPACE || c === TAB ? BLANK : 0
  const plain = c === 0 || c === NEWLINE || c === QUOTE || c === BACKSLASH ? 0 : PLAIN
  return name | blank | plain | (c === 0 || c === NEWLINE || c === SPACE ? 0 : WORD)
})

const isLetter = (c: number): boolean => ((CLASSES[c] as number) & LETTER) !== 0
const isNameStart = (c: number): boolean => ((CLASSES[c] as number) & (LETTER | COLON)) !== 0
export const isDigit = (c: number): boolean => c >= 48 && c <= 57
export const isBlank = (c: number): boolean => c === SPACE || c === TAB

const SKIPS_NUL: ReadonlySet<LexerState> = new Set(['labelValue', 'meta2', 'comment'])

/** Position, state and character steps that the lexers of both formats share. */
export class Scanner {
  readonly bytes: Uint8Array
  /** Length as the lexer sees it: one more than the bytes where the format adds a line feed. */
  readonly length: number
  /** Where the next token starts, and where the last one started. */
  at = 0
  start = 0
  state: LexerState = 'init'

  constructor(bytes: Uint8Array, options: { readonly addsNewline: boolean }) {
    this.bytes = bytes
    this.length = bytes.length + (options.addsNewline ? 1 : 0)
  }

  current(): number {
    const { at, bytes } = this
    return at < bytes.length ? (bytes[at] as number) : at < this.length ? NEWLINE : 0
  }

  next(): number {
    const at = ++this.at
    const c = at < this.bytes.length ? (this.bytes[at] as number) : this.current()
    return c === 0 && SKIPS_NUL.has(this.state) ? this.#behindNul() : c
  }

  #behindNul(): number {
    while (this.at < this.bytes.length && this.bytes[this.at] === 0) this.at++
    return this.current()
  }

  /** Steps over characters that `mask` allows, where no NUL is skipped; the one at hand is taken unseen. */
  run(mask: number): void {
    const { bytes } = this
    let at = this.at + 1
    while (at < bytes.length && ((CLASSES[bytes[at] as number] as number) & mask) !== 0) at++
    this.at = at
  }

  /** Ends a token of one character, read in the state before it. */
  single(token: Token, state: LexerState = this.state): Token {
    this.next()
    this.state = state
    return token
  }

  blanks(): Token {
    this.run(BLANK)
    return 'WHITESPACE'
  }

  metricName(state: LexerState): Token {
    this.run(LETTER | COLON | DIGIT)
    this.state = state
    return 'MNAME'
  }

  labelName(): Token {
    this.run(LETTER | DIGIT)
    return 'LNAME'
  }

  /** A quoted string whose opening quote is at hand; `\` takes any character but a line feed with it. */
  quoted(token: Token, state: LexerState, allowsNewline: boolean): Token {
    for (;;) {
      this.run(PLAIN)
      // `run` stops at the end or at one of `"`, `\`, line feed, NUL.
      let c = this.current()
      if (c === 0 && SKIPS_NUL.has(this.state)) c = this.#behindNul()
      while (c === BACKSLASH) {
        c = this.next()
        if (c === 0 || c === NEWLINE) return 'INVALID'
        c = this.next()
      }
      if (c === QUOTE) return this.single(token, state)
      if (c === 0 || (c === NEWLINE && !allowsNewline)) return 'INVALID'
    }
  }

  /** Steps over `text`, whose first character is at hand; false where it differs. */
  word(text: string): boolean {
    for (let i = 1; i < text.length; i++) if (this.next() !== text.charCodeAt(i)) return false
    this.next()
    return true
  }

  /** What both formats have between the braces. */
  inBraces(c: number, end: LexerState, value: LexerState, allowsNewline: boolean): Token {
    if (isLetter(c)) return this.labelName()
    if (c === QUOTE) return this.quoted('QSTRING', this.state, allowsNewline)
    if (c === BRACE_CLOSE) return this.single('BCLOSE', end)
    if (c === EQUAL) return this.single('EQUAL', value)
    return c === COMMA ? this.single('COMMA') : 'INVALID'
  }
}

/** The next token of the Prometheus text format, white space included. */
export function lexText(scanner: Scanner): Token {
  if (scanner.at >= scanner.length) return 'EOF'
  let c = scanner.current()
  scanner.start = scanner.at
  if (scanner.state === 'init' && c === HASH) {
    c = scanner.next()
    if (!isBlank(c)) return restOfComment(scanner)
    while (isBlank(c)) c = scanner.next()
    scanner.state = 'comment'
  }
  if (isBlank(c) && scanner.state !== 'meta2') return scanner.blanks()
  return TEXT_STATES[scanner.state](scanner, c)
}

type LexState = (scanner: Scanner, c: number) => Token
const never: LexState = () => 'INVALID'

const TEXT_STATES: Readonly<Record<LexerState, LexState>> = {
  init: textLineStart,
  comment: textComment,
  meta1: nameOfMetadata,
  meta2: textOfMetadata,
  labels: (scanner, c) => scanner.inBraces(c, 'value', 'labelValue', true),
  labelValue: (scanner, c) => (c === QUOTE ? scanner.quoted('LVALUE', 'labels', true) : 'INVALID'),
  value: textValue,
  timestamp: textTimestamp,
  exemplar: never,
  exemplarValue: never,
  exemplarTimestamp: never,
}

function nameOfMetadata(scanner: Scanner, c: number): Token {
  if (c === QUOTE) return scanner.quoted('MNAME', 'meta2', true)
  return isNameStart(c) ? scanner.metricName('meta2') : 'INVALID'
}

function textTimestamp(scanner: Scanner, c: number): Token {
  if (c === NEWLINE) return scanner.single('LINEBREAK', 'init')
  if (!isDigit(c)) return 'INVALID'
  scanner.run(DIGIT)
  return 'TIMESTAMP'
}

function textLineStart(scanner: Scanner, c: number): Token {
  if (isNameStart(c)) return scanner.metricName('value')
  if (c === NEWLINE) return scanner.single('LINEBREAK')
  if (c === 0) return scanner.single('EOF')
  return c === BRACE_OPEN ? scanner.single('BOPEN', 'labels') : 'INVALID'
}

function textComment(scanner: Scanner, c: number): Token {
  const token = c === 72 ? 'HELP' : c === 84 ? 'TYPE' : undefined
  if (token === undefined || !scanner.word(token) || !isBlank(scanner.current())) return restOfComment(scanner)
  while (isBlank(scanner.next()));
  scanner.state = 'meta1'
  return token
}

function restOfComment(scanner: Scanner): Token {
  for (let c = scanner.current(); ; c = scanner.next()) {
    if (c === 0) return 'EOF'
    if (c === NEWLINE) {
      scanner.state = 'init'
      return 'COMMENT'
    }
  }
}

function textOfMetadata(scanner: Scanner, first: number): Token {
  let c = first
  while (isBlank(c)) c = scanner.next()
  // Blanks before the line feed are white space, and the text that follows them is empty.
  if ((c === NEWLINE || c === 0) && scanner.at > scanner.start) return 'WHITESPACE'
  while (c !== NEWLINE && c !== 0) c = scanner.next()
  scanner.state = 'init'
  return 'TEXT'
}

function textValue(scanner: Scanner, first: number): Token {
  if (first === BRACE_OPEN) return scanner.single('BOPEN', 'labels')
  let c = first
  while (c !== 0 && c !== NEWLINE && c !== BRACE_OPEN && !isBlank(c)) c = scanner.next()
  if (scanner.at === scanner.start) return 'INVALID'
  scanner.state = 'timestamp'
  return 'VALUE'
}

/** The next token of OpenMetrics. A space is part of the token that follows it. */
export function lexOpenMetrics(scanner: Scanner): Token {
  if (scanner.at >= scanner.length) return 'EOF'
  let c = scanner.current()
  scanner.start = scanner.at
  if (scanner.state === 'init' && c === HASH) {
    if (scanner.next() !== SPACE) return 'INVALID'
    c = scanner.next()
    scanner.state = 'comment'
  }
  return OPENMETRICS_STATES[scanner.state](scanner, c)
}

const OPENMETRICS_STATES: Readonly<Record<LexerState, LexState>> = {
  init: openMetricsLineStart,
  comment: openMetricsComment,
  meta1: nameOfMetadata,
  meta2: openMetricsText,
  labels: (scanner, c) => scanner.inBraces(c, 'value', 'labelValue', true),
  labelValue: (scanner, c) => (c === QUOTE ? scanner.quoted('LVALUE', 'labels', false) : 'INVALID'),
  value: (scanner, c) =>
    c === BRACE_OPEN ? scanner.single('BOPEN', 'labels') : spacedWord(scanner, c, 'VALUE', 'timestamp'),
  timestamp: openMetricsTimestamp,
  exemplar: (scanner, c) => scanner.inBraces(c, 'exemplarValue', 'exemplarValue', false),
  exemplarValue: (scanner, c) =>
    c === QUOTE ? scanner.quoted('LVALUE', 'exemplar', false) : spacedWord(scanner, c, 'VALUE', 'exemplarTimestamp'),
  exemplarTimestamp: (scanner, c) =>
    c === NEWLINE ? scanner.single('LINEBREAK', 'init') : spacedWord(scanner, c, 'TIMESTAMP', 'exemplarTimestamp'),
}

function openMetricsLineStart(scanner: Scanner, c: number): Token {
  if (isNameStart(c)) return scanner.metricName('value')
  return c === BRACE_OPEN ? scanner.single('BOPEN', 'labels') : 'INVALID'
}

function openMetricsText(scanner: Scanner, first: number): Token {
  let c = first
  if (c !== SPACE) return 'INVALID'
  while (c !== NEWLINE && c !== 0) c = scanner.next()
  return c === 0 ? 'INVALID' : scanner.single('TEXT', 'init')
}

function openMetricsComment(scanner: Scanner, c: number): Token {
  if (c === 69) {
    if (!scanner.word('EOF')) return 'INVALID'
    if (scanner.current() === NEWLINE) scanner.next()
    scanner.state = 'init'
    return 'EOFWORD'
  }
  const token = c === 72 ? 'HELP' : c === 84 ? 'TYPE' : c === 85 ? 'UNIT' : undefined
  if (token === undefined || !scanner.word(`${token} `)) return 'INVALID'
  scanner.state = 'meta1'
  return token
}

function openMetricsTimestamp(scanner: Scanner, c: number): Token {
  if (c === NEWLINE) return scanner.single('LINEBREAK', 'init')
  if (c !== SPACE) return 'INVALID'
  if (scanner.next() !== HASH) return wordAtHand(scanner, 'TIMESTAMP', 'timestamp')
  if (scanner.next() !== SPACE) return wordAtHand(scanner, 'TIMESTAMP', 'timestamp')
  return scanner.next() === BRACE_OPEN ? scanner.single('COMMENT', 'exemplar') : 'INVALID'
}

/** A space and then at least one character that is neither space nor line feed. */
function spacedWord(scanner: Scanner, c: number, token: Token, state: LexerState): Token {
  if (c !== SPACE) return 'INVALID'
  scanner.next()
  return wordAtHand(scanner, token, state)
}

function wordAtHand(scanner: Scanner, token: Token, state: LexerState): Token {
  const c = scanner.current()
  if (c !== 0 && c !== NEWLINE && c !== SPACE) scanner.run(WORD)
  if (scanner.at - scanner.start < 2) return 'INVALID'
  scanner.state = state
  return token
}
