/** What must hold of rules beyond their shape. Follows Validate, prometheus/model/rulefmt/rulefmt.go@v3.14. */
import type { Path } from '../../config/problem.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import { quote } from '../../core/go-text.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import { isLabelName, isMetricName, isUnicode } from '../../model/names.ts'
import type { NameScheme } from '../../model/names.ts'
import type { Expression } from '../../query/promql/syntax/ast.ts'
import type { ParserOptions } from '../../query/promql/syntax/options.ts'
import { parseExpression } from '../../query/promql/syntax/parse.ts'
import { prepareAlertTemplate } from '../template/alert-template.ts'

export interface CheckOptions {
  readonly nameScheme: NameScheme
  readonly parser: ParserOptions | undefined
}

/** Tells what is wrong, at a key below the rule or group. */
export type Report = (at: Path, message: string, what?: 'key' | 'value') => void

/** A rule as the file says it. */
export interface GivenRule {
  readonly record: string
  readonly alert: string
  readonly expr: string
  readonly for: number
  readonly keepFiringFor: number
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
}

/** The expression of the rule, as far as it is one. */
export function checkRule(rule: GivenRule, options: CheckOptions, report: Report): Expression | undefined {
  checkName(rule, report)
  const expression = checkExpression(rule, options, report)
  if (rule.record !== '') checkRecording(rule, options, report)
  checkLabels(rule.labels, options, report)
  for (const name of rule.annotations.keys()) {
    if (!isLabelName(name, options.nameScheme)) report(['annotations', name], `invalid annotation name: ${name}`, 'key')
  }
  if (rule.alert !== '') checkTemplates(rule, report)
  return expression
}

function checkName({ record, alert }: GivenRule, report: Report): void {
  if (record !== '' && alert !== '') report(['record'], "only one of 'record' and 'alert' must be set")
  if (record === '' && alert === '') report([], "one of 'record' or 'alert' must be set")
}

function checkExpression({ expr }: GivenRule, { parser }: CheckOptions, report: Report): Expression | undefined {
  if (expr === '') {
    report(['expr'], "field 'expr' must be set in rule")
    return undefined
  }
  try {
    return parseExpression(expr, parser)
  } catch (error) {
    if (!(error instanceof BongsuError)) throw error
    report(['expr'], `could not parse expression: ${messageOf(error)}`)
    return undefined
  }
}

function checkRecording(rule: GivenRule, { nameScheme }: CheckOptions, report: Report): void {
  const { record, annotations, keepFiringFor } = rule
  if (annotations.size > 0) report(['annotations'], "invalid field 'annotations' in recording rule", 'key')
  if (rule.for !== 0) report(['for'], "invalid field 'for' in recording rule", 'key')
  if (keepFiringFor !== 0) report(['keep_firing_for'], "invalid field 'keep_firing_for' in recording rule", 'key')
  if (!isMetricName(record, nameScheme)) report(['record'], `invalid recording rule name: ${record}`)
  // Valid UTF-8, but most likely an expression in the wrong place.
  if (/[{}]/.test(record)) {
    report(['record'], `braces present in the recording rule name; should it be in expr?: ${record}`)
  }
}

export function checkLabels(labels: ReadonlyMap<string, string>, { nameScheme }: CheckOptions, report: Report): void {
  for (const [name, value] of labels) {
    const at = ['labels', name]
    if (!isLabelName(name, nameScheme) || name === METRIC_NAME) report(at, `invalid label name: ${name}`, 'key')
    if (!isUnicode(value)) report(at, `invalid label value: ${value}`)
  }
}

function checkTemplates({ alert, labels, annotations }: GivenRule, report: Report): void {
  const check = (kind: 'label' | 'annotation', texts: ReadonlyMap<string, string>): void => {
    for (const [name, text] of texts) {
      const template = prepareAlertTemplate(alert, text)
      if (typeof template === 'string' || template.problem === undefined) continue
      report([`${kind}s`, name], `${kind} ${quote(name)}: ${template.problem}`)
    }
  }
  check('label', labels)
  check('annotation', annotations)
}
