/** One group of rules at work. Follows Eval, prometheus/rules/group.go@v3.14. */
import type { Clock } from '../core/clock.ts'
import { BongsuError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { durationMs } from '../core/time.ts'
import type { DurationMs, UnixMs } from '../core/time.ts'
import type { LabelSet } from '../model/labels.ts'
import { AlertingRule } from './alerting.ts'
import type { AlertOrigin } from './alerting.ts'
import { RecordingRule } from './recording.ts'
import type { RuleGroupSpec, RuleSpec } from './rule-file.ts'
import type { RuleQuery } from './rule-query.ts'
import type { RuleState } from './rule.ts'
import type { RuleWriter, Written } from './rule-writer.ts'

/** What groups take from the configuration where they don't say it themselves. */
export interface GroupDefaults {
  readonly interval: DurationMs
  readonly queryOffset: DurationMs
}

export interface GroupDeps {
  readonly query: RuleQuery
  readonly writer: RuleWriter
  readonly clock: Clock
  readonly origin: AlertOrigin
  readonly log: Log
}

export interface RuleGroupOptions {
  readonly defaults: GroupDefaults
  /** False when alerts of an earlier process are still to be looked for: see `AlertingRule.isRestored`. */
  readonly isRestored?: boolean
}

/** A rule of a group, with what happened to it last. */
export interface GroupRule {
  readonly rule: RecordingRule | AlertingRule
  readonly state: RuleState
}

interface OwnRule extends GroupRule {
  /** The series that the last evaluation wrote, by key. */
  series: ReadonlyMap<string, LabelSet>
}

export class RuleGroup {
  readonly spec: RuleGroupSpec
  readonly interval: DurationMs
  readonly queryOffset: DurationMs
  /** When the last evaluation began, and how long it took. */
  lastEvaluation: UnixMs | undefined
  duration: DurationMs = durationMs(0)
  readonly #deps: GroupDeps
  readonly #rules: readonly OwnRule[]
  /** Series of rules that are no longer there. */
  #orphans: readonly LabelSet[] = []

  constructor(spec: RuleGroupSpec, { defaults, isRestored = true }: RuleGroupOptions, deps: GroupDeps) {
    this.spec = spec
    this.interval = spec.interval ?? defaults.interval
    this.queryOffset = spec.queryOffset ?? defaults.queryOffset
    this.#deps = deps
    this.#rules = spec.rules.map((rule) => ownRule(rule, deps.origin, isRestored))
  }

  /** In order of the file. */
  get rules(): readonly GroupRule[] {
    return this.#rules
  }

  /**
   * Evaluates the rules one after the other, each seeing what those before it wrote. Failures are told by the rules' states;
   * rejects only with the signal's reason.
   */
  async evaluate(time: UnixMs, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps
    const begun = clock.monotonic()
    this.lastEvaluation = clock.now()
    for (const own of this.#rules) {
      signal.throwIfAborted()
      await this.#evaluateRule(own, time, signal)
    }
    await this.#endOrphans(time, signal)
    this.duration = durationMs(clock.monotonic() - begun)
  }

  /**
   * Goes on where `before`, the same group of an earlier configuration, ends: alerts stay, series of rules that are gone end
   * with the next evaluation. Rules are known again by name and labels, the first with the first where several are alike.
   */
  takeOver(before: RuleGroup): void {
    this.lastEvaluation = before.lastEvaluation
    this.duration = before.duration
    const left = new Map<string, OwnRule[]>()
    for (const own of before.#rules) left.set(identity(own), [...(left.get(identity(own)) ?? []), own])
    for (const own of this.#rules) {
      const known = left.get(identity(own))?.shift()
      if (known === undefined) continue
      own.series = known.series
      if (own.rule.kind === 'alerting' && known.rule.kind === 'alerting') own.rule.takeOver(known.rule)
    }
    const gone = [...left.values()].flat().flatMap(({ series }) => [...series.values()])
    this.#orphans = [...before.#orphans, ...gone]
  }

  async #evaluateRule(own: OwnRule, time: UnixMs, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps
    const { state } = own
    const begun = clock.monotonic()
    state.lastEvaluation = clock.now()
    try {
      await this.#evaluateAndWrite(own, time, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof BongsuError)) throw error
      this.#fail(own, error.message)
    } finally {
      state.duration = durationMs(clock.monotonic() - begun)
    }
  }

  async #evaluateAndWrite(own: OwnRule, time: UnixMs, signal: AbortSignal): Promise<void> {
    const { query, writer } = this.#deps
    const { rule, state, series } = own
    const { queryOffset } = this
    const { limit } = this.spec
    const templateFailed = (message: string): void => {
      this.#log(own).warn('expanding an alert template failed', { error: message })
    }
    const samples = await rule.evaluate({ time, queryOffset, limit, query, templateFailed })
    const present = new Set(samples.map(({ labels }) => labels.key()))
    const stale = [...series].filter(([key]) => !present.has(key)).map(([, labels]) => labels)
    const written = await writer.write({ samples, stale, time: (time - queryOffset) as UnixMs }, signal)
    state.health = 'ok'
    state.lastError = undefined
    own.series = new Map(written.kept.map(({ labels }) => [labels.key(), labels]))
    this.#tellRefusal(own, written)
  }

  #tellRefusal(own: OwnRule, { refusal, refused }: Written): void {
    if (refusal !== undefined) this.#fail(own, refusal.message, { refused })
  }

  #fail(own: OwnRule, error: string, fields: Readonly<Record<string, number>> = {}): void {
    own.state.health = 'err'
    own.state.lastError = error
    this.#log(own).warn('a rule could not be evaluated', { error, ...fields })
  }

  #log({ rule }: OwnRule): Log {
    const { file, name } = this.spec
    return this.#deps.log.child({ file, group: name, rule: rule.spec.name })
  }

  async #endOrphans(time: UnixMs, signal: AbortSignal): Promise<void> {
    if (this.#orphans.length === 0) return
    try {
      const at = (time - this.queryOffset) as UnixMs
      await this.#deps.writer.write({ samples: [], stale: this.#orphans, time: at }, signal)
      this.#orphans = []
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof BongsuError)) throw error
      this.#deps.log.warn('series of rules that are gone could not be ended yet', { error: error.message })
    }
  }
}

function ownRule(spec: RuleSpec, origin: AlertOrigin, isRestored: boolean): OwnRule {
  return {
    rule: spec.kind === 'recording' ? new RecordingRule(spec) : new AlertingRule(spec, origin, isRestored),
    state: { health: 'unknown', lastError: undefined, lastEvaluation: undefined, duration: durationMs(0) },
    series: new Map(),
  }
}

function identity({ rule }: OwnRule): string {
  const labels = [...rule.spec.labels].sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([rule.spec.name, labels])
}
