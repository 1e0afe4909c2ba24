/** Random queries are answered alike whether samples come from memory, from the tables, from both, or from pages of before. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { durationMs } from '../../src/core/time.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import { PROMETHEUS_DEFAULTS } from '../../src/query/promql/eval/context.ts'
import { PromqlEngine } from '../../src/query/promql/engine.ts'
import type { Engine } from '../../src/store/engine.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import type { MetricsStore } from '../../src/write/metrics-store.ts'
import { engineEvaluator } from '../conformance/promql/engine-evaluator.ts'
import { load } from '../conformance/promql/load.ts'
import type { LoadedSeries } from '../conformance/promql/script.ts'
import { answerOfOutcome } from '../conformance/promql-differential/answer.ts'
import type { Answer } from '../conformance/promql-differential/answer.ts'
import { compareAnswers } from '../conformance/promql-differential/compare.ts'
import { FIRST, LAST, randomSeries } from '../conformance/promql-differential/data.ts'
import { randomQuery } from '../conformance/promql-differential/queries.ts'
import { Dice } from '../support/api-requests.ts'
import { startClickHouseFront } from '../support/clickhouse-front.ts'
import { embeddedEngine } from '../support/embedded-store.ts'
import { metricsStore, never, query as queryContext } from '../support/metrics-store.ts'
import { remoteEngine } from '../support/remote-store.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { TestClock } from '../support/test-clock.ts'

const QUERIES = 120
const MIDDLE = FIRST + 3_600_000
const FOREVER = durationMs(1e15)
const NATIVE = new Set(['duration', 'size', 'fill', 'mixed'])

interface Case {
  readonly query: string
  readonly start: number
  readonly end: number
  readonly step: number
}

function randomCases(seed: number): readonly Case[] {
  const dice = new Dice(seed)
  return Array.from({ length: QUERIES }, () => {
    const query = randomQuery(dice)
    const end = FIRST + 60_000 * dice.below(121) + dice.pick([0, 0, 1, 7_123])
    if (dice.chance(0.3)) return { query, start: end, end, step: 0 }
    const start = FIRST + 60_000 * dice.below(100)
    // Steps from shorter than all windows to much longer: then samples between them stay in the tables.
    const step = dice.pick([15_000, 71_000, 300_000, 601_000, 1_200_000])
    return { query, start, end: Math.min(LAST, start + step * dice.below(40)), step }
  })
}

/** A store whose memory reaches back without end, until its watermark is raised. */
class Routes {
  readonly #engine: Engine
  readonly #walFolder: string
  #store: MetricsStore

  private constructor(engine: Engine, walFolder: string, store: MetricsStore) {
    this.#engine = engine
    this.#walFolder = walFolder
    this.#store = store
  }

  static async open(engine: Engine, walFolder: string): Promise<Routes> {
    await engine.start(never)
    const deps = { engine, clock: new TestClock(LAST), log: silentLog, signal: never }
    await migrate(await loadMigrations(), { cluster: undefined }, deps)
    return new Routes(engine, walFolder, await startedStore(engine, walFolder, FOREVER))
  }

