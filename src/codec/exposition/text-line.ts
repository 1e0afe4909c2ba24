import type { MetricType } from '../../signals/metrics.ts'
import { quoteBytes } from './go-quote.ts'
import { lexText, Scanner } from './lexer.ts'
import type { Token } from './lexer.ts'
import { Line } from './line.ts'

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
])

/** A line of the Prometheus text format, 0.0.4 or 1.0.0. */
export function textLine(bytes: Uint8Array): Line {
  return new Line(new Scanner(bytes, { addsNewline: true }), lexText)
}

/**
 * Parses the next entry; false at the end of the page, which is also a NUL where a line starts.
 * Follows PromParser.Next, prometheus/model/textparse/promparse.go@v3.
 */
export function parseTextLine(line: Line): boolean {
  let token: Token
  do {
    line.begin()
    token = line.token()
  } while (token === 'LINEBREAK')
  if (token === 'EOF') return false
  if (token === 'BOPEN' || token === 'MNAME') parseSeries(line, token)
  else if (token === 'HELP' || token === 'TYPE') parseMetadata(line, token)
  else if (token === 'COMMENT') parseComment(line)
  else line.unexpected('expected a valid start token', token)
  return true
}

function parseComment(line: Line): void {
  line.textStart = line.scanner.start
  line.textEnd = line.scanner.at
  expectLineBreak(line, 'linebreak expected after comment')
  line.kind = 'comment'
}

function parseMetadata(line: Line, keyword: 'HELP' | 'TYPE'): void {
  line.familyName(keyword)
  const token = line.token()
  if (token !== 'TEXT') line.fail(`expected text in ${keyword}, got ${token}`)
  line.textEnd = line.scanner.at
  line.textStart = Math.min(line.scanner.start + 1, line.textEnd)
  if (keyword === 'TYPE') line.readType(TYPES)
  else line.checkHelp()
  expectLineBreak(line, 'linebreak expected after metadata')
  line.kind = keyword === 'TYPE' ? 'type' : 'help'
}

function expectLineBreak(line: Line, text: string): void {
  const token = line.token()
  if (token !== 'LINEBREAK') line.unexpected(text, token)
}

function parseSeries(line: Line, first: 'BOPEN' | 'MNAME'): void {
  const { scanner } = line
  line.kind = 'series'
  line.seriesStart = scanner.start
  let token: Token = first
  if (first === 'MNAME') {
    line.nameStart = scanner.start
    line.nameEnd = scanner.at
    line.seriesEnd = scanner.at
    token = line.token()
  }
  if (token === 'BOPEN') {
    line.inBraces(line.labels, { exemplar: false, commas: false })
    line.seriesEnd = scanner.at
    token = line.token()
  }
  if (line.nameStart === -1) line.failWhileParsing('metric name not set')
  if (token !== 'VALUE') line.unexpected('expected value after metric', token)
  line.value = line.float(scanner.start)
  parseTimestamp(line)
}

function parseTimestamp(line: Line): void {
  const token = line.token()
  if (token === 'LINEBREAK') return
  if (token !== 'TIMESTAMP') line.unexpected('expected timestamp or new record', token)
  const { start, at } = line.scanner
  const digits = line.text(start, at)
  if (digits.length > 18 && BigInt(digits) > 0x7fffffffffffffffn) {
    line.failWhileParsing(`strconv.ParseInt: parsing ${quoteBytes(line.slice(start, at))}: value out of range`)
  }
  line.hasTimestamp = true
  line.timestamp = Number(digits)
  expectLineBreak(line, 'expected next entry after timestamp')
}
