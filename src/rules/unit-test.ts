/**
 * Runs a unit test of rules: series come in as time goes on, rules are evaluated at each interval, and alerts and queries are
 * compared with what the test expects. Follows testGroup.test, cmd/promtool/unittest.go@v3.14, its messages too.
 */
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { durationMs, printDuration, unixMs } from '../core/time.ts'
import type { UnixMs } from '../core/time.ts'
import type { LabelSet } from '../model/labels.ts'
import type { TenantId } from '../model/tenant.ts'
import type { Path } from '../config/problem.ts'
import { PromqlEngine } from '../query/promql/engine.ts'
import { PROMETHEUS_DEFAULTS } from '../query/promql/eval/context.ts'
import { formatGoDecimal } from '../core/go-number.ts'
import { quote } from '../core/go-text.ts'
import { histogramText } from '../query/promql/series-line.ts'
import type { QueryContext } from '../signals/ingest.ts'
import type { MetricsConsumer, MetricsQuerier } from '../signals/metrics.ts'
import { InputSeries } from './unit-test-input.ts'
import { compareAlerts, printAlerts, sameAlerts } from './unit-test-alerts.ts'
import type { ComparedAlert } from './unit-test-alerts.ts'
import { checkQueryTest } from './unit-test-query.ts'
import type { AlertTest, UnitTest } from './unit-test-file.ts'

/** What a test needs of a rule group; its rules write what they record to the same store. */
export interface TestedGroup {
  readonly name: string
  evaluate(at: UnixMs): Promise<void>
  readonly rules: readonly TestedRule[]
}

export interface TestedRule {
  readonly name: string
  /** What the last evaluation failed of. */
  readonly lastError: string | undefined
  /** Alerts that fire; undefined for a recording rule. */
  readonly firing: (() => readonly ComparedAlert[]) | undefined
}

/** Where a test's series and the results of rules are kept; each test has a tenant of its own. */
export interface TestStore extends MetricsConsumer {
  readonly querier: MetricsQuerier
}

/** What the rules of a test are made with. */
export interface TestSurroundings {
  readonly store: TestStore
  readonly tenant: TenantId
  readonly engine: PromqlEngine
  readonly queryContext: QueryContext
  readonly test: UnitTest
  /** ms, that of groups which name none. */
  readonly interval: number
}

export interface UnitTestOptions {
  /** ms between evaluations. */
  readonly evaluationInterval: number
  readonly groupOrder: readonly string[]
  readonly fuzzyCompare: boolean
  readonly path: Path
}

export interface UnitTestDeps {
  readonly store: TestStore
  readonly tenant: TenantId
  readonly clock: Clock
  readonly signal: AbortSignal
  /** New groups in the state of a start. */
  readonly groups: (surroundings: TestSurroundings) => readonly TestedGroup[]
  /** Hears of everything that the store holds in the end, when given. */
  readonly dump?: (text: string) => void
}

export interface UnitTestFailure {
  /** In promtool's words. */
  readonly text: string
  /** What of the file failed. */
  readonly path: Path
  /** Where two texts differ: what stands before them, and both. */
  readonly sides?: { readonly head: string; readonly want: string; readonly got: string }
}

/** As promtool limits the queries of a test, but for the samples, of which it would allow 10,000. */
const LIMITS = { maxSamples: 50_000_000, maxSeries: 1_000_000, maxBytes: 2 ** 31 }

/** Every failure; none when the test passes. */
export async function runUnitTest(
  test: UnitTest,
  options: UnitTestOptions,
  deps: UnitTestDeps,
): Promise<readonly UnitTestFailure[]> {
  const nameless = test.alert_rule_test.findIndex(({ alertname }) => alertname === '')
  if (nameless >= 0) return [namelessAlert(test, nameless, options)]
  const inputs: InputSeries[] = []
  const failures: UnitTestFailure[] = []
  for (const [i, one] of test.input_series.entries()) {
    try {
      inputs.push(new InputSeries(one, { start: startOf(test), interval: intervalOf(test, options) }))
    } catch (error) {
      failures.push({ text: messageOf(error), path: [...options.path, 'input_series', i] })
    }
  }
  if (failures.length > 0) return failures
  return new Run(test, options, deps, inputs).run()
}

