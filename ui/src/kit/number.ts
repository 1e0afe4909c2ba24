/** Numbers as people read them. SI by default; the exact value stays reachable through `exactNumber`. */

const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** At most `digits` significant digits, without trailing zeros and without an exponent where it stays readable. */
function significant(value: number, digits: number): string {
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21))
    return Number(value.toPrecision(digits)).toExponential()
  return String(Number(value.toPrecision(digits)))
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '−Inf'
  return value === 0 ? '0' : undefined
}

function scaled(value: number, base: number, names: readonly string[], digits: number): readonly [string, string] {
  let rest = value
  let i = 0
  while (Math.abs(rest) >= base && i < names.length - 1) {
    rest /= base
    i++
  }
  // 999.96 k would print as 1000 k.
  if (Math.abs(Number(rest.toPrecision(digits))) >= base && i < names.length - 1) {
    rest /= base
    i++
  }
  return [significant(rest, digits), names[i] ?? '']
}

/** `12.3k`, `4.56M`; small numbers as they are. */
export function shortNumber(value: number, digits = 4): string {
  return special(value) ?? scaled(value, 1000, LARGE, digits).join('')
}

export function binaryBytes(value: number, digits = 4): string {
  if (value === 0) return '0 B'
  return special(value) ?? scaled(value, 1024, BINARY, digits).join(' ')
}

/** Seconds in the unit that fits: `350 µs`, `12.5 ms`, `2.4 s`, `3 min 20 s`, `2 d 4 h`. */
export function seconds(value: number, digits = 4): string {
  const plain = special(value)
  if (plain !== undefined) return value === 0 ? '0 s' : plain
  const magnitude = Math.abs(value)
  if (magnitude < 1e-6) return `${significant(value * 1e9, digits)} ns`
  if (magnitude < 1e-3) return `${significant(value * 1e6, digits)} µs`
  if (magnitude < 1) return `${significant(value * 1e3, digits)} ms`
  if (magnitude < 120) return `${significant(value, digits)} s`
  return longDuration(value)
}

const SPANS = [
  ['y', 31_536_000],
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

function longDuration(value: number): string {
  let rest = Math.round(Math.abs(value))
  const parts: string[] = []
  for (const [name, size] of SPANS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${name}`)
    if (parts.length === 2) break
  }
  return (value < 0 ? '−' : '') + parts.join(' ')
}

/** The value in full, as Prometheus spells it. */
export function exactNumber(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

/** Whole numbers with the language's grouping: `1,234,567`. */
export function grouped(value: number, language: string): string {
  return Number.isFinite(value) ? new Intl.NumberFormat(language).format(value) : exactNumber(value)
}
