import { defineError } from '../core/errors.ts'
import type { DurationMs, UnixMs } from '../core/time.ts'
import type { RuleQuery, RuleSample } from './rule-query.ts'

export type RuleHealth = 'unknown' | 'ok' | 'err'

/** What a rule needs to be evaluated once. */
export interface RuleEvaluation {
  /** The time of the evaluation. */
  readonly time: UnixMs
  /** Queries look so far back, and what is written is dated back so far. */
  readonly queryOffset: DurationMs
  /** Series that the rule may produce; 0 = any number. */
  readonly limit: number
  readonly query: RuleQuery
  /** Told of templates that have no result; the evaluation goes on. */
  readonly templateFailed: (message: string) => void
}

/** A rule at work. What happened to it last is kept by its group. */
export interface RuleState {
  health: RuleHealth
  /** What the last evaluation failed of. */
  lastError: string | undefined
  /** When the last evaluation began; undefined before the first one. */
  lastEvaluation: UnixMs | undefined
  /** How long it took. */
  duration: DurationMs
}

/** The samples to be written, with their final labels. Rejects when the rule has no result; then nothing is written. */
export interface Evaluated {
  evaluate(evaluation: RuleEvaluation): Promise<readonly RuleSample[]>
}

export const evaluationFailed = defineError<{ message: string }>({
  code: 'rules.evaluation',
  status: 422,
  blame: 'operator',
  retry: false,
  message: ({ message }) => message,
  advice: "Change the rule's expression, its labels or the group's limit.",
})
