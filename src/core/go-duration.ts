/** Prometheus durations with the reason why a text is none. Follows model.ParseDuration, prometheus/common. */
import { quote } from './go-text.ts'

const UNITS: Readonly<Record<string, readonly [ms: bigint, order: number]>> = {
  y: [31_536_000_000n, 1],
  w: [604_800_000n, 2],
  d: [86_400_000n, 3],
  h: [3_600_000n, 4],
  m: [60_000n, 5],
  s: [1000n, 6],
  ms: [1n, 7],
}
const MOST_MS = (2n ** 63n - 1n) / 1_000_000n

/** Milliseconds, or what is wrong. */
export function readGoDuration(text: string): number | string {
  if (text === '0') return 0
  if (text === '') return 'empty duration string'
  const invalid = `not a valid duration string: ${quote(text)}`
  let rest = text
  let total = 0n
  let lastOrder = 0
  while (rest !== '') {
    const [whole = '', digits = '', unit = ''] = /^(\d+)(\D+)/.exec(rest) ?? []
    if (whole === '' || BigInt(digits) >= 2n ** 64n) return invalid
    const known = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
    if (known === undefined) return `unknown unit ${quote(unit)} in duration ${quote(text)}`
    const [ms, order] = known
    if (order <= lastOrder) return invalid
    lastOrder = order
    total += BigInt(digits) * ms
    if (total > MOST_MS) return 'duration out of range'
    rest = rest.slice(whole.length)
  }
  return Number(total)
}
