import type { UnixMs } from '../core/time.ts'
import { METRIC_NAME } from '../model/labels.ts'
import type { RecordingSpec } from './rule-file.ts'
import { overridesOf } from './rule-labels.ts'
import type { Overrides } from './rule-labels.ts'
import type { RuleSample } from './rule-query.ts'
import { evaluationFailed } from './rule.ts'
import type { Evaluated, RuleEvaluation } from './rule.ts'

/** Writes the result of a query under a name of its own. Follows prometheus/rules/recording.go@v3.14. */
export class RecordingRule implements Evaluated {
  readonly kind = 'recording'
  readonly spec: RecordingSpec
  readonly #overrides: Overrides

  constructor(spec: RecordingSpec) {
    this.spec = spec
    this.#overrides = overridesOf(new Map([[METRIC_NAME, spec.name], ...spec.labels]))
  }

  /** Rejects with `rules.evaluation` when two series become one, or when there are too many. */
  async evaluate({ time, queryOffset, limit, query }: RuleEvaluation): Promise<readonly RuleSample[]> {
    const result = await query(this.spec.query, (time - queryOffset) as UnixMs)
    const samples = result.map(({ labels, value }) => ({ labels: labels.overridden(this.#overrides), value }))
    if (new Set(samples.map(({ labels }) => labels.key())).size < samples.length) {
      throw evaluationFailed({ message: 'vector contains metrics with the same labelset after applying rule labels' })
    }
    if (limit > 0 && samples.length > limit) {
      throw evaluationFailed({ message: `exceeded limit of ${limit} with ${samples.length} series` })
    }
    return samples
  }
}
