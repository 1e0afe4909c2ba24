import type { MetricType } from '../../signals/metrics.ts'
import { formatGoFloat } from '../../core/go-number.ts'
import { quoteBytes } from './go-quote.ts'
import { lexOpenMetrics, Scanner } from './lexer.ts'
import type { Token } from './lexer.ts'
import { Line } from './line.ts'

const TYPES: ReadonlyMap<string, MetricType> = new Map(
  (['counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset', 'unknown'] as const).map(
    (type) => [type, type],
  ),
)
const NO_EOF = 'data does not end with # EOF'
const UNDERSCORE = 95

/** A line of OpenMetrics, 1.0.0 or 0.0.1. */
export function openMetricsLine(bytes: Uint8Array): Line {
  return new Line(new Scanner(bytes, { addsNewline: false }), lexOpenMetrics)
}

/**
 * Parses the next entry; false behind `# EOF`. As lenient as Prometheus: see openmetrics-lint.ts for the whole standard.
 * Follows OpenMetricsParser.Next, prometheus/model/textparse/openmetricsparse.go@v3.
 */
export function parseOpenMetricsLine(line: Line): boolean {
  line.begin()
  const token = line.token()
  if (token === 'BOPEN' || token === 'MNAME') parseSeries(line, token)
  else if (token === 'HELP' || token === 'TYPE' || token === 'UNIT') parseMetadata(line, token)
  else if (token === 'EOF') line.fail(NO_EOF)
  else if (token !== 'EOFWORD') line.unexpected('expected a valid start token', token)
  else if (line.token() === 'EOF') return false
  else line.fail('unexpected data after # EOF')
  return true
}

function parseMetadata(line: Line, keyword: 'HELP' | 'TYPE' | 'UNIT'): void {
  line.familyName(keyword)
  if (line.token() !== 'TEXT') line.fail(`expected text in ${keyword}`)
  // Between the space before the text and the line feed behind it.
  line.textStart = line.scanner.start + 1
  line.textEnd = line.scanner.at - 1
  if (keyword === 'TYPE') line.readType(TYPES)
  else if (keyword === 'HELP') line.checkHelp()
  else checkUnit(line)
  line.kind = keyword === 'TYPE' ? 'type' : keyword === 'HELP' ? 'help' : 'unit'
}

function checkUnit(line: Line): void {
  const unit = line.slice(line.textStart, line.textEnd)
  const name = line.slice(line.nameStart, line.nameEnd)
  const before = name.length - unit.length - 1
  if (unit.length === 0) return
  if (before >= 0 && name[before] === UNDERSCORE && unit.every((byte, i) => byte === name[before + 1 + i])) return
  line.fail(`unit ${quoteBytes(unit)} not a suffix of metric ${quoteBytes(name)}`)
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
    line.inBraces(line.labels, { exemplar: false, commas: true })
    line.seriesEnd = scanner.at
    token = line.token()
  }
  if (line.nameStart === -1) line.failWhileParsing('metric name not set')
  line.value = parseValue(line, token, 'metric')
  parseEndOfSeries(line)
}

function parseValue(line: Line, token: Token, after: string): number {
  if (token !== 'VALUE') line.unexpected(`expected value after ${after}`, token)
  return line.float(line.scanner.start + 1)
}

/** Parses what follows the value: timestamp, exemplar, line feed. The fast way comes in here too. */
export function parseEndOfSeries(line: Line): void {
  const token = line.token()
  if (token === 'EOF') line.fail(NO_EOF)
  if (token === 'COMMENT') parseExemplar(line)
  if (token !== 'TIMESTAMP') return
  line.seconds = parseSeconds(line, 'timestamp')
  line.timestamp = Math.trunc(line.seconds * 1000)
  line.hasTimestamp = true
  const following = line.token()
  if (following === 'COMMENT') parseExemplar(line)
  else if (following !== 'LINEBREAK') line.unexpected('expected next entry after timestamp', following)
}

function parseSeconds(line: Line, what: string): number {
  const seconds = line.float(line.scanner.start + 1)
  if (!Number.isFinite(seconds)) line.fail(`invalid ${what} ${formatGoFloat(seconds)}`)
  return seconds
}

function parseExemplar(line: Line): void {
  line.hasExemplar = true
  line.hasExemplarTimestamp = false
  line.exemplarLabels.length = 0
  line.inBraces(line.exemplarLabels, { exemplar: true, commas: true })
  line.exemplarValue = parseValue(line, line.token(), 'exemplar labels')
  const token = line.token()
  if (token === 'LINEBREAK') return
  if (token === 'EOF') line.fail(NO_EOF)
  if (token !== 'TIMESTAMP') line.unexpected('expected timestamp or comment', token)
  line.exemplarTimestamp = Math.trunc(parseSeconds(line, 'exemplar timestamp') * 1000)
  line.hasExemplarTimestamp = true
  const following = line.token()
  if (following !== 'LINEBREAK') line.unexpected('expected next entry after exemplar timestamp', following)
}
