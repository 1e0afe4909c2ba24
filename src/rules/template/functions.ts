/** What templates of rules may call. Follows prometheus/template/template.go@v3.14. */
import { messageOf } from '../../core/errors.ts'
import { toLower, toTitle, toUpper } from '../../core/go-case.ts'
import { readGoDuration } from '../../core/go-duration.ts'
import { SAFE_HTML } from '../../core/go-template/html-value.ts'
import { escapeQuery } from '../../core/go-template/escapers.ts'
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
  timeOfSeconds,
  toFloat,
} from '../../core/go-template/humanize.ts'
import { DURATION, durationOfSeconds, TIME, timeValue } from '../../core/go-template/time-values.ts'
import {
  ANY,
  entriesOf,
  GoError,
  goFunction,
  itemsOf,
  pointerTo,
  rawOf,
  STRING,
  Typed,
  variadicFunction,
} from '../../core/go-template/value.ts'
import type { GoFunction, GoValue } from '../../core/go-template/value.ts'
import { quote } from '../../core/go-text.ts'
import { compareUtf8 } from '../../core/utf8.ts'
import { compileSearchRegexp } from '../../model/search-regexp.ts'
import type { SearchRegexp } from '../../model/search-regexp.ts'
import { stripDomain, stripPort } from './host-port.ts'
import { fieldOfSample, QUERY_RESULT, SAMPLE_POINTER } from './sample-values.ts'

export interface FunctionDeps {
  /** The result of a query, as `queryResult` makes it. */
  readonly query: (query: string) => GoValue
  /** Seconds. */
  readonly now: number
  readonly externalUrl: string
}

const textOf = (value: GoValue): string => rawOf(value) as string
const ofText = (change: (text: string) => string): GoFunction => goFunction([STRING], (text) => change(textOf(text)))
const ofAny = (change: (value: GoValue) => GoValue): GoFunction => goFunction([ANY], change)

/** The functions of one evaluation. */
export function ruleFunctions({ query, now, externalUrl }: FunctionDeps): Readonly<Record<string, GoFunction>> {
  return {
    ...CONSTANT,
    query: goFunction([STRING], (text) => query(textOf(text))),
    now: goFunction([], () => now),
    pathPrefix: goFunction([], () => pathOf(externalUrl)),
    externalURL: goFunction([], () => externalUrl),
  }
}

/** Those that depend on their arguments only. */
const CONSTANT: Readonly<Record<string, GoFunction>> = {
  first: goFunction([QUERY_RESULT], first),
  label: goFunction([STRING, SAMPLE_POINTER], (name, sample) => labelOf(sample, textOf(name))),
  value: goFunction([SAMPLE_POINTER], (sample) => fieldOfSample(present(sample), 'Value')),
  strvalue: goFunction([SAMPLE_POINTER], (sample) => labelOf(sample, '__value__')),
  sortByLabel: goFunction([STRING, QUERY_RESULT], (name, result) => sortedByLabel(textOf(name), result)),
  args: variadicFunction([ANY], (...args) => new Map(args.map((arg, i) => [`arg${i}`, arg]))),
  reReplaceAll: goFunction([STRING, STRING, STRING], (pattern, replacement, text) =>
    compiled(textOf(pattern)).replaceAll(textOf(text), textOf(replacement)),
  ),
  match: goFunction([STRING, STRING], (pattern, text) => matches(textOf(pattern), textOf(text))),
  safeHtml: goFunction([STRING], (text) => new Typed(SAFE_HTML, textOf(text))),
  title: ofText(toTitle),
  toUpper: ofText(toUpper),
  toLower: ofText(toLower),
  graphLink: ofText((query) => `/graph?g0.expr=${escapeQuery(query)}&g0.tab=0`),
  tableLink: ofText((query) => `/graph?g0.expr=${escapeQuery(query)}&g0.tab=1`),
  stripPort: ofText(stripPort),
  stripDomain: ofText(stripDomain),
  humanize: ofAny(humanize),
  humanize1024: ofAny(humanize1024),
  humanizeDuration: ofAny(humanizeDuration),
  humanizePercentage: ofAny(humanizePercentage),
  humanizeTimestamp: ofAny(humanizeTimestamp),
  toTime: ofAny((value) => new Typed(pointerTo(TIME), timeValue(timeOfSeconds(toFloat(value))))),
  toDuration: ofAny((value) => new Typed(pointerTo(DURATION), durationOfSeconds(toFloat(value)))),
  parseDuration: goFunction([STRING], (text) => secondsOf(textOf(text))),
  urlQueryEscape: ofText(escapeQuery),
}

function first(result: GoValue): GoValue {
  const [sample] = itemsOf(result)
  if (sample === undefined) throw new GoError('first() called on vector with no elements')
  return sample
}

/** A sample that is there: what Go would run into a nil pointer with is an error of the template. */
function present(sample: GoValue): GoValue {
  if (rawOf(sample) !== null) return sample
  throw new GoError('runtime error: invalid memory address or nil pointer dereference')
}

function labelOf(sample: GoValue, name: string): string {
  return (entriesOf(fieldOfSample(present(sample), 'Labels')).get(name) as string | undefined) ?? ''
}

function sortedByLabel(name: string, result: GoValue): GoValue {
  const sorted = [...itemsOf(result)].sort((a, b) => compareUtf8(labelOf(a, name), labelOf(b, name)))
  return new Typed(QUERY_RESULT, sorted)
}

function compiled(pattern: string): SearchRegexp {
  try {
    return compileSearchRegexp(pattern)
  } catch (error) {
    // oxlint-disable-next-line no-control-regex -- what backquotes can't hold
    const quoted = /[`\u0000-\u0008\u000a-\u001f\u007f]/.test(pattern) ? quote(pattern) : `\`${pattern}\``
    throw new GoError(`regexp: Compile(${quoted}): ${messageOf(error)}`)
  }
}

function matches(pattern: string, text: string): boolean {
  try {
    return compileSearchRegexp(pattern).test(text)
  } catch (error) {
    throw new GoError(messageOf(error))
  }
}

function secondsOf(text: string): number {
  const isNegative = text.startsWith('-')
  const ms = readGoDuration(isNegative ? text.slice(1) : text)
  if (typeof ms === 'string') throw new GoError(ms)
  return (isNegative ? -ms : ms) / 1000
}

/** The path of a URL as it was written. */
function pathOf(url: string): string {
  const [, path = ''] = /^[a-z][\w+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url) ?? []
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
