import { readFile } from 'node:fs/promises'
import { nearest } from '../../config/nearest.ts'
import { printProblem } from '../../config/problem.ts'
import { messageOf } from '../../core/errors.ts'
import { ADVICE_RULES, adviceOn } from '../../query/promql/syntax/advice.ts'
import type { Span } from '../../query/promql/syntax/ast.ts'
import { parseExpression } from '../../query/promql/syntax/parse.ts'
import { PromqlSyntaxError } from '../../query/promql/syntax/syntax-error.ts'
import type { Part, Terminal } from '../command.ts'
import { badUsage } from '../flags.ts'
import type { Flags } from '../flags.ts'
import { underlined } from '../underline.ts'
import { findQueries } from './found-queries.ts'
import type { FoundQuery } from './found-queries.ts'

const NAMES = Object.keys(ADVICE_RULES)

export const queries: Part = {
  name: 'queries',
  summary: 'parses the PromQL of dashboards, rule files and lists of queries, and tells every problem with its place',
  usage: '[OPTIONS] FILE...|-',
  about:
    'Of JSON and YAML, every expr; of other files, one query a line, or a query over several lines between blank lines.\n' +
    'Exit code 0: nothing is wrong; 1: some query is none; 3, with --lint-fatal: there are warnings.\n\n' +
    `Warnings:\n${NAMES.map((name) => `  ${name.padEnd(24)} ${ADVICE_RULES[name]?.summary ?? ''}\n`).join('')}`.trimEnd(),
  flags: [
    {
      names: ['--off'],
      value: 'NAME',
      summary: 'switches a warning off; all for every one; may be given several times',
    },
    { names: ['--lint-fatal'], summary: 'makes warnings end with exit code 3' },
  ],
  run: (given, terminal) => checkQueries(given, terminal),
}

interface Counts {
  queries: number
  errors: number
  warnings: number
}

async function checkQueries(given: Flags, terminal: Terminal): Promise<number> {
  if (given.rest.length === 0) throw badUsage({ problem: 'check queries needs a FILE, or - for the standard input' })
  const off = switchedOff(given)
  const total: Counts = { queries: 0, errors: 0, warnings: 0 }
  for (const file of given.rest) {
    const name = file === '-' ? 'standard input' : file
    terminal.out(`Checking ${name}\n`)
    const counts = await checkFile(file, name, off, terminal)
    const verdict = counts.errors > 0 ? 'FAILED' : 'SUCCESS'
    const tally = [
      plural(counts.queries, 'query', 'queries'),
      plural(counts.errors, 'error'),
      plural(counts.warnings, 'warning'),
    ]
    terminal.out(`  ${verdict}: ${tally.join(', ')}\n`)
    total.errors += counts.errors
    total.warnings += counts.warnings
  }
  if (total.errors > 0) return 1
  return total.warnings > 0 && given.options.has('--lint-fatal') ? 3 : 0
}

async function checkFile(file: string, name: string, off: ReadonlySet<string>, terminal: Terminal): Promise<Counts> {
  const counts: Counts = { queries: 0, errors: 0, warnings: 0 }
  let text: string
  try {
    text = file === '-' ? (await terminal.input()).toString('utf8') : await readFile(file, 'utf8')
  } catch (error) {
    terminal.out(`  error: ${name}  cannot be read: ${messageOf(error)}\n`)
    return { ...counts, errors: 1 }
  }
  const { queries: found, problems } = findQueries(file, text)
  for (const problem of problems) terminal.out(`  error: ${printProblem({ ...problem, file: name })}\n`)
  counts.queries = found.length
  counts.errors = problems.length
  for (const query of found) {
    const report = (severity: 'error' | 'warning', span: Span, message: string): void => {
      const at = placeOf(text, query, span)
      terminal.out(`  ${severity}: ${name}:${at}  ${message}\n${underlined(query.text, span, '    ')}`)
      counts[severity === 'error' ? 'errors' : 'warnings']++
    }
    checkQuery(query.parsable, off, report)
  }
  return counts
}

function checkQuery(
  text: string,
  off: ReadonlySet<string>,
  report: (severity: 'error' | 'warning', span: Span, message: string) => void,
): void {
  try {
    for (const { name, span, message } of adviceOn(parseExpression(text), off))
      report('warning', span, `${name}: ${message}`)
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error
    for (const { span, message } of error.problems) report('error', span, message)
  }
}

/** `line:column`, from 1, of a place in a query. */
function placeOf(text: string, { offsets }: FoundQuery, { start }: Span): string {
  const before = text.slice(0, offsets[start])
  const lineStart = before.lastIndexOf('\n') + 1
  return `${before.split('\n').length}:${before.length - lineStart + 1}`
}

function switchedOff(given: Flags): ReadonlySet<string> {
  const names = given.all('--off').flatMap((text) => text.split(','))
  for (const name of names) {
    if (name === 'all' || NAMES.includes(name)) continue
    const meant = nearest(name, NAMES)
    throw badUsage({
      problem: `there is no warning ${JSON.stringify(name)}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
    })
  }
  return new Set(names.includes('all') ? NAMES : names)
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
