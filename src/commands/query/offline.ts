/** The parts of `bongsu query` that need no server. */
import { expressionTree } from '../../query/promql/syntax/expression-tree.ts'
import { parseExpression } from '../../query/promql/syntax/parse.ts'
import { prettify } from '../../query/promql/syntax/prettify.ts'
import { printExpression } from '../../query/promql/syntax/print.ts'
import { PromqlSyntaxError } from '../../query/promql/syntax/syntax-error.ts'
import { children, typeName, typeOf } from '../../query/promql/syntax/walk.ts'
import type { Expression } from '../../query/promql/syntax/ast.ts'
import type { Part, Terminal } from '../command.ts'
import { badUsage } from '../flags.ts'
import type { Flags } from '../flags.ts'
import { underlined } from '../underline.ts'

export const format: Part = {
  name: 'format',
  summary: 'prints a query as Prometheus formats it, over several lines when it is long',
  usage: 'EXPR|-',
  about: 'With -, the query comes from the standard input.',
  flags: [],
  run: (given, terminal) => withExpression(given, terminal, (expression) => `${prettify(expression)}\n`),
}

export const parse: Part = {
  name: 'parse',
  summary: 'prints the tree of a query',
  usage: '[OPTIONS] EXPR|-',
  about: 'With -, the query comes from the standard input.',
  flags: [{ names: ['--json'], summary: 'as /api/v1/parse_query answers it' }],
  run: (given, terminal) =>
    withExpression(given, terminal, (expression) =>
      given.options.has('--json')
        ? `${JSON.stringify(expressionTree(expression), undefined, 2)}\n`
        : treeText(expression),
    ),
}

async function withExpression(
  { rest }: Flags,
  terminal: Terminal,
  print: (expression: Expression) => string,
): Promise<number> {
  const [word, ...more] = rest
  if (word === undefined || more.length > 0) throw badUsage({ problem: 'one EXPR is needed: quote it for the shell' })
  const query = word === '-' ? (await terminal.input()).toString('utf8').trimEnd() : word
  try {
    terminal.out(print(parseExpression(query)))
    return 0
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error
    terminal.err(syntaxText(query, error))
    return 1
  }
}

/** Every problem with the place underlined. */
function syntaxText(query: string, { message, problems }: PromqlSyntaxError): string {
  const [first, ...others] = problems
  const more = others.map((problem) => `${problem.message}\n${underlined(query, problem.span)}`).join('')
  return `${message}\n${first === undefined ? '' : underlined(query, first.span)}${more}`
}

function treeText(root: Expression): string {
  const lines: string[] = []
  const add = (node: Expression, head: string, below: string): void => {
    lines.push(`${head}${nameOf(node)}: ${typeName(typeOf(node))}\n`)
    const inner = children(node)
    inner.forEach((child, i) => {
      const last = i === inner.length - 1
      add(child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`)
    })
  }
  add(root, '', '')
  return lines.join('')
}

function nameOf(node: Expression): string {
  switch (node.kind) {
    case 'call':
      return `${node.func.name}()`
    case 'aggregation':
      return (
        node.op +
        (node.without
          ? ` without (${node.grouping.join(', ')})`
          : node.grouping.length > 0
            ? ` by (${node.grouping.join(', ')})`
            : '')
      )
    case 'binary':
    case 'unary':
      return node.op
    case 'parens':
      return '( )'
    case 'subquery':
      return 'subquery'
    case 'matrix':
    case 'selector':
    case 'number':
    case 'string':
      return printExpression(node)
  }
}
