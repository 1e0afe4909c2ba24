import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { messageOf } from '../../src/core/errors.ts'
import { calendarOf } from '../../src/core/go-time.ts'
import { timeOfSeconds } from '../../src/core/go-template/humanize.ts'
import { Typed } from '../../src/core/go-template/value.ts'
import type { GoValue } from '../../src/core/go-template/value.ts'
import { NO_SPANS } from '../../src/model/histogram.ts'
import type { NativeHistogram } from '../../src/model/histogram.ts'
import { LabelSet } from '../../src/model/labels.ts'
import { Expander, prepareTemplate } from '../../src/rules/template/expander.ts'
import { sampleValue, SAMPLE_POINTER } from '../../src/rules/template/sample-values.ts'
import type { RuleSample } from '../../src/rules/template/sample-values.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

interface Case {
  readonly test: string
  readonly text: string
  readonly input?: Json
  readonly html?: boolean
  readonly options?: readonly string[] | object
  readonly output?: string | object
  readonly errorMsg?: string
  readonly queryResult?: readonly Json[] | object
  readonly args?: { readonly v: number }
  readonly wantErr?: boolean
}

const dir = conformanceDir()
const file = join(dir ?? '', 'prometheus/flat/alert-template-cases.json')
const cases = dir === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] }).cases

const NAMED: Readonly<Record<string, GoValue>> = {
  'math.MaxInt64': 2n ** 63n - 1n,
  'math.MinInt64': -(2n ** 63n),
  'math.MaxUint64': 2n ** 64n - 1n,
}
const CALLS: Readonly<Record<string, GoValue>> = {
  '["math.Inf",[1]]': Infinity,
  '["math.Inf",[-1]]': -Infinity,
  '["math.NaN",[]]': NaN,
}

function histogramOf(fields: Readonly<Record<string, Json>>): NativeHistogram {
  return {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: Number(fields['Count']),
    sum: Number(fields['Sum']),
    stale: false,
    integer: false,
    positive: NO_SPANS,
    negative: NO_SPANS,
    customValues: [],
    resetHint: 'unknown',
  }
}

/** A value of a case. Numbers of one list are of one type: floats when one of them is. */
function valueOf(json: Json | undefined, isFloat = false): GoValue {
  if (json === null || json === undefined) return undefined
  if (typeof json === 'number') return isFloat || !Number.isInteger(json) ? json : BigInt(json)
  if (typeof json === 'string') return Object.hasOwn(NAMED, json) ? NAMED[json] : json
  if (typeof json !== 'object') return json
  if (Array.isArray(json)) {
    const hasFloat = json.some((one) => typeof one === 'number' && !Number.isInteger(one))
    return json.map((one: Json) => valueOf(one, hasFloat))
  }
  return objectOf(json as Readonly<Record<string, Json>>)
}

function objectOf(fields: Readonly<Record<string, Json>>): GoValue {
  if ('call' in fields) return CALLS[JSON.stringify([fields['call'], fields['args']])]
  if ('goExpr' in fields) return sumOf(fields['goExpr'] as string)
  const value = fields['Value'] as Readonly<Record<string, Json>>
  const SAMPLE = SAMPLE_POINTER.elem as NonNullable<typeof SAMPLE_POINTER.elem>
  return new Typed(SAMPLE_POINTER, new Typed(SAMPLE, { Labels: new Map(), Value: sampleValue(histogramOf(value)) }))
}

/** `-(86400*2 + 3600*3)`: products and sums are all that cases use. */
function sumOf(expression: string): number {
  const sign = expression.startsWith('-(') ? -1 : 1
  const terms = expression.replaceAll(/[-()]/g, '').split('+')
  return sign * terms.reduce((sum, term) => sum + term.split('*').reduce((product, one) => product * Number(one), 1), 0)
}

function samplesOf(result: Case['queryResult']): readonly RuleSample[] {
  if (!Array.isArray(result)) return []
  return (result as readonly Readonly<Record<string, Json>>[]).map(({ F, H, Metric }) => ({
    labels: LabelSet.of((Metric ?? {}) as Record<string, string>),
    value: typeof F === 'number' ? F : histogramOf(H as Readonly<Record<string, Json>>),
  }))
}

/** Options as `missingkey=...`; those that are not a list are an empty list, Go's own defaults. */
function missingKeyOf(options: Case['options']): 'zero' | 'invalid' | 'error' {
  if (options === undefined) return 'zero'
  return Array.isArray(options) && options.includes('missingkey=error') ? 'error' : 'invalid'
}

async function outcomeOf({ text, html = false, options, input, queryResult }: Case): Promise<string> {
  const expander = new Expander({
    query: () => Promise.resolve(samplesOf(queryResult)),
    time: 1_353_755_652_000,
    externalUrl: 'http://testhost:9090/path/prefix',
  })
  const template = prepareTemplate('test', text, { html, missingKey: missingKeyOf(options) })
  try {
    return await expander.expand(template, valueOf(input))
  } catch (error) {
    return messageOf(error)
  }
}

describe.skipIf(dir === undefined)("Prometheus' alert templates", () => {
  let passed = 0
  afterAll(() => printTally({ suite: 'alert templates', passed, left: [] }))

  const expansions = cases.filter(({ text }) => text !== undefined)
  test.each(expansions.map((one) => [one.text, one] as const))('%s', async (_, one) => {
    const output = typeof one.output === 'object' ? '{count:3, sum:10}' : one.output
    expect(await outcomeOf(one)).toBe(one.errorMsg ?? output)
    passed++
  })

  const times = cases
    .filter(({ test: name }) => name === 'Test_floatToTime')
    .map((one) => [one.args?.v ?? 0, one] as const)
  test.each(times.filter(([, { wantErr }]) => wantErr === true))('%d is no time', (seconds) => {
    expect(() => timeOfSeconds(seconds)).toThrow('overflows int64')
    passed++
  })

  test.each(times.filter(([, { wantErr }]) => wantErr === false))('%d is a time', (seconds) => {
    const time = { year: 2022, month: 7, day: 7, hour: 0, minute: 53, second: 1 }
    expect(calendarOf(timeOfSeconds(seconds))).toMatchObject(time)
    passed++
  })
})
