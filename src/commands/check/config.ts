import { loadAppConfig } from '../../app-config/load-app-config.ts'
import type { Environment } from '../../config/env.ts'
import { printProblem } from '../../config/problem.ts'
import { glob } from '../../receive/discovery/glob.ts'
import type { Part } from '../command.ts'
import { badUsage } from '../flags.ts'
import { checkRuleFile } from './rules.ts'

export const configFiles: Part = {
  name: 'config',
  summary: 'reads configuration files and tells every problem with its place',
  usage: 'FILE...',
  about: "The rule files that they name are read, too. Exit code 0: all of them can be used; 1: some can't.",
  flags: [],
  run: async ({ rest: files }, { out, env }) => {
    if (files.length === 0) throw badUsage({ problem: 'check config needs a FILE' })
    return (await checkConfig(files, { env, write: out })) ? 0 : 1
  },
}
/** Checks each file by itself, then the rule files that it names, and writes a report like promtool's. True when every one of them can be used. */
export async function checkConfig(
  files: readonly string[],
  deps: { readonly env: Environment; readonly write: (text: string) => void },
): Promise<boolean> {
  let good = true
  for (const file of files) {
    const { config, problems } = await loadAppConfig({ file, overrides: [], env: deps.env, lookForFiles: true })
    const count = (severity: string): number => problems.filter((problem) => problem.severity === severity).length
    const warnings = plural(count('warning'), 'warning')
    deps.write(`Checking ${file}\n`)
    for (const problem of problems) deps.write(`  ${problem.severity}: ${printProblem(problem)}\n`)
    if (config === undefined) deps.write(`  FAILED: ${plural(count('error'), 'error')}, ${warnings}\n`)
    else {
      const jobs = plural(config.scrape_configs.length, 'scrape job')
      deps.write(`  SUCCESS: ${file} is a valid configuration (${jobs}, ${warnings})\n`)
    }
    good &&= config !== undefined && (await checkRuleFiles(config.rule_files, deps.write))
  }
  return good
}

/** True when all rules can be used. */
async function checkRuleFiles(patterns: readonly string[], write: (text: string) => void): Promise<boolean> {
  let good = true
  const terminal = { out: write, err: write, input: () => Promise.resolve(Buffer.alloc(0)) }
  for (const pattern of patterns) {
    for (const file of await glob(pattern)) {
      const verdict = await checkRuleFile(file, { lintDuplicates: true, ignoreUnknownFields: false }, terminal)
      good &&= verdict !== 'bad'
    }
  }
  return good
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
