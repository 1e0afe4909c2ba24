/** What is against the conventions of Prometheus in names, types and labels. Follows promlint, prometheus/client_golang testutil. */
import { compareUtf8 } from '../../core/utf8.ts'
import type { MetricType } from '../../signals/metrics.ts'
import type { PageFamily } from './read-families.ts'

export interface MetricProblem {
  readonly metric: string
  readonly text: string
}

type Rule = (family: PageFamily) => readonly string[]

/** By unit, the base unit that belongs in its place. */
const BASE_UNITS: Readonly<Record<string, string>> = {
  amperes: 'amperes',
  bytes: 'bytes',
  celsius: 'celsius',
  grams: 'grams',
  joules: 'joules',
  kelvin: 'kelvin',
  meters: 'meters',
  metres: 'metres',
  seconds: 'seconds',
  volts: 'volts',
  minutes: 'seconds',
  hours: 'seconds',
  days: 'seconds',
  weeks: 'seconds',
  kelvins: 'kelvin',
  fahrenheit: 'celsius',
  rankine: 'celsius',
  inches: 'meters',
  yards: 'meters',
  miles: 'meters',
  bits: 'bytes',
  calories: 'joules',
  pounds: 'grams',
  ounces: 'grams',
}
const UNIT_PREFIX =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)(.*)$/
const ABBREVIATIONS = ['s', 'ms', 'us', 'ns', 'sec', 'b', 'kb', 'mb', 'gb', 'tb', 'pb', 'm', 'h', 'd']
const CAMEL_CASE = /[a-z][A-Z]/

const RULES: readonly Rule[] = [
  ({ hasHelp }) => (hasHelp ? [] : ['no help text']),
  ({ name }) => {
    const unit = unitIn(name)
    return unit === undefined || unit.base === unit.text
      ? []
      : [`use base unit "${unit.base}" instead of "${unit.text}"`]
  },
  ({ name, type }) => {
    const isTotal = name.endsWith('_total')
    if (type === 'counter') return isTotal ? [] : ['counter metrics should have "_total" suffix']
    return type !== 'unknown' && isTotal ? ['non-counter metrics should not have "_total" suffix'] : []
  },
  reservedForHistograms,
  ({ name, type }) => {
    if (type === 'unknown') return []
    const typeName = TYPE_NAMES[type] ?? type
    return hasWord(name, typeName) ? [`metric name should not include type '${typeName}'`] : []
  },
  ({ name }) => (name.includes(':') ? [`metric names should not contain ':'`] : []),
  ({ name, metrics }) => [
    ...(CAMEL_CASE.test(name) ? [`metric names should be written in 'snake_case' not 'camelCase'`] : []),
    ...labelNames(metrics)
      .filter((label) => CAMEL_CASE.test(label))
      .map(() => `label names should be written in 'snake_case' not 'camelCase'`),
  ],
  ({ name }) =>
    ABBREVIATIONS.filter((unit) => hasWord(name, unit)).map(() => 'metric names should not contain abbreviated units'),
  ({ metrics }) => {
    const counts = new Map<string, number>()
    for (const { labels } of metrics) counts.set(labels.key(), (counts.get(labels.key()) ?? 0) + 1)
    return [...counts.values()].flatMap((count) => Array<string>(count - 1).fill('metric not unique'))
  },
]

/** Types of OpenMetrics that Prometheus' older formats know under another name. */
const TYPE_NAMES: Partial<Readonly<Record<MetricType, string>>> = { gaugehistogram: 'gauge_histogram' }

/** In order of metric and text. */
export function lintFamilies(families: readonly PageFamily[]): readonly MetricProblem[] {
  return families
    .flatMap((family) => RULES.flatMap((rule) => rule(family)).map((text) => ({ metric: family.name, text })))
    .sort((a, b) => compareUtf8(a.metric, b.metric) || compareUtf8(a.text, b.text))
}

function reservedForHistograms({ name, type, metrics }: PageFamily): readonly string[] {
  if (type === 'unknown') return []
  const isHistogram = type === 'histogram' || type === 'gaugehistogram'
  const isSummary = type === 'summary'
  const found: string[] = []
  if (!isHistogram && name.endsWith('_bucket')) found.push('non-histogram metrics should not have "_bucket" suffix')
  for (const suffix of ['_count', '_sum']) {
    if (isHistogram || isSummary || !name.endsWith(suffix)) continue
    found.push(`non-histogram and non-summary metrics should not have "${suffix}" suffix`)
  }
  for (const label of labelNames(metrics)) {
    if (!isHistogram && label === 'le') found.push('non-histogram metrics should not have "le" label')
    if (!isSummary && label === 'quantile') found.push('non-summary metrics should not have "quantile" label')
  }
  return found
}

/** Of each metric, one after the other. */
function labelNames(metrics: PageFamily['metrics']): readonly string[] {
  return metrics.flatMap(({ labels }) => [...labels.entries()].map(([name]) => name))
}

function hasWord(name: string, word: string): boolean {
  const lower = name.toLowerCase()
  return lower.includes(`_${word}_`) || lower.endsWith(`_${word}`)
}

/** The first word of a name that is a unit, with a prefix or without, and its base unit. */
function unitIn(name: string): { readonly text: string; readonly base: string } | undefined {
  for (const text of name.split('_')) {
    const base = baseOf(text) ?? baseOf(UNIT_PREFIX.exec(text)?.[1] ?? '')
    if (base !== undefined) return { text, base }
  }
  return undefined
}

function baseOf(unit: string): string | undefined {
  return Object.hasOwn(BASE_UNITS, unit) ? BASE_UNITS[unit] : undefined
}
