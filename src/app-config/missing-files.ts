import type { ConfigFile } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { glob } from '../receive/discovery/glob.ts'

/** A warning for each file that a configuration names and that is not there: it may still come, but more often it is a slip. */
export async function missingFiles(config: Pick<ConfigFile<never>, 'filePaths' | 'problemAt'>): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const { path, file } of config.filePaths()) {
    if ((await glob(file)).length > 0) continue
    const message = /[*?[]/.test(file) ? `matches no file: ${file}` : `there is no such file: ${file}`
    problems.push(config.problemAt('warning', path, message))
  }
  return problems
}
