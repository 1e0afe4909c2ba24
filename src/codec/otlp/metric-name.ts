/**
 * Metric names as Prometheus builds them from OTLP names, units and types.
 * Follows MetricNamer, prometheus/otlptranslator/metric_namer.go.
 */
import { Buffer } from 'node:buffer'
import { cleanUnit, unitSuffixes } from './unit-name.ts'

/** What of a metric's type its name depends on. */
export type NamedType = 'gauge' | 'monotonic' | 'other'

export interface MetricNaming {
  /** False: characters that Prometheus' first naming scheme did not know become underscores. */
  readonly utf8: boolean
  /** Whether unit and type are appended. */
  readonly suffixes: boolean
}

/** The name, or undefined when nothing of it can be kept (only characters that are not allowed, or underscores). */
export function metricName(name: string, unit: string, type: NamedType, naming: MetricNaming): string | undefined {
  if (naming.utf8) return naming.suffixes ? suffixedUtf8Name(name, unit, type) : name
  const built = naming.suffixes ? suffixedName(name, unit, type) : escapedName(name)
  if (built === '') return undefined
  return built !== name && /^_+$/.test(built) ? undefined : built
}

function escapedName(name: string): string {
  return leadingDigit(tokens(name, /[^a-zA-Z0-9:_]+/u).join('_'))
}

function suffixedName(name: string, unit: string, type: NamedType): string {
  let parts = withUnit(tokens(name, /[^a-zA-Z0-9:]+/u), unit)
  if (type === 'monotonic') parts = atEnd(parts, 'total')
  // A counter of things is often sent with unit 1, so that only a gauge is taken for a ratio.
  if (unit === '1' && type === 'gauge') parts = atEnd(parts, 'ratio')
  return leadingDigit(parts.join('_'))
}

function withUnit(parts: readonly string[], unit: string): string[] {
  const suffixes = unitSuffixes(unit)
  let main = cleanUnit(suffixes.main)
  let per = cleanUnit(suffixes.per)
  if (parts.includes(main)) main = ''
  per = per === 'per_' ? '' : per.replace(/_$/, '')
  if (parts.includes(per)) per = ''
  if (per !== '') main = main.replace(/_$/, '')
  return [...parts, ...[main, per].filter((part) => part !== '')]
}

function suffixedUtf8Name(name: string, unit: string, type: NamedType): string {
  const { main, per } = unitSuffixes(unit)
  const ratio = unit === '1' && type === 'gauge' ? 'ratio' : ''
  const total = type === 'monotonic' ? 'total' : ''
  const outer = [per, total, ratio].filter((suffix) => suffix !== '')
  let base = name
  // From the outside in, so that each is found at the end of what is left.
  for (const suffix of [...outer].reverse()) base = withoutSuffix(base, suffix)
  if (main !== '' && !base.endsWith(main)) base += `_${main}`
  return [base, ...outer].join('_')
}

/** Takes a suffix away together with the character before it, whatever that is, unless nothing would be left. */
function withoutSuffix(name: string, suffix: string): string {
  if (!name.endsWith(suffix)) return name
  const rest = name.slice(0, -suffix.length)
  return Buffer.byteLength(rest) > 1 ? rest.replace(/.$/su, '') : name
}

function tokens(name: string, separator: RegExp): string[] {
  return name.split(separator).filter((token) => token !== '')
}

function atEnd(parts: readonly string[], word: string): string[] {
  return [...parts.filter((part) => part !== word), word]
}

function leadingDigit(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name
}
