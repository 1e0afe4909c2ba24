import { existsSync } from 'node:fs'
import type { AppConfigSource } from '../app-config/load-app-config.ts'
import {
  CONFIG_ENV,
  CONFIG_FLAGS,
  configFileOf,
  misspelt,
  overridesOfEnvironment,
  overridesOfFlags,
  SETTINGS,
} from '../app-config/settings.ts'
import type { Environment } from '../config/env.ts'
import type { Problem } from '../config/problem.ts'
import { badUsage, describeFlags, parseFlags } from './flags.ts'
import type { Flag } from './flags.ts'

/** Options of the server: the file, and the keys of it that a command line may say. */
export const SERVE_FLAGS: readonly Flag[] = [
  {
    names: CONFIG_FLAGS,
    value: 'FILE',
    summary: `configuration file (${CONFIG_ENV}; else bongsu.yml, if there is one)`,
  },
  ...SETTINGS.filter(({ flags }) => flags.length > 0).map(({ flags, path, env, summary }) => ({
    names: flags,
    value: (path.at(-1) ?? '').toUpperCase(),
    summary: `${summary} (${env}; ${path.join('.')})`,
  })),
  { names: ['--help', '-h'], summary: 'tells the options' },
]

/** From the words behind `bongsu serve` to what `loadAppConfig` needs. Throws `commands.bad_usage`. */
export function serveOptions(
  args: readonly string[],
  env: Environment,
): { readonly help: string | undefined; readonly source: AppConfigSource; readonly warnings: readonly Problem[] } {
  const { options, rest } = parseFlags(args, SERVE_FLAGS)
  if (rest[0] !== undefined) throw badUsage({ problem: `unknown argument ${JSON.stringify(rest[0])}` })
  return {
    help: options.has('--help') ? `usage: bongsu serve [OPTIONS]\n\n${describeFlags(SERVE_FLAGS)}` : undefined,
    source: {
      file: configFileOf(options, env, existsSync),
      overrides: [...overridesOfEnvironment(env), ...overridesOfFlags(options)],
      env,
    },
    warnings: misspelt(env),
  }
}
