/** The rule groups of a unit test: read once, and made anew for each test. */
import { readFile } from 'node:fs/promises'
import { printProblem, sortProblems } from '../config/problem.ts'
import type { Problem } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { durationMs } from '../core/time.ts'
import { LabelSet } from '../model/labels.ts'
import { RuleGroup } from './group.ts'
import type { GroupRule } from './group.ts'
import { parseRuleFile } from './rule-file.ts'
import type { RuleFileOptions, RuleGroupSpec } from './rule-file.ts'
import { engineQueries } from './rule-query.ts'
import { RuleWriter } from './rule-writer.ts'
import type { ComparedAlert } from './unit-test-alerts.ts'
import type { TestedGroup, TestedRule, TestSurroundings } from './unit-test.ts'

export interface TestedRuleFiles {
  readonly groups: readonly RuleGroupSpec[]
  /** Printed; the groups are not to be used when there are any. */
  readonly problems: readonly string[]
}

/** Reads rule files. Never throws. */
export async function readRuleFiles(files: readonly string[], options: RuleFileOptions): Promise<TestedRuleFiles> {
  const groups: RuleGroupSpec[] = []
  const problems: string[] = []
  for (const file of files) {
    try {
      const read = parseRuleFile(file, await readFile(file, 'utf8'), options)
      groups.push(...read.groups)
      problems.push(...sortProblems(read.problems.filter(isError)).map(printProblem))
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  return { groups, problems }
}

/** The groups in the state of a start, over the test's own store. */
export function testedGroups(
  specs: readonly RuleGroupSpec[],
  surroundings: TestSurroundings,
  clock: Clock,
): readonly TestedGroup[] {
  const { store, tenant, engine, queryContext, interval, test } = surroundings
  const deps = {
    query: engineQueries(engine, queryContext),
    writer: new RuleWriter({ consumer: store, tenant, clock }),
    clock,
    origin: { externalLabels: LabelSet.of(test.external_labels), externalUrl: test.external_url },
    log: silentLog,
  }
  const defaults = { interval: durationMs(interval), queryOffset: durationMs(0) }
  return specs.map((spec) => {
    const group = new RuleGroup(spec, { defaults }, deps)
    return {
      name: spec.name,
      evaluate: (at) => group.evaluate(at, queryContext.signal),
      rules: group.rules.map(testedRule),
    }
  })
}

function testedRule({ rule, state }: GroupRule): TestedRule {
  return {
    name: rule.spec.name,
    get lastError() {
      return state.lastError
    },
    firing: rule.kind === 'alerting' ? () => rule.activeAlerts.flatMap(comparedAlert) : undefined,
  }
}

function comparedAlert({
  state,
  labels,
  annotations,
}: {
  readonly state: string
  readonly labels: LabelSet
  readonly annotations: ReadonlyMap<string, string>
}): readonly ComparedAlert[] {
  return state === 'firing' ? [{ labels: labels.toRecord(), annotations: Object.fromEntries(annotations) }] : []
}

function isError({ severity }: Problem): boolean {
  return severity === 'error'
}
