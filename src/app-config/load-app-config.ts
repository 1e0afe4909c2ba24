/** From a file, the environment and the command line to the configuration that the process runs on. */
import { resolve } from 'node:path'
import { expandEnvironment } from '../config/env.ts'
import type { Environment } from '../config/env.ts'
import { loadFile, loadText } from '../config/load.ts'
import type { ConfigFile } from '../config/load.ts'
import type { Override } from '../config/overrides.ts'
import { sortProblems } from '../config/problem.ts'
import type { Problem } from '../config/problem.ts'
import { isLabelName } from '../model/names.ts'
import type { GlobalConfig } from '../receive/scrape/config.ts'
import { missingFiles } from './missing-files.ts'
import { withPrometheusKeys } from './prometheus-keys.ts'
import { gatherScrapeJobs } from './scrape-jobs.ts'
import type { GivenFile } from './scrape-jobs.ts'
import { SECTIONS } from './sections.ts'
import type { AppConfig } from './sections.ts'

export interface LoadedAppConfig {
  /** Undefined when there is any error among the problems. */
  readonly config: AppConfig | undefined
  /** Errors and warnings, in order of place. */
  readonly problems: readonly Problem[]
}

export interface AppConfigSource {
  /** Undefined: no file, only defaults and overrides. */
  readonly file: string | undefined
  readonly overrides: readonly Override[]
  readonly env: Environment
  /** Warns of files that are named and not there. */
  readonly lookForFiles?: boolean
}

/** Never throws for what a user wrote: everything that is wrong is among the problems. */
export async function loadAppConfig({
  file,
  overrides,
  env,
  lookForFiles = false,
}: AppConfigSource): Promise<LoadedAppConfig> {
  const main =
    file === undefined ? loadText('defaults', '', SECTIONS, overrides) : await loadFile(file, SECTIONS, overrides)
  const problems = [...main.problems]
  const report = (problem: Problem): void => void problems.push(problem)
  const onFile = async (one: GivenFile): Promise<void> => {
    for (const { path, why } of one.notActedOn()) report(one.problemAt('warning', path, why, 'key'))
    if (lookForFiles) problems.push(...(await missingFiles(one)))
  }
  const { values } = main
  const global = values.global === undefined ? undefined : expandLabels(values.global, env, main, report)
  const scrapeConfigs = await gatherScrapeJobs(main, {
    global,
    patterns: values.scrape_config_files ?? [],
    report,
    onFile,
  })
  await onFile(main)
  refuseUtf8Translation(main, report)
  const failed = problems.some(({ severity }) => severity === 'error')
  // Without an error every section was read.
  const read = failed ? undefined : ({ ...values, global, scrape_configs: scrapeConfigs } as AppConfig)
  const config = read && withPrometheusKeys(withWholePath(read), { overrides, file: main, report })
  return { config, problems: sortProblems(problems, file) }
}

/** Where the default of the data folder leads, which does not come from the file: below the working directory. */
function withWholePath(config: AppConfig): AppConfig {
  return { ...config, store: { ...config.store, path: resolve(config.store.path) } }
}

/** Names of OTLP metrics may stay as they are only where such names are valid. */
function refuseUtf8Translation(
  { values, problemAt }: ConfigFile<typeof SECTIONS>,
  report: (problem: Problem) => void,
): void {
  const strategy = values.otlp?.translation_strategy ?? ''
  if (
    values.global?.metric_name_validation_scheme !== 'legacy' ||
    !['NoUTF8EscapingWithSuffixes', 'NoTranslation'].includes(strategy)
  )
    return
  const message = `translation strategy ${JSON.stringify(strategy)} is not allowed when metric_name_validation_scheme is legacy`
  report(problemAt('error', ['otlp', 'translation_strategy'], message))
}

/** `external_labels` with environment variables filled in, and checked against the naming scheme. */
function expandLabels(
  global: GlobalConfig,
  env: Environment,
  file: ConfigFile<typeof SECTIONS>,
  report: (problem: Problem) => void,
): GlobalConfig {
  const labels = Object.entries(global.external_labels).map(([name, text]): [string, string] => {
    const path = ['global', 'external_labels', name]
    if (!isLabelName(name, global.metric_name_validation_scheme)) {
      report(file.problemAt('error', path, `${JSON.stringify(name)} is not a valid label name`, 'key'))
    }
    const missing = (variable: string): void => {
      report(file.problemAt('warning', path, `environment variable ${variable} is empty or not set`))
    }
    return [name, expandEnvironment(text, env, missing)]
  })
  return { ...global, external_labels: Object.fromEntries(labels) }
}