  load(series: readonly LoadedSeries[], tenant: TenantId): Promise<void> {
    return load(this.#store.consumer, { kind: 'load', line: 0, withNhcb: false, series }, tenant)
  }

  /** From now on, older samples come from the tables. */
  async forget(before: number): Promise<void> {
    await this.#store.flush()
    this.#store.head.raiseWatermark(before)
  }

  /** Opens the store anew, with nothing in memory: labels come from the tables too. */
  async restart(): Promise<void> {
    await this.#store.stop(AbortSignal.timeout(20_000))
    this.#store = await startedStore(this.#engine, this.#walFolder, durationMs(1))
    this.#store.head.raiseWatermark(LAST + 1)
  }

  async answers(cases: readonly Case[], tenant: TenantId): Promise<readonly [string, Answer][]> {
    const engine = this.#promql()
    const evaluator = engineEvaluator(engine, tenant, 1e9)
    const answers: [string, Answer][] = []
    for (const { query, start, end, step } of cases) {
      const outcome = await (step === 0 ? evaluator.instant(query, end) : evaluator.range(query, start, end, step))
      answers.push([`${query} [${start} ${end} ${step}]`, inOrder(answerOfOutcome(outcome, end))])
    }
    return answers
  }

  async routeOf(text: string, at: Omit<Case, 'query'>, tenant: TenantId): Promise<string | undefined> {
    const { expression, probe } = await this.#promql().evaluateRange(text, at, queryContext({}, tenant))
    return probe.of(expression)?.route
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const deadline = AbortSignal.timeout(20_000)
    await this.#store.stop(deadline)
    await this.#engine.stop(deadline)
  }

  #promql(): PromqlEngine {
    const deps = { querier: this.#store.querier, clock: new TestClock(LAST) }
    return new PromqlEngine({ dialect: PROMETHEUS_DEFAULTS }, deps)
  }
}

async function startedStore(engine: Engine, walFolder: string, maxAge: typeof FOREVER): Promise<MetricsStore> {
  const head = { max_age: maxAge, out_of_order_time_window: FOREVER, flush_interval: FOREVER }
  const store = metricsStore({ engine, walFolder, clock: new TestClock(LAST), head })
  await store.start(never)
  return store
}

/** The order of rows is no promise. */
function inOrder(answer: Answer): Answer {
  if (answer.kind === 'failed') return answer
  return { ...answer, rows: answer.rows.toSorted((a, b) => (a.labels < b.labels ? -1 : 1)) }
}

/** Series come in another order after a restart: last bits of sums differ then, and which series a failure names. */
function expectClose(got: readonly [string, Answer][], want: readonly [string, Answer][]): void {
  const differences = got.flatMap(([text, answer], i) => {
    const result = compareAnswers(want[i]?.[1] as Answer, answer, false)
    return result.kind === 'different' && result.what !== 'message' ? [`${text}: ${result.text}`] : []
  })
  expect(differences).toEqual([])
}

/** Every 7th sample of the floats is late. */
function split(series: readonly LoadedSeries[]): { readonly early: LoadedSeries[]; readonly late: LoadedSeries[] } {
  const isLate = (i: number): boolean => i % 7 === 3
  const part = (late: boolean): LoadedSeries[] =>
    series.map((one) => ({ ...one, samples: one.samples.filter((_, i) => isLate(i) === late) }))
  return { early: part(false), late: part(true) }
}

describe('every route', () => {
  const cases = randomCases(7)
  const series = randomSeries(3)
  const floats = series.filter(({ labels }) => !NATIVE.has(labels.name))
  const [all, plain, torn] = ['all', 'plain', 'torn'] as [TenantId, TenantId, TenantId]
  const tenants = [all, plain] as const
  const want = new Map<TenantId, readonly [string, Answer][]>()
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let routes: Routes

  beforeAll(async () => {
    folder = await tempFolder()
    routes = await Routes.open(embeddedEngine(join(folder.path, 'data')), join(folder.path, 'wal'))
    await routes.load(series, all)
    await routes.load(floats, plain)
    for (const tenant of tenants) want.set(tenant, await routes.answers(cases, tenant))
  })
  afterAll(async () => {
    await routes[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })
  const expectSame = async (): Promise<void> => {
    for (const tenant of tenants) expect(await routes.answers(cases, tenant)).toEqual(want.get(tenant))
  }

  test('answers from memory and tables as from memory', async () => {
    expect(await routes.routeOf('bytes_total', { start: FIRST, end: LAST, step: 60_000 }, plain)).toBe('memory')
    await routes.forget(MIDDLE)
    await expectSame()
    expect(await routes.routeOf('bytes_total', { start: FIRST, end: LAST, step: 60_000 }, plain)).toBe(
      'memory and tables: streamed',
    )
  })

  test('answers from the tables, then from pages of them', async () => {
    await routes.forget(LAST + 1)
    await expectSame()
    await expectSame()
    const at = { start: FIRST, end: LAST, step: 1_200_000 }
    expect(await routes.routeOf('bytes_total', { ...at, step: 60_000 }, plain)).toBe('tables: streamed')
    expect(await routes.routeOf('bytes_total', at, plain)).toBe(
      'tables: streamed, pushed into SQL: only samples in windows',
    )
  })

  test('sees late samples behind pages', async () => {
    const { early, late } = split(floats)
    await routes.load(early, torn)
    await routes.forget(LAST + 1)
    const before = await routes.answers(cases, torn)
    expect(before).not.toEqual(want.get(plain))
    await routes.load(late, torn)
    expect(await routes.answers(cases, torn)).toEqual(want.get(plain))
  })

  test('answers after a restart, when no series is known', async () => {
    await routes.restart()
    for (const tenant of tenants) expectClose(await routes.answers(cases, tenant), want.get(tenant) ?? [])
  })
})

test('a remote database answers as memory does', async () => {
  await using folder = await tempFolder()
  const front = await startClickHouseFront(join(folder.path, 'data'))
  try {
    await using routes = await Routes.open(remoteEngine(front.url), join(folder.path, 'wal'))
    const tenant = 'all' as TenantId
    const cases = randomCases(11).slice(0, 40)
    await routes.load(randomSeries(4), tenant)
    const want = await routes.answers(cases, tenant)
    await routes.forget(MIDDLE)
    expect(await routes.answers(cases, tenant)).toEqual(want)
    await routes.forget(LAST + 1)
    expect(await routes.answers(cases, tenant)).toEqual(want)
    await routes.restart()
    expectClose(await routes.answers(cases, tenant), want)
  } finally {
    await front.stop()
  }
})
