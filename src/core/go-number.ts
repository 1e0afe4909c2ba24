/** Numbers as Go reads and writes them: what Prometheus' formats and their users expect. */

const DECIMAL = /^[+-]?(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:e[+-]?\d(?:_?\d)*)?$/i
const HEXADECIMAL = /^([+-]?)0x_?((?:[\da-f]_?)*)\.?((?:[\da-f]_?)*)p([+-]?\d(?:_?\d)*)$/i
const INFINITE = /^([+-]?)inf(?:inity)?$/i

/** Why a text is no number, in Go's words. */
export type NumberProblem = 'invalid syntax' | 'value out of range'

/**
 * Parses a float64 exactly as `strconv.ParseFloat` does: decimal, hexadecimal with `p`, `_` between digits, `Inf`, `Infinity`
 * and `NaN` in any case; no white space.
 */
export function parseGoFloat(text: string): number | NumberProblem {
  if (DECIMAL.test(text)) return inRange(Number(text.includes('_') ? text.replaceAll('_', '') : text))
  if (/^nan$/i.test(text)) return NaN
  const infinite = INFINITE.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  const hexadecimal = HEXADECIMAL.exec(text)
  if (hexadecimal === null || /_[._p]|__|\._/i.test(text)) return 'invalid syntax'
  const [, sign, whole = '', part = '', exponent = '0'] = hexadecimal.map((group) => group.replaceAll('_', ''))
  if (whole + part === '') return 'invalid syntax'
  const size = scale(Number(BigInt(`0x${whole}${part}`)), Number(exponent) - 4 * part.length)
  return inRange(sign === '-' ? -size : size)
}

function inRange(value: number): number | NumberProblem {
  return Number.isFinite(value) ? value : 'value out of range'
}

// In two steps, because 2 ** exponent alone may overflow or vanish where the product does not.
function scale(mantissa: number, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return mantissa === 0 ? 0 : mantissa * 2 ** half * 2 ** (exponent - half)
}

/** Writes a float64 as Go's `%g`, `%v` and `strconv.FormatFloat(value, 'g', -1, 64)`: shortest digits, exponent below -4 and from 6 on. */
export function formatGoFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return Object.is(value, -0) ? '-0' : String(value)
  if (!Number.isFinite(value)) return notFinite(value)
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  // JavaScript and Go agree on the shortest digits, and on plain notation within these sizes.
  return exponent >= -4 && exponent < 6 ? String(value) : withExponent(digits, exponent)
}

/** With `.0` behind what would look like an integer: values of `le` and `quantile`, OpenMetrics numbers. Follows FormatOpenMetricsFloat, prometheus/model/labels. */
export function formatGoOpenMetrics(value: number): string {
  const text = value === 0 ? '0' : formatGoFloat(value)
  return !Number.isFinite(value) || /[e.]/.test(text) ? text : `${text}.0`
}

/**
 * The shortest digits in plain notation, with an exponent below 1e-6 and from 1e21 on: a sample's value in JSON and in messages.
 * Follows MarshalFloat, prometheus/util/jsonutil.
 */
export function formatGoPlain(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value)
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const e = text.indexOf('e')
  // JavaScript changes notations at the same sizes; only the exponent's width differs.
  return e === -1 ? text : withExponent(text.slice(0, e), Number(text.slice(e + 1)))
}

/** The shortest decimal without an exponent that reads back as `value`, as Go's `strconv.FormatFloat(value, 'f', -1, 64)`. */
export function formatGoDecimal(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value)
  if (Object.is(value, -0)) return '-0'
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) ?? []
  if (whole === undefined) return String(value)
  const shift = Number(exponent)
  const digits = whole + fraction
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - whole.length)}${digits}`
  return sign + digits + '0'.repeat(shift - fraction.length)
}

function withExponent(digits: string, exponent: number): string {
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function notFinite(value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : 'NaN'
}
