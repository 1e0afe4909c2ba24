/** A range query out of the cache answers as one that is evaluated anew, while samples arrive: new ones and late ones. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { messageOf } from '../../src/core/errors.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import { PromqlEngine } from '../../src/query/promql/engine.ts'
import type { QueryResult } from '../../src/query/promql/engine.ts'
import { PROMETHEUS_DEFAULTS } from '../../src/query/promql/eval/context.ts'
import { RangeCache } from '../../src/query/promql/range-cache.ts'
import { seriesOf } from '../../src/query/promql/result.ts'
import { load } from '../conformance/promql/load.ts'
import type { LoadedSeries } from '../conformance/promql/script.ts'
import { openScriptStore } from '../conformance/promql/script-store.ts'
import type { ScriptStore } from '../conformance/promql/script-store.ts'
import { FIRST, LAST, randomSeries } from '../conformance/promql-differential/data.ts'
import { randomQuery } from '../conformance/promql-differential/queries.ts'
import { Dice } from '../support/api-requests.ts'
import { query as queryContext } from '../support/metrics-store.ts'

const ROUNDS = 12
const QUERIES = 40
const STEP = 60_000

let scripts: ScriptStore
beforeAll(async () => {
  scripts = await openScriptStore(LAST)
})
afterAll(() => scripts[Symbol.asyncDispose]())

/** The round in which a sample arrives: that of its time, but for every 7th, which comes up to three rounds late. */
function roundOf(t: number, i: number): number {
  const own = Math.min(ROUNDS - 1, Math.floor(((t - FIRST) / (LAST - FIRST)) * ROUNDS))
  return i % 7 === 3 ? Math.min(ROUNDS - 1, own + 1 + (i % 3)) : own
}

function arriving(series: readonly LoadedSeries[], round: number): LoadedSeries[] {
  return series.map((one) => ({
    ...one,
    samples: one.samples.filter(({ timestamp }, i) => roundOf(timestamp, i) === round),
  }))
}

async function outcomeOf(run: Promise<QueryResult>): Promise<unknown> {
  try {
    const { value } = await run
    return seriesOf(value).map((one) => ({ ...one, labels: one.labels.toString() }))
  } catch (error) {
    return messageOf(error)
  }
}

test('random queries on a moving range', async () => {
  const tenant: TenantId = scripts.freshTenant()
  const { querier, consumer } = scripts.store
  const telemetry = new Telemetry()
  const cache = new RangeCache(2 ** 26, { changes: querier.changes.bind(querier), telemetry })
  const cached = new PromqlEngine({ dialect: PROMETHEUS_DEFAULTS }, { querier, clock: systemClock, cache })
  const plain = new PromqlEngine({ dialect: PROMETHEUS_DEFAULTS }, { querier, clock: systemClock })
  const dice = new Dice(5)
  const queries = Array.from({ length: QUERIES }, () => randomQuery(dice))
  const series = randomSeries(9)
  for (let round = 0; round < ROUNDS; round++) {
    await load(consumer, { kind: 'load', line: 0, withNhcb: false, series: arriving(series, round) }, tenant)
    const now = FIRST + Math.floor(((LAST - FIRST) / STEP / ROUNDS) * (round + 1)) * STEP
    for (const text of queries) {
      const start = now - STEP * dice.pick([30, 45, 60])
      const at = { start, end: dice.chance(0.2) ? now - 5 * STEP : now, step: STEP }
      const want = await outcomeOf(plain.evaluateRange(text, at, queryContext({}, tenant)))
      const got = await outcomeOf(cached.evaluateRange(text, at, queryContext({}, tenant)))
      expect(got, `${text} in round ${round}`).toEqual(want)
    }
  }
  const figures = telemetry.expose()
  for (const result of ['some', 'none']) {
    expect(figures).toMatch(new RegExp(`lookups_total\\{result="${result}"\\} [1-9]\\d`))
  }
})
