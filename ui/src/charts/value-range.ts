/** Share of the highest value down to which the lowest one may go before an axis leaves zero out by itself. */
const FAR_FROM_ZERO = 0.6
const PAD = 0.08

/** The ends of a value axis. Zero is in view when asked for, or when the values are not far from it. */
export function valueRange(min: number, max: number, zero: boolean): [low: number, high: number] {
  if (min === max) {
    // A flat line has room that fits its size.
    const room = min === 0 ? 1 : Math.abs(min) * 0.5
    return [zero || min === 0 ? Math.min(0, min) : min - room, zero && max < 0 ? 0 : max + room]
  }
  const pad = (max - min) * PAD
  const fromZero = min >= 0 && (zero || min <= max * FAR_FROM_ZERO)
  const upToZero = max <= 0 && (zero || max >= min * FAR_FROM_ZERO)
  return [fromZero ? 0 : min - pad, upToZero ? 0 : max + pad]
}
