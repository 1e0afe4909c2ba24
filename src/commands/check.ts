import { loadAppConfig } from '../app-config/load-app-config.ts'
import { environment } from '../config/env.ts'
import type { Environment } from '../config/env.ts'
import { printProblem } from '../config/problem.ts'
import type { Command } from './command.ts'
import { badUsage, parseFlags } from './flags.ts'

const HELP = `usage: bongsu check config FILE...

Reads configuration files and tells every problem with its place. Exit code 0: all of them can be used; 1: some can't.
`

export const check: Command = {
  summary: 'tells what is wrong with configuration files',
  run: async (args) => {
    const { options, rest } = parseFlags(args, [{ names: ['--help', '-h'], summary: 'tells how to use this' }])
    const write = (text: string): void => void process.stdout.write(text)
    if (options.has('--help')) {
      write(HELP)
      return 0
    }
    const [what, ...files] = rest
    if (what !== 'config') throw badUsage({ problem: `check what? There is: config` })
    if (files.length === 0) throw badUsage({ problem: 'check config needs a FILE' })
    return (await checkConfig(files, { env: environment(), write })) ? 0 : 1
  },
}

/** Checks each file by itself and writes a report like promtool's. True when every one of them can be used. */
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
    good &&= config !== undefined
  }
  return good
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
