/** What the language itself offers for completion: functions, aggregations, operators, durations, examples. */
import { snippetCompletion } from '@codemirror/autocomplete'
import type { Completion } from '@codemirror/autocomplete'
import { AGGREGATIONS } from '../../../src/query/promql/syntax/ast.ts'
import { FUNCTIONS } from '../../../src/query/promql/syntax/functions.ts'
import { textsOf, wordHelp } from './docs.ts'
import { helpCard } from './help-card.ts'

/** Functions and aggregations with their help; accepting one puts the cursor between its parentheses. */
export function callItems(language: string): readonly Completion[] {
  const item = (label: string, type: string): Completion => {
    const help = wordHelp(label, language)
    return snippetCompletion(FUNCTIONS.get(label)?.args.length === 0 ? `${label}()` : `${label}(\${})`, {
      label,
      type,
      detail: help?.kind ?? '',
      info: () => helpCard({ title: help?.title ?? label, badges: [], text: help?.text ?? '' }),
    })
  }
  return [
    ...[...FUNCTIONS.keys()].map((name) => item(name, 'function')),
    ...AGGREGATIONS.map((name) => item(name, 'aggregation')),
  ]
}

const SNIPPETS = [
  ['rate', 'rate(…[5m])', 'rate(${metric}[${5m}])'],
  ['ratio', 'rate / rate', 'sum(rate(${errors}[${5m}])) / sum(rate(${all}[${5m}]))'],
  [
    'quantile',
    'histogram_quantile(0.99, classic)',
    'histogram_quantile(${0.99}, sum by (le) (rate(${metric_bucket}[${5m}])))',
  ],
  ['nativeQuantile', 'histogram_quantile(0.99, native)', 'histogram_quantile(${0.99}, sum(rate(${metric}[${5m}])))'],
  ['topk', 'topk(10, rate)', 'topk(${10}, sum by (${label}) (rate(${metric}[${5m}])))'],
  ['yesterday', '… offset 1d', '${metric} - ${metric} offset ${1d}'],
  ['subquery', 'max_over_time(rate[1h:])', 'max_over_time(rate(${metric}[${5m}])[${1h}:])'],
] as const

/** Whole queries with places to fill in. */
export function snippetItems(language: string): readonly Completion[] {
  const texts = textsOf(language)
  return SNIPPETS.map(([id, label, template]) =>
    snippetCompletion(template, {
      label,
      type: 'snippet',
      detail: texts.words.snippet,
      info: () => helpCard({ title: template.replaceAll(/\$\{(.*?)\}/g, '$1'), badges: [], text: texts.snippets[id] }),
      boost: -20,
    }),
  )
}

const BINARY_WORDS = ['and', 'or', 'unless', 'atan2', 'offset']
const BINARY_SIGNS = ['+', '-', '*', '/', '%', '^', '==', '!=', '>', '<', '>=', '<=', '@']
const MATCHING_WORDS = ['on', 'ignoring', 'group_left', 'group_right', 'bool']

export function operatorItems(language: string, ofAggregation: boolean): readonly Completion[] {
  const words = [...(ofAggregation ? ['by', 'without'] : []), ...BINARY_WORDS, ...MATCHING_WORDS]
  return [
    ...words.map((label): Completion => {
      const help = wordHelp(label, language)
      const grouping = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'].includes(label)
      const item = { label, type: 'keyword', detail: help?.text ?? '', boost: label === 'by' ? 10 : 0 }
      return grouping ? snippetCompletion(`${label} (\${})`, item) : item
    }),
    ...BINARY_SIGNS.map((label): Completion => ({ label, type: 'operator', boost: -10 })),
  ]
}

export const MATCHER_OPERATORS: readonly Completion[] = ['=', '!=', '=~', '!~'].map((label) => ({
  label,
  type: 'operator',
}))

const DURATIONS = ['1m', '5m', '10m', '15m', '30m', '1h', '6h', '12h', '1d', '7d', '30d']
const UNITS = ['s', 'm', 'h', 'd', 'w']

export function durationItems(digits: string): readonly Completion[] {
  const labels = digits === '' ? DURATIONS : UNITS.map((unit) => digits + unit)
  // In the order of their length, not of the alphabet.
  return labels.map((label, i): Completion => ({ label, type: 'duration', boost: -i }))
}
