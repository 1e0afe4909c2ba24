/** PromQL from text to tree. All throw `promql.syntax`, a `PromqlSyntaxError` with every problem and its span. */
import type { Matcher } from '../../../model/matcher.ts'
import type { Expression } from './ast.ts'
import { checkExpression } from './check.ts'
import { ExpressionGrammar } from './grammar.ts'
import { readSelector } from './label-matchers.ts'
import { readMetric } from './label-set.ts'
import { Lexer } from './lexer.ts'
import { ALL_FEATURES } from './options.ts'
import type { ParserOptions } from './options.ts'
import { throwProblems } from './syntax-error.ts'
import { readStart, TokenReader } from './token-reader.ts'

/** Parses and checks a query. Nothing that it accepts is deeper than the stack bears to walk recursively. */
export function parseExpression(query: string, options: ParserOptions = ALL_FEATURES): Expression {
  const reader = new TokenReader(new Lexer(query))
  const grammar = new ExpressionGrammar(reader, options)
  const found = readStart(reader, () => {
    if (reader.peek() !== 'end') return grammar.expression()
    reader.problem({ start: 0, end: 0 }, 'no expression found in input')
    return undefined
  })
  throwProblems(query, reader.problems)
  const expression = found as Expression
  throwProblems(query, checkExpression(query, expression))
  return expression
}

/**
 * Parses a metric selector such as those of `match[]`: no range, offset or `@`. As in Prometheus, it is left to the caller to
 * refuse one that chooses everything (`choosesAll`), and `a{__name__="b"}` just chooses nothing.
 */
export function parseMetricSelector(query: string): readonly Matcher[] {
  const reader = new TokenReader(new Lexer(query))
  const found = readStart(reader, () => readSelector(reader))
  throwProblems(query, reader.problems)
  return found?.matchers ?? []
}

/** Parses the labels of one series, `name{label="value"}`, by label name. Of a label that is set twice, the last value holds. */
export function parseMetric(query: string): Readonly<Record<string, string>> {
  const reader = new TokenReader(new Lexer(query))
  const found = readStart(reader, () => readMetric(reader))
  throwProblems(query, reader.problems)
  return Object.fromEntries(found ?? [])
}
