/** Files of unit tests for rules, as promtool reads them. Follows unitTestFile, cmd/promtool/unittest.go@v3.14. */
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { withOverrides } from '../config/overrides.ts'
import { printPath, sortProblems } from '../config/problem.ts'
import type { Path, Problem } from '../config/problem.ts'
import { readValue } from '../config/read-value.ts'
import { duration } from '../config/values.ts'
import { parseYaml } from '../config/yaml-source.ts'
import type { Place } from '../config/yaml-source.ts'
import { parseGoFloat } from '../core/go-number.ts'

const texts = z.record(z.string(), z.string())
const number = z.custom<number>((value) => typeof value === 'number', 'expected a number')

/** RFC 3339, or seconds since 1970; in UnixMs. */
const startTime = z.string().transform((text, ctx): number => {
  const seconds = parseGoFloat(text)
  const ms = typeof seconds === 'number' ? Math.floor(seconds * 1000) : rfc3339(text)
  if (!Number.isNaN(ms)) return ms
  ctx.addIssue({ code: 'custom', message: `cannot parse ${JSON.stringify(text)} to a valid timestamp` })
  return 0
})

const seriesSchema = z.strictObject({ series: z.string().prefault(''), values: z.string().prefault('') })

const alertSchema = z.strictObject({ exp_labels: texts.prefault({}), exp_annotations: texts.prefault({}) })

const alertTestSchema = z.strictObject({
  eval_time: duration.prefault('0'),
  alertname: z.string().prefault(''),
  exp_alerts: z.array(alertSchema).prefault([]),
})

const sampleSchema = z.strictObject({
  labels: z.string().prefault(''),
  value: number.prefault(0),
  histogram: z.string().prefault(''),
})

const queryTestSchema = z.strictObject({
  expr: z.string().prefault(''),
  eval_time: duration.prefault('0'),
  exp_samples: z.array(sampleSchema).prefault([]),
})

const testSchema = z.strictObject({
  name: z.string().prefault(''),
  interval: duration.prefault('0'),
  start_timestamp: startTime.optional(),
  input_series: z.array(seriesSchema).prefault([]),
  alert_rule_test: z.array(alertTestSchema).prefault([]),
  promql_expr_test: z.array(queryTestSchema).prefault([]),
  external_labels: texts.prefault({}),
  external_url: z.string().prefault(''),
})

const fileSchema = z.strictObject({
  rule_files: z.array(z.string()).prefault([]),
  evaluation_interval: duration.prefault('0'),
  group_eval_order: z.array(z.string()).prefault([]),
  fuzzy_compare: z.boolean().prefault(false),
  tests: z.array(testSchema).prefault([]),
})

export type UnitTest = z.output<typeof testSchema>
export type AlertTest = z.output<typeof alertTestSchema>
export type QueryTest = z.output<typeof queryTestSchema>

export interface UnitTestFile {
  /** As the file names them, with `*`; relative to its folder. */
  readonly ruleFiles: readonly string[]
  /** ms, at least 1. */
  readonly evaluationInterval: number
  readonly groupOrder: readonly string[]
  readonly fuzzyCompare: boolean
  readonly tests: readonly UnitTest[]
  /** Where something of it stands. */
  readonly placeOf: (path: Path) => Place
}

const MINUTE = 60_000

/** Undefined when there are problems. `file` is what these name. */
export function readUnitTestFile(
  file: string,
  text: string,
): { readonly content: UnitTestFile | undefined; readonly problems: readonly Problem[] } {
  const source = parseYaml(file, text)
  const problems: Problem[] = [...source.problems]
  const report = (problem: Problem): void => void problems.push(problem)
  const given = withOverrides({ ...source, value: source.value ?? {} }, [])
  const value =
    problems.length > 0 ? undefined : readValue(fileSchema, given, { at: [], folder: dirname(resolve(file)), report })
  if (value === undefined) return { content: undefined, problems: sortProblems(problems) }
  const placeOf = (path: Path): Place => source.locate(path, 'value')
  value.group_eval_order.forEach((name, i, order) => {
    if (order.indexOf(name) === i) return
    const path: Path = ['group_eval_order', i]
    const message = `group name repeated in evaluation order: ${name}`
    report({ severity: 'error', file, ...placeOf(path), path: printPath(path), message })
  })
  const content: UnitTestFile = {
    ruleFiles: value.rule_files,
    evaluationInterval: value.evaluation_interval > 0 ? value.evaluation_interval : MINUTE,
    groupOrder: value.group_eval_order,
    fuzzyCompare: value.fuzzy_compare,
    tests: value.tests,
    placeOf,
  }
  return { content: problems.length > 0 ? undefined : content, problems }
}

function rfc3339(text: string): number {
  const isTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)
  return isTime ? Date.parse(text) : NaN
}
