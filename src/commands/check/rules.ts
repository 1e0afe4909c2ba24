import { readFile } from 'node:fs/promises'
import { printProblem, sortProblems } from '../../config/problem.ts'
import { messageOf } from '../../core/errors.ts'
import { duplicateRules, parseRuleFile } from '../../rules/rule-file.ts'
import type { RuleFile } from '../../rules/rule-file.ts'
import type { Part, Terminal } from '../command.ts'
import { badUsage } from '../flags.ts'
import type { Flags } from '../flags.ts'

const LINTS = ['all', 'duplicate-rules', 'none']

export const rules: Part = {
  name: 'rules',
  summary: 'reads rule files and tells every problem with its place',
  usage: '[OPTIONS] [FILE...]',
  about:
    'Without a FILE, or with -, the rules come from the standard input.\n' +
    'Exit code 0: all of them can be used; 1: some can not; 3, with --lint-fatal: some rules are there twice.',
  flags: [
    { names: ['--lint'], value: 'WHAT', summary: `${LINTS.join(', ')} (duplicate-rules)` },
    { names: ['--lint-fatal'], summary: 'makes what --lint finds end with exit code 3' },
    { names: ['--ignore-unknown-fields'], summary: 'takes keys that Prometheus does not know' },
  ],
  run: (given, terminal) => checkRules(given, terminal),
}

/** `lint`: it can be used, and something in it is likely a mistake. */
export type Verdict = 'good' | 'lint' | 'bad'

async function checkRules(given: Flags, terminal: Terminal): Promise<number> {
  const lint = (given.options.get('--lint')?.value ?? 'duplicate-rules').split(',')
  const unknown = lint.find((one) => !LINTS.includes(one))
  if (unknown !== undefined)
    throw badUsage({ problem: `option --lint: there is ${LINTS.join(', ')}, not ${JSON.stringify(unknown)}` })
  const options = {
    lintDuplicates: lint.includes('all') || lint.includes('duplicate-rules'),
    ignoreUnknownFields: given.options.has('--ignore-unknown-fields'),
  }
  const verdicts: Verdict[] = []
  for (const file of given.rest.length === 0 ? ['-'] : given.rest)
    verdicts.push(await checkRuleFile(file, options, terminal))
  if (verdicts.includes('bad')) return 1
  return verdicts.includes('lint') && given.options.has('--lint-fatal') ? 3 : 0
}

/** Checks a rule file, `-` being the standard input, and prints what is to be said. */
export async function checkRuleFile(
  file: string,
  { lintDuplicates, ignoreUnknownFields }: { readonly lintDuplicates: boolean; readonly ignoreUnknownFields: boolean },
  terminal: Pick<Terminal, 'out' | 'err' | 'input'>,
): Promise<Verdict> {
  const name = file === '-' ? 'standard input' : file
  terminal.out(`Checking ${name}\n`)
  let text: string
  try {
    text = file === '-' ? (await terminal.input()).toString('utf8') : await readFile(file, 'utf8')
  } catch (error) {
    terminal.err(`  FAILED:\n${messageOf(error)}\n`)
    return 'bad'
  }
  const read = parseRuleFile(name, text, { ignoreUnknownFields })
  const errors = sortProblems(read.problems.filter(({ severity }) => severity === 'error'))
  for (const problem of read.problems) {
    if (problem.severity === 'warning') terminal.err(`  WARNING: ${printProblem(problem)}\n`)
  }
  if (errors.length > 0) {
    terminal.err(`  FAILED:\n${errors.map((problem) => `${printProblem(problem)}\n`).join('')}`)
    return 'bad'
  }
  const duplicates = lintDuplicates ? duplicatesText(read) : undefined
  if (duplicates === undefined) terminal.out(`  SUCCESS: ${countOf(read)} rules found\n\n`)
  else terminal.err(`  FAILED:\nlint error ${duplicates}\n\n`)
  return duplicates === undefined ? 'good' : 'lint'
}

function countOf({ groups }: RuleFile): number {
  return groups.reduce((sum, group) => sum + group.rules.length, 0)
}

/** In promtool's words. */
function duplicatesText({ groups }: RuleFile): string | undefined {
  const found = duplicateRules(groups)
  if (found.length === 0) return undefined
  const texts = found.map(({ name, labels }) => {
    return `Metric: ${name}\nLabel(s):\n${[...labels.entries()].map(([label, value]) => `\t${label}: ${value}\n`).join('')}`
  })
  return `${found.length} duplicate rule(s) found.\n${texts.join('')}Might cause inconsistency while recording expressions`
}
