/** Numbers and times as Go's JSON and text formatting write them. */

/** A sample value: shortest 'f' format, 'e' with a two-digit exponent below 1e-6 and from 1e21. Follows marshalValue, prometheus/util/jsonutil. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const e = text.indexOf('e')
  if (e === -1) return text
  const sign = text[e + 1]
  const digits = text.slice(e + 2)
  // JavaScript changes to exponents at 1e-6 exclusive and 1e21, like Go's JSON; only the exponent's width differs.
  return `${text.slice(0, e)}e${sign}${digits.padStart(2, '0')}`
}

/** Unix milliseconds as seconds with up to three decimals, none when whole. Follows MarshalTimestamp, prometheus/util/jsonutil. */
export function formatTimestamp(ms: number): string {
  const sign = ms < 0 ? '-' : ''
  const abs = Math.abs(ms)
  const fraction = abs % 1000
  const whole = (abs - fraction) / 1000
  return fraction === 0 ? `${sign}${whole}` : `${sign}${whole}.${String(fraction).padStart(3, '0')}`
}
