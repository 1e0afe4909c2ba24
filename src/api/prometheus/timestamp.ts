/** Unix milliseconds as seconds with up to three decimals, none when whole. Follows MarshalTimestamp, prometheus/util/jsonutil. */
export function formatTimestamp(ms: number): string {
  const sign = ms < 0 ? '-' : ''
  const abs = Math.abs(ms)
  const fraction = abs % 1000
  const whole = (abs - fraction) / 1000
  return fraction === 0 ? `${sign}${whole}` : `${sign}${whole}.${String(fraction).padStart(3, '0')}`
}
