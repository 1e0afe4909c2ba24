/** Results as Markdown: the promises first, then a table a scenario. */
import type { Machine } from './support/machine.ts'
import { TARGETS } from './support/targets.ts'
import type { TargetName } from './support/targets.ts'
import { figureOf, ratio, shown } from './support/verdict.ts'
import type { ScenarioResult, Verdict } from './support/verdict.ts'

export interface Report {
  readonly machine: Machine
  readonly quick: boolean
  readonly results: readonly ScenarioResult[]
  readonly verdicts: readonly Verdict[]
}

const NAMES: Readonly<Record<TargetName, string>> = {
  bongsu: 'Bongsu',
  prometheus: 'Prometheus',
  victoriametrics: 'VictoriaMetrics',
}

/** `notes` is the text of notes.md. */
export function reportText({ machine, quick, results, verdicts }: Report, notes: string): string {
  const { date, commit, cpu, cores, memoryGiB, kernel, node, load } = machine
  const lines = [
    `# Bench of ${commit}, ${date}`,
    '',
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}; load ${load.toFixed(1)} before the run.`,
    ...(quick ? ['Taken with `--quick`: short runs over little data, in which warming up counts.'] : []),
    '',
    'A ratio says how many times better Bongsu is: above 1 is better. CPU is user and system time of the process.',
    '',
    ...promiseLines(verdicts, notesByPromise(notes)),
    ...results.flatMap(scenarioLines),
  ]
  return `${lines.join('\n')}\n`
}

function promiseLines(verdicts: readonly Verdict[], notes: ReadonlyMap<string, string>): string[] {
  if (verdicts.length === 0) return []
  const rows = verdicts.map(({ promise, variant, verdict, said }) => [promise.id, variant, verdict, said])
  const missed = new Set(verdicts.filter(({ verdict }) => verdict === 'missed').map(({ promise }) => promise.id))
  const reasons = [...missed].flatMap((id) => [
    `**${id}**: ${notes.get(id) ?? 'nobody has written yet what stands in the way.'}`,
    '',
  ])
  const heading = reasons.length === 0 ? [] : ['### What stands in the way', '', ...reasons]
  return ['## Promises', '', ...table(['promise', 'variant', 'verdict', 'by'], rows), '', ...heading]
}

function scenarioLines(result: ScenarioResult): string[] {
  const { scenario, runs } = result
  const targets = TARGETS.filter((target) => runs.some((run) => run.target === target))
  const peers = targets.filter((target) => target !== 'bongsu')
  const rows = scenario.variants.flatMap((variant) =>
    Object.entries(scenario.figures).flatMap(([key, spec]) => {
      const values = targets.map((target) => figureOf(result, variant, target, key))
      if (values.every((value) => value === undefined)) return []
      const ours = figureOf(result, variant, 'bongsu', key)
      const ratios = peers.map((peer) => shown(ratio(spec, ours, figureOf(result, variant, peer, key))))
      return [[variant, spec.label, spec.unit, ...values.map(shown), ...ratios]]
    }),
  )
  const failures = runs.flatMap(({ variant, target, failure }) =>
    failure === undefined ? [] : [`- ${NAMES[target]}, ${variant}: ${failure.split('\n')[0] ?? ''}`],
  )
  const head = [
    'variant',
    'figure',
    'unit',
    ...targets.map((name) => NAMES[name]),
    ...peers.map((name) => `: ${NAMES[name]}`),
  ]
  return [`## ${scenario.name}`, '', `${scenario.summary}.`, '', ...table(head, rows), '', ...failures, '']
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}

/** Text below each `## id` heading. */
function notesByPromise(notes: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const section of notes.split(/^## /m).slice(1)) {
    const [id = '', ...text] = section.split('\n')
    found.set(id.trim(), text.join('\n').trim())
  }
  return found
}
