import type { UnixMs } from '../core/time.ts'
import { compareUtf8 } from '../core/utf8.ts'
import { LabelSet, METRIC_NAME } from '../model/labels.ts'
import type { AlertingSpec } from './rule-file.ts'
import { overridesOf } from './rule-labels.ts'
import type { Overrides } from './rule-labels.ts'
import type { RuleSample } from './rule-query.ts'
import { evaluationFailed } from './rule.ts'
import type { Evaluated, RuleEvaluation } from './rule.ts'
import { expandAlertTemplate, prepareAlertTemplate } from './template/alert-template.ts'
import { Expander } from './template/expander.ts'
import type { PreparedTemplate } from './template/expander.ts'
import { alertData } from './template/sample-values.ts'

export type AlertState = 'inactive' | 'pending' | 'firing'

/** One instance of an alert: the condition for one set of labels. Changed by its rule only. */
export interface Alert {
  state: AlertState
  readonly labels: LabelSet
  /** In order of name; a value may be empty. */
  annotations: ReadonlyMap<string, string>
  /** Of the last evaluation that had one; 0 for a histogram. */
  value: number
  /** Since when the condition holds. */
  activeAt: UnixMs
  firedAt: UnixMs | undefined
  /** Since when it no longer holds. */
  resolvedAt: UnixMs | undefined
  /** Since when it fires only because of `keep_firing_for`. */
  keepFiringSince: UnixMs | undefined
}

/** How long a resolved alert is kept, so that its end can be told for sure. */
const RESOLVED_RETENTION = 15 * 60_000

/** What an alert knows of the server that it comes from. */
export interface AlertOrigin {
  readonly externalLabels: LabelSet
  readonly externalUrl: string
}

type NamedTemplate = readonly [name: string, template: PreparedTemplate | string]

/** Turns the result of a query into alerts. Follows prometheus/rules/alerting.go@v3.14. */
export class AlertingRule implements Evaluated {
  readonly kind = 'alerting'
  readonly spec: AlertingSpec
  /**
   * False until the state of before a restart was looked for: until then no series are written, which would hide what the
   * earlier process wrote.
   */
  isRestored: boolean
  readonly #origin: AlertOrigin
  readonly #labels: readonly NamedTemplate[]
  readonly #annotations: readonly NamedTemplate[]
  /** By the labels' key. */
  #alerts = new Map<string, Alert>()

  constructor(spec: AlertingSpec, origin: AlertOrigin, isRestored = true) {
    this.spec = spec
    this.isRestored = isRestored
    this.#origin = origin
    const prepared = (texts: ReadonlyMap<string, string>): readonly NamedTemplate[] =>
      Array.from(texts, ([name, text]) => [name, prepareAlertTemplate(spec.name, text)])
    this.#labels = prepared(spec.labels)
    this.#annotations = prepared(new Map([...spec.annotations].sort(([a], [b]) => compareUtf8(a, b))))
  }