/** UnixMs. */
export function startOf(test: UnitTest): number {
  return test.start_timestamp ?? 0
}

function intervalOf({ interval }: UnitTest, { evaluationInterval }: UnitTestOptions): number {
  return interval > 0 ? interval : evaluationInterval
}

function namelessAlert(test: UnitTest, i: number, { path }: UnitTestOptions): UnitTestFailure {
  const time = printDuration(test.alert_rule_test[i]?.eval_time ?? durationMs(0))
  const group = test.name === '' ? '' : ` (in TestGroup ${test.name})`
  const text = `an item under alert_rule_test misses required attribute alertname at eval_time ${time}${group}`
  return { text, path: [...path, 'alert_rule_test', i] }
}

class Run {
  readonly #test: UnitTest
  readonly #options: UnitTestOptions
  readonly #deps: UnitTestDeps
  readonly #inputs: readonly InputSeries[]
  readonly #engine: PromqlEngine
  readonly #queryContext: QueryContext
  readonly #failures: UnitTestFailure[] = []

  constructor(test: UnitTest, options: UnitTestOptions, deps: UnitTestDeps, inputs: readonly InputSeries[]) {
    this.#test = test
    this.#options = options
    this.#deps = deps
    this.#inputs = inputs
    const dialect = { ...PROMETHEUS_DEFAULTS, defaultSubqueryStep: options.evaluationInterval }
    this.#engine = new PromqlEngine({ dialect }, { querier: deps.store.querier, clock: deps.clock })
    this.#queryContext = { tenant: deps.tenant, signal: deps.signal, limits: LIMITS }
  }

