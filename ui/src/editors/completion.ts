import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete'
import { quote, selectorOf } from '../data/labels.ts'
import { metadataOf } from '../data/metadata-of.ts'
import { callItems, durationItems, MATCHER_OPERATORS, operatorItems, snippetItems } from './completion-items.ts'
import { completionPlace } from './completion-place.ts'
import type { CompletionPlace } from './completion-place.ts'
import { helpCard } from './help-card.ts'
import type { LanguageData } from './language-data.ts'

type Place<K extends CompletionPlace['kind']> = Extract<CompletionPlace, { kind: K }>

const WORD = /^[\w:]*$/

/** Completes PromQL: the language from our parser's lists, names and values from the server, and only those that fit the place. */
export function promqlCompletion(data: LanguageData, language: () => string): CompletionSource {
  return async (context) => {
    const place = completionPlace(context.state.doc.toString(), context.pos)
    const abort = new AbortController()
    context.addEventListener('abort', () => abort.abort(), { onDocChange: true })
    try {
      return await complete(place, context, data, language(), abort.signal)
    } catch {
      // A server that can't be asked is no reason to break typing.
      return null
    }
  }
}

function complete(
  place: CompletionPlace,
  context: CompletionContext,
  data: LanguageData,
  language: string,
  signal: AbortSignal,
): Promise<CompletionResult | null> | CompletionResult | null {
  const { from } = place
  const typed = from < context.pos || context.explicit
  switch (place.kind) {
    case 'nothing':
      return null
    case 'operand':
      return typed ? operands(place, data, language, signal) : null
    case 'operator':
      return typed ? { from, options: [...operatorItems(language, place.ofAggregation)], validFor: WORD } : null
    case 'matcher operator':
      return typed ? { from, options: [...MATCHER_OPERATORS] } : null
    case 'duration':
      return { from, options: [...durationItems(place.digits)], validFor: place.digits === '' ? /^$/ : /^\d+\w*$/ }
    case 'label':
      return labels(place, data, signal)
    case 'value':
      return values(place, data, signal)
  }
}

/** Functions that make sense of counters only. */
const OF_COUNTERS: ReadonlySet<string> = new Set(['rate', 'increase', 'irate', 'resets'])

async function operands(
  { from, prefix, within }: Place<'operand'>,
  data: LanguageData,
  language: string,
  signal: AbortSignal,
): Promise<CompletionResult> {
  const calls = [...callItems(language), ...(within === '' ? snippetItems(language) : [])]
  // Without the server, the language is still there.
  const found = await data.metricNames(prefix, signal).catch(() => undefined)
  const known = await data.metadata().catch(() => undefined)
  if (found === undefined) return { from, options: calls, validFor: WORD }
  const metrics = found.names.map((name): Completion => {
    const { type, help, unit } = metadataOf(known, name)
    const counts = OF_COUNTERS.has(within) && (type === 'counter' || type === 'histogram')
    return {
      label: name,
      type: 'metric',
      detail: type === 'unknown' ? '' : type,
      boost: counts ? 12 : 2,
      ...(WORD.test(name) ? {} : { apply: selectorOf(name) }),
      ...(help === '' ? {} : { info: () => helpCard({ title: name, badges: [type, unit], text: help }) }),
    }
  })
  return { from, options: [...metrics, ...calls], ...(found.truncated ? {} : { validFor: WORD }) }
}

async function labels(
  { from, metrics, matchers }: Place<'label'>,
  data: LanguageData,
  signal: AbortSignal,
): Promise<CompletionResult> {
  const used = new Set(matchers.map(({ name }) => name))
  const names = await data.labelNames(metrics, matchers, signal)
  const options = names
    .filter((name) => !used.has(name))
    .map((name): Completion => ({
      label: name,
      type: 'label',
      ...(WORD.test(name) ? {} : { apply: quote(name) }),
    }))
  return { from, options, validFor: WORD }
}

async function values(
  { from, label, metric, matchers, isRegex, quote: needsQuotes }: Place<'value'>,
  data: LanguageData,
  signal: AbortSignal,
): Promise<CompletionResult> {
  const found = await data.labelValues(label, metric, matchers, signal)
  const options = found.map((value): Completion => {
    const pattern = isRegex ? value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&') : value
    const written = quote(pattern)
    return { label: value, type: 'value', apply: needsQuotes ? written : written.slice(1, -1) }
  })
  return { from, options, validFor: isRegex ? /^[^"'`|]*$/ : /^[^"'`]*$/ }
}
