/**
 * The queries of Prometheus' test scripts that apply one function or operator to one native histogram, without an engine: what
 * the arithmetic answers is what the script expects.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { NativeHistogram } from '../../src/model/histogram.ts'
import { divide, multiply } from '../../src/query/promql/histograms/arithmetic.ts'
import { histogramFraction, histogramQuantile } from '../../src/query/promql/histograms/quantile.ts'
import {
  histogramAverage,
  histogramDeviation,
  histogramVariance,
} from '../../src/query/promql/histograms/statistics.ts'
import { trim } from '../../src/query/promql/histograms/trim.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'
import { histogramOf } from '../support/native-histogram.ts'
import { almostEqual, almostEqualHistograms } from './promql/almost.ts'

const dir = conformanceDir()

type Answer = number | NativeHistogram

const FUNCTIONS: Readonly<Record<string, (h: NativeHistogram, a: number, b: number) => number>> = {
  histogram_count: (h) => h.count,
  histogram_sum: (h) => h.sum,
  histogram_avg: histogramAverage,
  histogram_stddev: histogramDeviation,
  histogram_stdvar: histogramVariance,
  histogram_quantile: (h, q) => histogramQuantile(q, h).value,
  histogram_fraction: (h, lower, upper) => histogramFraction(lower, upper, h).value,
}
const OPERATORS: Readonly<Record<string, (h: NativeHistogram, value: number) => NativeHistogram>> = {
  '*': multiply,
  '/': divide,
  '</': (h, value) => trim(h, value, 'below'),
  '>/': (h, value) => trim(h, value, 'above'),
}

const NUMBER = String.raw`[-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf)`
const CALL = new RegExp(String.raw`^(histogram_\w+)\((?:(${NUMBER}),\s*)?(?:(${NUMBER}),\s*)?(\w+)\)$`, 'i')
const OPERATION = new RegExp(String.raw`^(\w+)\s*([*/]|<\/|>\/)\s*(${NUMBER})$`, 'i')
const SERIES = /^\s*(\w+)(?:\{[^{}]*\})?\s+\{\{([^}]*)\}\}(?:x\d+)?$/
const QUERY = /^eval instant at \S+ (.+)$/
const RESULT = /^\s*(?:\w+)?(?:\{[^{}]*\})?\s+(?:\{\{([^}]*)\}\}|(\S+))$/

interface Case {
  readonly query: string
  readonly answer: Answer
  readonly want: string
  readonly isHistogram: boolean
}

function numberOf(text: string | undefined): number {
  if (text === undefined) return NaN
  return /inf$/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)
}

/** Series that are one histogram all the time, by name; a name that comes twice is none of them. */
function casesOf(text: string): Case[] {
  const cases: Case[] = []
  let known = new Map<string, NativeHistogram | undefined>()
  const lines = text.split('\n').map((line) => line.trimEnd())
  for (const [i, line] of lines.entries()) {
    if (/^\s*clear$/.test(line)) known = new Map()
    const [, name, notation] = SERIES.exec(line) ?? []
    if (name !== undefined && isLoad(lines, i))
      known.set(name, known.has(name) ? undefined : histogramOf(notation as string))
    const query = QUERY.exec(line.trim())?.[1]
    const answer = query === undefined ? undefined : answerOf(query, known)
    if (query === undefined || answer === undefined) continue
    const body = lines.slice(i + 1, lines.indexOf('', i)).filter((one) => !/^\s*(expect|#)/.test(one))
    const [, histogram, float] = body.length === 1 ? (RESULT.exec(body[0] as string) ?? []) : []
    const want = histogram ?? float
    if (want !== undefined) cases.push({ query, answer, want, isHistogram: histogram !== undefined })
  }
  return cases
}

function isLoad(lines: readonly string[], at: number): boolean {
  let line = at
  while (line > 0 && !/^\s*(load|eval)/.test(lines[line] as string)) line--
  return /^\s*load/.test(lines[line] as string)
}

function answerOf(query: string, known: ReadonlyMap<string, NativeHistogram | undefined>): Answer | undefined {
  const [, called = '', first, second, argument = ''] = CALL.exec(query) ?? []
  const h = known.get(argument)
  if (h !== undefined) return FUNCTIONS[called]?.(h, numberOf(first), numberOf(second))
  const [, operand = '', operator = '', value] = OPERATION.exec(query) ?? []
  const left = known.get(operand)
  return left === undefined ? undefined : OPERATORS[operator]?.(left, numberOf(value))
}

describe.skipIf(dir === undefined)('histogram arithmetic', () => {
  const files = ['native_histograms.test', 'operators.test', 'functions.test']
  const cases = files.flatMap((file) => casesOf(readFileSync(join(dir ?? '', 'promql/testdata', file), 'utf8')))
  let passed = 0
  afterAll(() => printTally({ suite: 'histogram arithmetic', passed, left: [] }))

  test('the scripts have such queries', () => expect(cases.length).toBeGreaterThan(150))

  test.each(cases)('$query', ({ answer, want, isHistogram }) => {
    const matches =
      isHistogram && typeof answer !== 'number'
        ? almostEqualHistograms(histogramOf(want), answer, false)
        : almostEqual(numberOf(want), answer as number)
    expect([want, answer, matches]).toEqual([want, answer, true])
    passed++
  })
})