  /** All alerts, also those that were firing and are over. */
  get alerts(): readonly Alert[] {
    return [...this.#alerts.values()]
  }

  /** Those that are pending or firing. */
  get activeAlerts(): readonly Alert[] {
    return this.alerts.filter(({ resolvedAt }) => resolvedAt === undefined)
  }

  /** The gravest state of its alerts. */
  get state(): AlertState {
    const states = new Set(this.alerts.map(({ state }) => state))
    if (states.has('firing')) return 'firing'
    return states.has('pending') ? 'pending' : 'inactive'
  }

  /** Goes on with the alerts of the rule that this one takes the place of. */
  takeOver(other: AlertingRule): void {
    this.#alerts = new Map([...this.#alerts, ...other.#alerts])
  }

  /**
   * Rejects with `rules.evaluation` when two alerts become one, or when there are too many (which ends them all); alerts stay
   * as they are when the query fails.
   */
  async evaluate(evaluation: RuleEvaluation): Promise<readonly RuleSample[]> {
    const { time, queryOffset, limit, query } = evaluation
    const result = await query(this.spec.query, (time - queryOffset) as UnixMs)
    const found = await this.#found(result, evaluation)
    for (const [key, alert] of found) this.#meet(key, alert)
    let count = 0
    const samples: RuleSample[] = []
    for (const [key, alert] of this.#alerts) {
      if (!this.#isActive(key, alert, found.has(key), time)) continue
      count++
      this.#progress(alert, time)
      if (this.isRestored) samples.push(this.#stateSample(alert), this.#forStateSample(alert))
    }
    if (limit > 0 && count > limit) {
      this.#alerts.clear()
      throw evaluationFailed({ message: `exceeded limit of ${limit} with ${count} alerts` })
    }
    return samples
  }

  /** The alerts for which the condition holds now, by key. */
  async #found(result: readonly RuleSample[], evaluation: RuleEvaluation): Promise<ReadonlyMap<string, Alert>> {
    const { time, query } = evaluation
    // Templates ask for the time of the evaluation itself, however far back the rule looks.
    const expander = new Expander({ query: (text) => query(text, time), time, externalUrl: this.#origin.externalUrl })
    const found = new Map<string, Alert>()
    for (const sample of result) {
      const alert = await this.#alertOf(sample, expander, evaluation)
      const key = alert.labels.key()
      if (found.has(key)) {
        throw evaluationFailed({
          message: 'vector contains metrics with the same labelset after applying alert labels',
        })
      }
      found.set(key, alert)
    }
    return found
  }

  async #alertOf({ labels, value }: RuleSample, expander: Expander, evaluation: RuleEvaluation): Promise<Alert> {
    const data = alertData({ labels, value, ...this.#origin })
    const expanded = async (templates: readonly NamedTemplate[]): Promise<Map<string, string>> => {
      const texts = new Map<string, string>()
      for (const [name, template] of templates) {
        texts.set(
          name,
          await expandAlertTemplate(template, data, expander, ({ message }) => evaluation.templateFailed(message)),
        )
      }
      return texts
    }
    const own = await expanded(this.#labels)
    own.set(METRIC_NAME, '').set('alertname', this.spec.name)
    return {
      state: 'pending',
      labels: labels.overridden(overridesOf(own)),
      annotations: await expanded(this.#annotations),
      value: typeof value === 'number' ? value : 0,
      activeAt: evaluation.time,
      firedAt: undefined,
      resolvedAt: undefined,
      keepFiringSince: undefined,
    }
  }

  /** An alert that goes on has new values; one that is over begins anew. */
  #meet(key: string, found: Alert): void {
    const known = this.#alerts.get(key)
    if (known === undefined || known.state === 'inactive') {
      this.#alerts.set(key, found)
      return
    }
    known.value = found.value
    known.annotations = found.annotations
  }

  /** Whether an alert goes on; one that does not is resolved or forgotten. */
  #isActive(key: string, alert: Alert, holds: boolean, time: UnixMs): boolean {
    if (holds) {
      alert.keepFiringSince = undefined
      return true
    }
    const keeps = this.#keepsFiring(alert, time)
    const isOld = alert.resolvedAt !== undefined && time - alert.resolvedAt > RESOLVED_RETENTION
    if (alert.state === 'pending' || isOld) this.#alerts.delete(key)
    if (alert.state !== 'inactive' && !keeps) {
      alert.state = 'inactive'
      alert.resolvedAt = time
    }
    return keeps
  }

  #keepsFiring(alert: Alert, time: UnixMs): boolean {
    const { keepFiringFor } = this.spec
    if (alert.state !== 'firing' || keepFiringFor <= 0) return false
    alert.keepFiringSince ??= time
    return time - alert.keepFiringSince < keepFiringFor
  }

  #progress(alert: Alert, time: UnixMs): void {
    const isLong = time - alert.activeAt >= this.spec.for
    if (alert.state === 'pending' && isLong) {
      alert.state = 'firing'
      alert.firedAt = time
    } else if (alert.state === 'firing' && !isLong) {
      // The rule has a longer `for` than it had.
      alert.state = 'pending'
      alert.firedAt = undefined
      alert.keepFiringSince = undefined
    }
  }

  #stateSample(alert: Alert): RuleSample {
    return { labels: this.#seriesLabels(alert, { [METRIC_NAME]: 'ALERTS', alertstate: alert.state }), value: 1 }
  }

  #forStateSample(alert: Alert): RuleSample {
    const value = Math.floor(alert.activeAt / 1000)
    return { labels: this.#seriesLabels(alert, { [METRIC_NAME]: 'ALERTS_FOR_STATE' }), value }
  }

  /** The labels of an alert; where a template made none, that of the rule as it is written, as in Prometheus. */
  #seriesLabels({ labels }: Alert, own: Readonly<Record<string, string>>): LabelSet {
    const over: Overrides = overridesOf(
      new Map([...labels.entries(), ...Object.entries(own), ['alertname', this.spec.name] as const]),
    )
    return LabelSet.from(this.spec.labels).overridden(over)
  }
}
