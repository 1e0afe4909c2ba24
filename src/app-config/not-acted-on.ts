import type { ConfigFile } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'

/** What is read and checked, but changes nothing, and what a user should know about that. Empty this table over time. */
const NOT_ACTED_ON: readonly (readonly [path: readonly string[], why: string])[] = [
  [['rule_files'], 'not acted on yet: rules are not evaluated'],
  [['alerting'], 'not acted on yet: no alerts are sent'],
  [['remote_write'], 'not acted on yet: nothing is sent to other systems'],
  [['remote_read'], 'not acted on yet: nothing is read from other systems'],
  [['tracing'], 'not acted on yet: no traces of the own work are sent'],
  [['storage'], "not acted on: these tune Prometheus' own store; see `store` and `head`"],
  [['runtime'], 'not acted on: there is no Go runtime here'],
  [['global', 'query_log_file'], 'not acted on yet: queries are not logged to a file'],
]

export function* notActedOn(file: Pick<ConfigFile<never>, 'says' | 'problemAt'>): Iterable<Problem> {
  for (const [path, why] of NOT_ACTED_ON) {
    if (file.says(path)) yield file.problemAt('warning', path, why, 'key')
  }
}
