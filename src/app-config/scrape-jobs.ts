import { loadFile } from '../config/load.ts'
import type { ConfigFile } from '../config/load.ts'
import type { Path, Problem } from '../config/problem.ts'
import { FOREIGN_KEYS } from '../receive/discovery/foreign.ts'
import { glob } from '../receive/discovery/glob.ts'
import { inheritGlobal, scrapeFaults, scrapeSection } from '../receive/scrape/config.ts'
import type { GlobalConfig, ScrapeConfig, ScrapeJobInput } from '../receive/scrape/config.ts'

const SECTIONS_OF_A_JOB_FILE = { scrape_configs: scrapeSection }

type JobsFile = Pick<ConfigFile<typeof SECTIONS_OF_A_JOB_FILE>, 'problemAt'> & {
  readonly values: { readonly scrape_configs: readonly ScrapeJobInput[] | undefined }
}

/** All jobs, ready to run: those of the main file and those of the files that `patterns` name. */
export async function gatherScrapeJobs(
  main: JobsFile,
  given: {
    readonly global: GlobalConfig
    readonly patterns: readonly string[]
    readonly report: (problem: Problem) => void
  },
): Promise<readonly ScrapeConfig[]> {
  const placeOf = new Map<string, string>()
  const jobs = finishJobs(main, given, placeOf)
  for (const pattern of given.patterns) {
    for (const path of await glob(pattern)) {
      const file = await loadFile(path, SECTIONS_OF_A_JOB_FILE)
      for (const problem of file.problems) given.report(problem)
      jobs.push(...finishJobs(file, given, placeOf))
    }
  }
  return jobs
}

function finishJobs(
  file: JobsFile,
  { global, report }: { readonly global: GlobalConfig; readonly report: (problem: Problem) => void },
  placeOf: Map<string, string>,
): ScrapeConfig[] {
  return (file.values.scrape_configs ?? []).map((input, i) => {
    const job = inheritGlobal(input, global)
    const at = (path: Path): Path => ['scrape_configs', i, ...path]
    const first = placeOf.get(job.job_name)
    const here = file.problemAt(
      'error',
      at(['job_name']),
      `found multiple scrape configs with job name ${JSON.stringify(job.job_name)}`,
    )
    if (first === undefined) placeOf.set(job.job_name, `${here.file}:${here.line}`)
    else report({ ...here, message: `${here.message}, first found at ${first}` })
    for (const { path, message } of scrapeFaults(job)) report(file.problemAt('error', at(path), message))
    for (const key of FOREIGN_KEYS) {
      if (job[key] === undefined) continue
      const message = `${key} is not supported yet: job ${JSON.stringify(job.job_name)} runs without it`
      report(file.problemAt('warning', at([key]), message, 'key'))
    }
    return job
  })
}
