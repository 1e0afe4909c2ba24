import { Buffer } from 'node:buffer'
import type { MetricType } from '../../signals/metrics.ts'
import type { EntryKind } from './cursor.ts'
import { DecimalReader } from './decimal.ts'
import { parseGoFloat } from '../../core/go-number.ts'
import { isUtf8, quoteBytes, quoteText } from './go-quote.ts'
import { NEWLINE, QUOTE } from './lexer.ts'
import type { Scanner, Token } from './lexer.ts'
import { malformedAt } from './malformed.ts'

/** Offsets of a quoted or bare name and of a label value, without quotes: `[nameStart, nameEnd, valueStart, valueEnd]`, repeated. */
export type LabelOffsets = number[]

/** Bytes of a line that an error shows at most. */
const MAX_QUOTED = 4096

/**
 * One entry of a text page while it is parsed, and what came of it: offsets into the page, so that strings are made only for
 * what somebody asks for. Reused for every entry. Error texts are those of Prometheus.
 */
export class Line {
  readonly scanner: Scanner
  readonly lex: (scanner: Scanner) => Token
  /** First byte of the entry. */
  start = 0

  kind: EntryKind = 'comment'
  /** Metric name of a series or of metadata; -1 while a series has none. */
  nameStart = -1
  nameEnd = -1
  readonly labels: LabelOffsets = []
  /** The series part: name and braces, without white space around. */
  seriesStart = 0
  seriesEnd = 0
  value = 0
  hasTimestamp = false
  /** In ms; of OpenMetrics also as it stands there, in seconds. */
  timestamp = 0
  seconds = 0

  hasExemplar = false
  readonly exemplarLabels: LabelOffsets = []
  exemplarValue = 0
  hasExemplarTimestamp = false
  exemplarTimestamp = 0

  /** Text of metadata. */
  textStart = 0
  textEnd = 0
  /** Type told last, and the length of the family name told last. */
  type: MetricType = 'unknown'
  familyLength = 0

  readonly #number = new DecimalReader()

  constructor(scanner: Scanner, lex: (scanner: Scanner) => Token) {
    this.scanner = scanner
    this.lex = lex
  }

  begin(): void {
    this.start = this.scanner.at
    this.nameStart = -1
    this.nameEnd = -1
    this.labels.length = 0
    this.hasTimestamp = false
    this.timestamp = 0
    this.hasExemplar = false
  }

  /** The next token that is not white space. */
  token(): Token {
    let token = this.lex(this.scanner)
    while (token === 'WHITESPACE') token = this.lex(this.scanner)
    return token
  }

  /** Bytes `[start, end)` as the lexer sees them, with the line feed that the text format adds to a page. */
  slice(start: number, end: number): Uint8Array {
    const { bytes } = this.scanner
    const part = bytes.subarray(start, end)
    return end > bytes.length && this.scanner.length > bytes.length ? Buffer.concat([part, Buffer.of(NEWLINE)]) : part
  }

  text(start: number, end: number): string {
    const { bytes } = this.scanner
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
  }

  fail(text: string): never {
    throw malformedAt(this.scanner.bytes, this.scanner.at, text)
  }

  failWhileParsing(text: string): never {
    this.fail(`${text} while parsing: ${this.#quoted(this.start, this.scanner.at)}`)
  }

  unexpected(expected: string, token: Token): never {
    const { scanner } = this
    const end = Math.min(scanner.length, scanner.at + 1)
    const got = this.#quoted(scanner.start, end)
    const line = this.#quoted(this.start, end)
    this.fail(`${expected}, got ${got} (${quoteText(token)}) while parsing: ${line}`)
  }

  #quoted(start: number, end: number): string {
    if (end - start <= MAX_QUOTED) return quoteBytes(this.slice(start, end))
    return `${quoteBytes(this.slice(start, start + MAX_QUOTED))}...`
  }

  /** Takes the metric name at hand for that of a metadata entry. */
  familyName(keyword: Token): void {
    const token = this.token()
    if (token !== 'MNAME') this.unexpected(`expected metric name after ${keyword}`, token)
    const { bytes, start, at } = this.scanner
    const quoted = bytes[start] === QUOTE && bytes[at - 1] === QUOTE ? 1 : 0
    this.nameStart = start + quoted
    this.nameEnd = at - quoted
    this.familyLength = this.nameEnd - this.nameStart
  }

  /** Sets the type from the text at hand, if it is among `types`. */
  readType(types: ReadonlyMap<string, MetricType>): void {
    const text = this.slice(this.textStart, this.textEnd)
    const type = types.get(Buffer.from(text).toString('latin1'))
    if (type === undefined) this.fail(`invalid metric type ${quoteBytes(text)}`)
    this.type = type
  }

  checkHelp(): void {
    const { bytes } = this.scanner
    if (isUtf8(bytes, this.textStart, this.textEnd)) return
    this.fail(`help text ${quoteBytes(this.slice(this.textStart, this.textEnd))} is not a valid utf8 string`)
  }

  /** The float between `start` and the end of the token at hand. */
  float(start: number): number {
    const { bytes, at } = this.scanner
    if (this.#number.read(bytes, start) && this.#number.end === at) return this.#number.value
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, at - start).toString('latin1')
    if (/[pP_]/.test(text)) this.failWhileParsing('unsupported character in float')
    const value = parseGoFloat(text)
    if (typeof value === 'number') return value
    return this.failWhileParsing(`strconv.ParseFloat: parsing ${quoteBytes(this.slice(start, at))}: ${value}`)
  }

  /**
   * What is between the braces, the opening one being read: labels into `into`, and the metric name if it stands there (not in
   * exemplars). OpenMetrics wants commas between labels; the text format does not.
   */
  inBraces(into: LabelOffsets, options: { readonly exemplar: boolean; readonly commas: boolean }): void {
    let token = this.token()
    while (token !== 'BCLOSE') {
      if (token !== 'LNAME' && token !== 'QSTRING') this.unexpected('expected label name', token)
      const { start, at } = this.scanner
      const quoted = token === 'QSTRING' ? 1 : 0
      token = this.token()
      if (quoted === 1 && (token === 'COMMA' || token === 'BCLOSE')) {
        if (options.exemplar) this.unexpected('expected label name', token)
        if (this.nameStart !== -1) this.failWhileParsing('metric name already set')
        this.nameStart = start + 1
        this.nameEnd = at - 1
        if (token === 'COMMA') token = this.token()
        continue
      }
      if (token !== 'EQUAL') this.unexpected('expected equal', token)
      into.push(start + quoted, at - quoted)
      this.#labelValue(into)
      token = this.token()
      if (token === 'COMMA') token = this.token()
      else if (token !== 'BCLOSE' && options.commas) this.unexpected('expected comma or brace close', token)
    }
  }

  #labelValue(into: LabelOffsets): void {
    const token = this.token()
    if (token !== 'LVALUE') this.unexpected('expected label value', token)
    const { bytes, start, at } = this.scanner
    if (!isUtf8(bytes, start, at)) this.fail(`invalid UTF-8 label value: ${quoteBytes(this.slice(start, at))}`)
    into.push(start + 1, at - 1)
  }
}
