/** Asks a real Prometheus 3.5 and our engine the same random queries over the same random series. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { messageOf } from '../../src/core/errors.ts'
import { PromqlEngine } from '../../src/query/promql/engine.ts'
import { Dice } from '../support/api-requests.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'
import { engineEvaluator } from './promql/engine-evaluator.ts'
import type { Evaluator, Outcome } from './promql/evaluator.ts'
import { load } from './promql/load.ts'
import { openScriptStore } from './promql/script-store.ts'
import type { ScriptStore } from './promql/script-store.ts'
import { answerOfOutcome } from './promql-differential/answer.ts'
import type { Answer } from './promql-differential/answer.ts'
import { compareAnswers } from './promql-differential/compare.ts'
import { FIRST, LAST, randomSeries } from './promql-differential/data.ts'
import { knownDifference } from './promql-differential/differences.ts'
import { startPrometheus } from './promql-differential/prometheus.ts'
import type { Prometheus } from './promql-differential/prometheus.ts'
import { randomQuery } from './promql-differential/queries.ts'

const program = peer('prometheus')
if (program === undefined) console.log(HOW_TO_GET_PEERS)

/** Prometheus' own defaults. */
const DIALECT = {
  lookbackDelta: 300_000,
  defaultSubqueryStep: 60_000,
  delayedNameRemoval: false,
  useStartTimestamps: false,
  typeAndUnitLabels: false,
}
const QUERIES = Number(process.env['BONGSU_DIFFERENTIAL_QUERIES'] ?? 1500)
const SEEDS = [1, 2]
/** Differences that are told one by one. */
const SHOWN = 100

interface Case {
  readonly query: string
  readonly start: number
  readonly end: number
  /** 0 = an instant query at `end`. */
  readonly step: number
}

describe.skipIf(program === undefined).each(SEEDS)('random queries, seed %i', (seed) => {
  let prometheus: Prometheus
  let scripts: ScriptStore
  let bongsu: Evaluator
  beforeAll(async () => {
    const series = randomSeries(seed)
    prometheus = await startPrometheus(program ?? '', series)
    scripts = await openScriptStore(LAST)
    const tenant = scripts.freshTenant()
    await load(scripts.store.consumer, { kind: 'load', line: 0, withNhcb: false, series }, tenant)
    const engine = new PromqlEngine({ dialect: DIALECT }, { querier: scripts.store.querier, clock: systemClock })
    bongsu = engineEvaluator(engine, tenant, 50_000_000)
  })
  afterAll(async () => {
    await scripts[Symbol.asyncDispose]()
    await prometheus[Symbol.asyncDispose]()
  })

  test('are answered alike', async () => {
    const dice = new Dice(seed)
    const tally = new DifferentialTally()
    for (let i = 0; i < QUERIES; i++) {
      const one = randomCase(dice)
      const [want, got] = await Promise.all([askPrometheus(prometheus, one), askBongsu(bongsu, one)])
      tally.add(one, want, got)
    }
    tally.print(seed)
    expect(tally.unexplained.length, tally.unexplained.slice(0, SHOWN).join('\n')).toBe(0)
  })
})

function randomCase(dice: Dice): Case {
  const query = randomQuery(dice)
  const end = FIRST + 60_000 * dice.below(121) + dice.pick([0, 0, 1, 7_123])
  if (dice.chance(0.5)) return { query, start: end, end, step: 0 }
  const start = FIRST + 60_000 * dice.below(100)
  const step = dice.pick([15_000, 60_000, 71_000, 300_000])
  return { query, start, end: Math.min(LAST, start + step * dice.below(40)), step }
}

function askPrometheus(prometheus: Prometheus, { query, start, end, step }: Case): Promise<Answer> {
  return step === 0 ? prometheus.instant(query, end) : prometheus.range(query, start, end, step)
}

async function askBongsu(bongsu: Evaluator, { query, start, end, step }: Case): Promise<Answer> {
  const asked = step === 0 ? bongsu.instant(query, end) : bongsu.range(query, start, end, step)
  const outcome = await asked.catch((error: unknown): Outcome => ({
    kind: 'failed',
    message: `BUG ${messageOf(error)}`,
  }))
  return answerOfOutcome(outcome, end)
}

class DifferentialTally {
  readonly unexplained: string[] = []
  readonly #known = new Map<string, number>()
  #same = 0
  #close = 0
  #failed = 0
  #largest = 0

  add(one: Case, want: Answer, got: Answer): void {
    const result = compareAnswers(want, got, one.step === 0 && one.query.startsWith('sort'))
    if (want.kind === 'failed') this.#failed++
    if (result.kind === 'same') this.#same++
    else if (result.kind === 'close') {
      this.#close++
      this.#largest = Math.max(this.#largest, result.error)
    } else {
      const reason = knownDifference(one.query, result.what, want, got)
      if (reason === undefined) this.unexplained.push(`${JSON.stringify(one)}\n  ${result.text}`)
      else this.#known.set(reason, (this.#known.get(reason) ?? 0) + 1)
    }
  }

  print(seed: number): void {
    const bits = `${this.#close} but for the last bits (at most ${this.#largest.toExponential(1)})`
    console.log(`differential PromQL, seed ${seed}: ${this.#same} of ${QUERIES} answers alike to the bit, ${bits},`)
    console.log(`  ${this.#failed} failed in Prometheus, ${this.unexplained.length} differ without a reason`)
    for (const [reason, count] of this.#known) console.log(`  ${count} by design: ${reason}`)
  }
}
