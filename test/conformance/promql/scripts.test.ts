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
}
const MINUTE = 60_000

interface Mode extends RunOptions {
  readonly name: string
  /** From here on, rows are in memory; what is older is in the tables only. */
  readonly watermark: number
}

/** One store goes through them in this order: its watermark only rises. Rows in memory answer all evaluations, tables only those of the script itself. */
const MODES: readonly Mode[] = [
  { name: 'memory', watermark: -Infinity, pinned: true, ranged: true },
  { name: 'memory and tables', watermark: 12 * MINUTE, pinned: false, ranged: false },
  { name: 'tables', watermark: 1e15, pinned: false, ranged: false },
]

describe.skipIf(folder === undefined)('PromQL test scripts', () => {
  let scripts: ScriptStore
  beforeAll(async () => {
    scripts = await openScriptStore()
  })
  afterAll(() => scripts[Symbol.asyncDispose]())

  describe.each(MODES)('rows in $name', (mode) => {
    beforeAll(() => scripts.store.head.raiseWatermark(mode.watermark))

    test.each(files)('%s', async (file) => {
      const tally = await runScript(scripts, readFileSync(join(folder ?? '', file), 'utf8'), mode)
      printTally({ suite: `PromQL ${file}, rows in ${mode.name}`, ...tally })
      expect(tally.passed + tally.left.length).toBeGreaterThan(0)
    })
  })
})

interface ScriptTally {
  passed: number
  readonly left: { readonly name: string; readonly reason: string }[]
}

async function runScript(scripts: ScriptStore, text: string, options: RunOptions): Promise<ScriptTally> {
  const { store } = scripts
  const engine = new PromqlEngine({ dialect: DIALECT }, { querier: store.querier, clock: systemClock })
  const language: Language = { parse: (query) => engine.parse(query), print: printExpression }
  const tally: ScriptTally = { passed: 0, left: [] }
  let tenant = scripts.freshTenant()
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') tenant = scripts.freshTenant()
    else if (command.kind === 'load') await load(store.consumer, command, tenant)
    else {
      const difference = await runEval(command, engineEvaluator(engine, tenant), language, options).catch(
        (error: unknown) => `${error instanceof Error ? error.name : 'threw'}: ${messageOf(error)}`,
      )
      if (difference === undefined) tally.passed++
      else tally.left.push({ name: `line ${command.line}: ${command.query}`, reason: difference })
    }
  }
  return tally
}
