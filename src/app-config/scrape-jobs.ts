import { loadFile } from '../config/load.ts'
import type { ConfigFile } from '../config/load.ts'
import type { Path, Problem } from '../config/problem.ts'
import { FOREIGN_KEYS } from '../receive/discovery/foreign.ts'
import { glob } from '../receive/discovery/glob.ts'
import { inheritGlobal, scrapeFaults, scrapeJobSchema, scrapeSection } from '../receive/scrape/config.ts'
import type { GlobalConfig, ScrapeConfig, ScrapeJobInput } from '../receive/scrape/config.ts'

const JOBS = { scrape_configs: scrapeSection }

type JobsFile = Pick<ConfigFile<typeof JOBS>, 'problemAt' | 'entries'> & {
  readonly values: { readonly scrape_configs: readonly ScrapeJobInput[] | undefined }
}
/** A file, as far as all of them are alike. */
export type GivenFile = Pick<ConfigFile<never>, 'filePaths' | 'notActedOn' | 'problemAt'>

type Report = (problem: Problem) => void

export interface JobsContext {
  /** Undefined when it has problems of its own: jobs are then not held against it. */
  readonly global: GlobalConfig | undefined
  /** Patterns of files with further jobs. */
  readonly patterns: readonly string[]
  readonly report: Report
  /** Hears of each of those files. */
  readonly onFile: (file: GivenFile) => Promise<void>
}

/** All jobs, ready to run: those of the main file and those of the files that the patterns name. Not all of them after a report. */
export async function gatherScrapeJobs(main: JobsFile, context: JobsContext): Promise<readonly ScrapeConfig[]> {
  const gathered = new Jobs(main, context)
  gathered.add(main)
  for (const pattern of context.patterns) {
    for (const path of await glob(pattern)) {
      const file = await loadFile(path, JOBS)
      for (const problem of file.problems) context.report(problem)
      gathered.add(file)
      await context.onFile(file)
    }
  }
  return gathered.jobs
}

class Jobs {
  readonly jobs: ScrapeConfig[] = []
  readonly #main: JobsFile
  readonly #context: JobsContext
  /** Where each job name stands. */
  readonly #places = new Map<string, string>()
  #globalToldOf = false

  constructor(main: JobsFile, context: JobsContext) {
    this.#main = main
    this.#context = context
  }

  add(file: JobsFile): void {
    const inputs = file.values.scrape_configs ?? file.entries('scrape_configs', scrapeJobSchema)
    for (const [i, input] of inputs.entries()) if (input !== undefined) this.#addJob(file, i, input)
  }

  #addJob(file: JobsFile, i: number, input: ScrapeJobInput): void {
    const at = (path: Path): Path => ['scrape_configs', i, ...path]
    const { global, report } = this.#context
    this.#claimName(input.job_name, file.problemAt('error', at(['job_name']), ''))
    for (const key of FOREIGN_KEYS) {
      if (input[key] === undefined) continue
      const message = `${key} is not supported yet: job ${JSON.stringify(input.job_name)} runs without it`
      report(file.problemAt('warning', at([key]), message, 'key'))
    }
    if (global === undefined) return
    const job = inheritGlobal(input, global)
    for (const { path, message } of scrapeFaults(job)) {
      if (path[0] === 'metric_name_escaping_scheme' && input.metric_name_escaping_scheme === undefined) {
        this.#reportGlobal(['global', 'metric_name_escaping_scheme'], message)
      } else report(file.problemAt('error', at(path), message))
    }
    this.jobs.push(job)
  }

  #claimName(name: string, here: Problem): void {
    const first = this.#places.get(name)
    if (first === undefined) {
      this.#places.set(name, `${here.file}:${here.line}`)
      return
    }
    const message = `found multiple scrape configs with job name ${JSON.stringify(name)}, first found at ${first}`
    this.#context.report({ ...here, message })
  }

  /** What every job inherits is told of once, where it comes from. */
  #reportGlobal(path: Path, message: string): void {
    if (!this.#globalToldOf) this.#context.report(this.#main.problemAt('error', path, message))
    this.#globalToldOf = true
  }
}
