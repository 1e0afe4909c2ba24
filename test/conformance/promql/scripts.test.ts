/** Prometheus' own PromQL test scripts against the real store: in memory, in the tables, and in both. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageOf } from '../../../src/core/errors.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { PromqlEngine } from '../../../src/query/promql/engine.ts'
import { printExpression } from '../../../src/query/promql/syntax/print.ts'
import { conformanceDir, printTally } from '../../support/conformance.ts'
import { engineEvaluator } from './engine-evaluator.ts'
import { load } from './load.ts'
import { openScriptStore } from './script-store.ts'
import type { ScriptStore } from './script-store.ts'
import { runEval } from './script-runner.ts'
import type { Language, RunOptions } from './script-runner.ts'
import { parseScript } from './script.ts'
import { stagesOf } from './stages.ts'
import type { Stage } from './stages.ts'

const dir = conformanceDir()
const folder = dir === undefined ? undefined : join(dir, 'promql/testdata')
if (folder === undefined) console.log('conformance cases are absent: the PromQL scripts are skipped')
const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.test'))

/** What the scripts take for granted. */
const DIALECT = {
  lookbackDelta: 300_000,
  defaultSubqueryStep: 60_000,
  delayedNameRemoval: true,
  useStartTimestamps: true,
  typeAndUnitLabels: false,
}
const MINUTE = 60_000

interface Mode extends RunOptions {
  readonly name: string
  /** From here on, rows are in memory; what is older is in the tables only. */
  readonly watermark: number
}

/**
 * One store goes through them in this order: its watermark only rises, as it does when rows grow old. Rows in memory answer all
 * evaluations, tables only those of the script itself.
 */
const MODES: readonly Mode[] = [
  { name: 'memory', watermark: -Infinity, pinned: true, ranged: true },
  { name: 'memory and tables', watermark: 12 * MINUTE, pinned: false, ranged: false },
  { name: 'tables', watermark: 1e15, pinned: false, ranged: false },
]

describe.skipIf(folder === undefined)('PromQL test scripts', () => {
  let scripts: ScriptStore
  const stages = new Map<string, readonly Stage[]>()
  beforeAll(async () => {
    scripts = await openScriptStore()
    for (const file of files) {
      const script = parseScript(readFileSync(join(folder ?? '', file), 'utf8'))
      stages.set(
        file,
        stagesOf(script, () => scripts.freshTenant()),
      )
    }
    for (const { loads, tenant } of [...stages.values()].flat()) {
      for (const command of loads) await load(scripts.store.consumer, command, tenant)
    }
  })
  afterAll(() => scripts[Symbol.asyncDispose]())

  describe.each(MODES)('rows in $name', (mode) => {
    beforeAll(() => scripts.store.head.raiseWatermark(mode.watermark))

    test.each(files)('%s', async (file) => {
      const tally = await evaluate(scripts, stages.get(file) ?? [], mode)
      printTally({ suite: `PromQL ${file}, rows in ${mode.name}`, ...tally })
      expect(tally.passed + tally.left.length).toBeGreaterThan(0)
    })
  })
})

interface ScriptTally {
  passed: number
  readonly left: { readonly name: string; readonly reason: string }[]
}

/** Evaluations that are under way at a time: those over tables mostly wait for the database's threads. */
const AT_ONCE = 4

async function evaluate({ store }: ScriptStore, stages: readonly Stage[], options: RunOptions): Promise<ScriptTally> {
  const engine = new PromqlEngine({ dialect: DIALECT }, { querier: store.querier, clock: systemClock })
  const language: Language = { parse: (query) => engine.parse(query), print: printExpression }
  const tally: ScriptTally = { passed: 0, left: [] }
  const waiting = stages.flatMap(({ tenant, evals }) => evals.map((command) => ({ tenant, command }))).values()
  const work = async (): Promise<void> => {
    for (const { tenant, command } of waiting) {
      const difference = await runEval(command, engineEvaluator(engine, tenant), language, options).catch(
        (error: unknown) => `${error instanceof Error ? error.name : 'threw'}: ${messageOf(error)}`,
      )
      if (difference === undefined) tally.passed++
      else tally.left.push({ name: `line ${command.line}: ${command.query}`, reason: difference })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return tally
}