  async run(): Promise<readonly UnitTestFailure[]> {
    const groups = inOrder(this.#groups(), this.#options.groupOrder)
    if (await this.#evaluateRules(groups)) {
      await this.#checkQueries()
      if (this.#deps.dump !== undefined) await this.#dump(this.#deps.dump)
    }
    return this.#failures
  }

  #groups(): readonly TestedGroup[] {
    const { store, tenant, groups } = this.#deps
    const test = this.#test
    return groups({
      store,
      tenant,
      engine: this.#engine,
      queryContext: this.#queryContext,
      test,
      interval: intervalOf(test, this.#options),
    })
  }

  /** False when a rule failed, after which nothing else is looked at. */
  async #evaluateRules(groups: readonly TestedGroup[]): Promise<boolean> {
    const { evaluationInterval } = this.#options
    const start = startOf(this.#test)
    const last = lastEvaluation(this.#test)
    const alertTests = [...this.#test.alert_rule_test.entries()].sort(([, a], [, b]) => a.eval_time - b.eval_time)
    for (let since = 0; since <= last; since += evaluationInterval) {
      await this.#loadUntil(start + since)
      for (const group of groups) await group.evaluate(unixMs(start + since))
      if (this.#noteRuleErrors(groups, start + since)) return false
      for (const [i, test] of alertTests) {
        if (test.eval_time >= since && test.eval_time < since + evaluationInterval) this.#checkAlerts(test, i, groups)
      }
    }
    return true
  }

  async #loadUntil(time: number): Promise<void> {
    const { store, tenant, signal } = this.#deps
    const batch = InputSeries.batch(this.#inputs, time, store.seriesTable(tenant))
    if (batch === undefined) return
    const { rejections } = await store.consumeMetrics(batch, { tenant, signal, receivedAt: unixMs(time) })
    for (const { message } of rejections)
      this.#failures.push({ text: message, path: [...this.#options.path, 'input_series'] })
  }

  #noteRuleErrors(groups: readonly TestedGroup[], time: number): boolean {
    const failed = groups.flatMap(({ rules }) => rules.filter(({ lastError }) => lastError !== undefined))
    for (const { name, lastError = '' } of failed) {
      const text = `    rule: ${name}, time: ${goDuration(time)}, err: ${lastError}`
      this.#failures.push({ text, path: this.#options.path })
    }
    return failed.length > 0
  }

  #checkAlerts(test: AlertTest, at: number, groups: readonly TestedGroup[]): void {
    const got = groups
      .flatMap(({ rules }) => rules)
      .flatMap(({ name, firing }) => (name === test.alertname ? (firing?.() ?? []) : []))
      .toSorted(compareAlerts)
    const want = test.exp_alerts
      .map(({ exp_labels, exp_annotations }): ComparedAlert => {
        return { labels: { ...exp_labels, alertname: test.alertname }, annotations: exp_annotations }
      })
      .toSorted(compareAlerts)
    if (sameAlerts(want, got)) return
    const name = this.#test.name === '' ? '' : `    name: ${this.#test.name},\n`
    const head = `${name}    alertname: ${test.alertname}, time: ${printDuration(test.eval_time)}, \n`
    const sides = { head: head.trimEnd(), want: printAlerts(want), got: printAlerts(got) }
    const shown = (alerts: readonly ComparedAlert[]): string => printAlerts(alerts, '            ')
    const text = `${head}        exp:${shown(want)}, \n        got:${shown(got)}`
    this.#failures.push({ text, path: [...this.#options.path, 'alert_rule_test', at], sides })
  }

  async #checkQueries(): Promise<void> {
    for (const [i, test] of this.#test.promql_expr_test.entries()) {
      const failure = await checkQueryTest(test, {
        engine: this.#engine,
        ctx: this.#queryContext,
        start: startOf(this.#test),
        fuzzy: this.#options.fuzzyCompare,
      })
      if (failure !== undefined) {
        this.#failures.push({ ...failure, path: [...this.#options.path, 'promql_expr_test', i] })
      }
    }
  }

  async #dump(dump: (text: string) => void): Promise<void> {
    // PromQL has no range of a fraction of a second.
    const length = Math.floor((lastEvaluation(this.#test) + 1000) / 1000) * 1000
    // A range leaves out its very start, where the first samples are.
    const query = `{__name__=~".+"}[${length + 1}ms]`
    const { value } = await this.#engine.evaluateInstant(query, startOf(this.#test) + length, this.#queryContext)
    const series = value.type === 'samples' ? value.series : []
    const lines = series.map(({ labels, timestamps, values, histograms }) => {
      const floats = timestamps.map((time, i) => `${formatGoDecimal(values[i] as number)} @[${time}]`)
      const others = histograms.map((one) => `${histogramText(one.value)} @[${one.timestamp}]`)
      return `${seriesText(labels)} =>\n${[...floats, ...others].join('\n')}\n`
    })
    dump(`DEBUG: Dump of all data (input_series and rules) at ${goDuration(length)}:\n${lines.join('')}`)
  }
}

/** Groups that the order does not name come first, with the first that it names; equal ones stay as they are. */
function inOrder(groups: readonly TestedGroup[], order: readonly string[]): readonly TestedGroup[] {
  const rank = ({ name }: TestedGroup): number => Math.max(0, order.indexOf(name))
  return groups.toSorted((a, b) => rank(a) - rank(b))
}

/** ms after the start. */
function lastEvaluation({ alert_rule_test: alerts, promql_expr_test: queries }: UnitTest): number {
  return [...alerts, ...queries].reduce((last, { eval_time: time }) => Math.max(last, time), 0)
}

/** `1h2m3.5s`, as Go prints a time.Duration. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1000) return `${ms}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  const seconds = (ms % 60_000) / 1000
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : ''
  return `${head}${seconds}s`
}

function seriesText(labels: LabelSet): string {
  const pairs = [...labels.entries()].map(([name, value]) => `${name}=${quote(value)}`)
  return `{${pairs.join(', ')}}`
}
