/**
 * `npm run bench [-- SCENARIO... --quick --minutes N --only TARGET,... --no-files]`: Bongsu beside Prometheus and
 * VictoriaMetrics on this machine, over the same data, in turns. Prints tables and writes bench/results/<date>-<commit>.{json,md}.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { HOW_TO_GET_PEERS } from '../test/support/peers.ts'
import { PROMISES } from './promises.ts'
import { reportText } from './report.ts'
import { fairnessScenario } from './scenarios/fairness.ts'
import { ingestScenario } from './scenarios/ingest.ts'
import { millionScenario } from './scenarios/million.ts'
import { promqlScenario } from './scenarios/promql.ts'
import { promqlWideScenario } from './scenarios/promql-wide.ts'
import { queryScenario } from './scenarios/query.ts'
import { scrapeScenario } from './scenarios/scrape.ts'
import { startScenario } from './scenarios/start.ts'
import { describeMachine } from './support/machine.ts'
import type { Bench, JointScenario, Run, Scenario } from './support/scenario.ts'
import { isPresent, TARGETS, Targets } from './support/targets.ts'
import type { TargetName } from './support/targets.ts'
import { judge } from './support/verdict.ts'
import type { ScenarioResult } from './support/verdict.ts'

type AnyScenario = Scenario | JointScenario

const SCENARIOS: readonly ((quick: boolean) => AnyScenario)[] = [
  ingestScenario,
  fairnessScenario,
  millionScenario,
  scrapeScenario,
  startScenario,
  queryScenario,
  promqlScenario,
  promqlWideScenario,
]

interface Options {
  readonly quick: boolean
  readonly files: boolean
  readonly minutes: number
  readonly scenarios: readonly AnyScenario[]
  readonly targets: readonly TargetName[]
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      'no-files': { type: 'boolean', default: false },
      minutes: { type: 'string' },
      only: { type: 'string', default: TARGETS.join(',') },
    },
  })
  const all = SCENARIOS.map((make) => make(values.quick))
  const unknown = positionals.filter((name) => !all.some((scenario) => scenario.name === name))
  if (unknown.length > 0)
    throw new Error(`no scenario ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`)
  const only = values.only.split(',')
  return {
    quick: values.quick,
    files: !values['no-files'],
    minutes: Number(values.minutes ?? (values.quick ? 3 : 12)),
    scenarios: all.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    targets: TARGETS.filter((name) => only.includes(name) && isPresent(name)),
  }
}

/**
 * Runs of one scenario: each variant of each target in turn, so that a busy minute of the machine hits all. Past the deadline a
 * variant is left out for all targets, as a figure without its ratio says little; the first is run in any case.
 */
async function runScenario(
  scenario: AnyScenario,
  options: Options,
  bench: Bench,
  deadline: number,
): Promise<ScenarioResult> {
  if ('measureAll' in scenario) return { scenario, runs: await runJointly(scenario, options, bench) }
  const runs: Run[] = []
  const turns = Array.from({ length: scenario.rounds }, () => scenario.variants).flat()
  for (const [turn, variant] of turns.entries()) {
    for (const target of options.targets) {
      if (scenario.suits?.(target, variant) === false) continue
      if (turn > 0 && performance.now() > deadline) runs.push({ variant, target, figures: {}, failure: LEFT_OUT })
      else runs.push(await runOnce(scenario, variant, target, bench))
    }
  }
  return { scenario, runs }
}

async function runJointly(scenario: JointScenario, options: Options, bench: Bench): Promise<readonly Run[]> {
  bench.say(`${scenario.name}: ${options.targets.join(', ')} in turns`)
  try {
    return await scenario.measureAll(options.targets, bench)
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    bench.say(`${scenario.name} failed: ${failure}`)
    return options.targets.map((target) => ({ variant: scenario.variants[0] ?? '', target, figures: {}, failure }))
  }
}

const LEFT_OUT = 'left out, for the time was over (--minutes)'

async function runOnce(scenario: Scenario, variant: string, target: TargetName, bench: Bench): Promise<Run> {
  bench.say(`${scenario.name}, ${variant}: ${target}`)
  const started = performance.now()
  try {
    return { variant, target, figures: await scenario.measure(target, variant, bench) }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    bench.say(`${scenario.name}, ${variant}: ${target} failed: ${failure}`)
    return { variant, target, figures: {}, failure }
  } finally {
    bench.say(`  ${((performance.now() - started) / 1000).toFixed(0)} s`)
  }
}

async function main(): Promise<void> {
  const options = readOptions()
  const machine = describeMachine()
  // In a quick run rows go to the tables sooner, so that it need not wait for that.
  const targets = new Targets(options.quick ? { flush_interval: '4s' } : {})
  const bench: Bench = { quick: options.quick, targets, say: (line) => console.error(line) }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void targets.killAll().finally(() => process.exit(130)))
  }
  if (!isPresent('prometheus') || !isPresent('victoriametrics')) bench.say(HOW_TO_GET_PEERS)
  const started = performance.now()
  // Each scenario may take its share of the time that is left: a slow one does not take it from all behind it.
  const end = started + options.minutes * 60_000
  const results: ScenarioResult[] = []
  for (const [i, scenario] of options.scenarios.entries()) {
    const share = (end - performance.now()) / (options.scenarios.length - i)
    results.push(await runScenario(scenario, options, bench, performance.now() + share * 1.3))
  }
  const report = { machine, quick: options.quick, results, verdicts: judge(PROMISES, results) }
  const text = reportText(report, readFileSync(join(import.meta.dirname, 'notes.md'), 'utf8'))
  console.log(text)
  if (options.files) writeResults(machine, report, text)
  bench.say(`${((performance.now() - started) / 60_000).toFixed(1)} min`)
}

function writeResults({ date, commit }: { date: string; commit: string }, report: object, text: string): void {
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  const name = join(folder, `${date.slice(0, 10)}-${commit}`)
  writeFileSync(`${name}.json`, `${JSON.stringify(report, undefined, 2)}\n`)
  writeFileSync(`${name}.md`, text)
}

await main()
