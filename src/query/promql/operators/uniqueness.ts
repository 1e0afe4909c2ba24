/** What vector matching refuses: several rows where there may be one, at the same step. */
import { executionFailed } from '../eval/errors.ts'
import { messages } from '../eval/messages.ts'
import { ABSENT } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import type { LabelSet } from '../../../model/labels.ts'
import { isLabelName } from '../../../model/names.ts'
import { quote } from '../../../core/go-text.ts'
import type { VectorMatching } from '../syntax/ast.ts'
import { matchedLabels } from './match-groups.ts'
import type { GroupedRows } from './match-groups.ts'

interface Duplicate {
  readonly step: number
  readonly first: number
  readonly second: number
}

/**
 * Throws `promql.execution` when two rows of a group have a sample at the same step. Steps at which the other side has no sample
 * at all don't count, unless there are fill values.
 */
export function checkOneSide(one: StepVector, grouped: GroupedRows, matching: VectorMatching, other: StepVector): void {
  let earliest: Duplicate | undefined
  for (let group = 0; group + 1 < grouped.starts.length; group++) {
    const [start, end] = [grouped.starts[group] as number, grouped.starts[group + 1] as number]
    if (end - start < 2) continue
    const rows = grouped.rows.subarray(start, end)
    const found = firstDuplicate(one, rows, (step) => hasFill(matching) || hasSampleAt(other, step))
    if (found === undefined) continue
    const isEarlier =
      earliest === undefined ||
      found.step < earliest.step ||
      (found.step === earliest.step && found.second < earliest.second)
    if (isEarlier) earliest = found
  }
  if (earliest !== undefined) throw executionFailed({ message: duplicateMessage(one, earliest, matching) })
}

function hasFill({ fill }: VectorMatching): boolean {
  return fill.left !== undefined || fill.right !== undefined
}

function firstDuplicate(
  { kinds, steps }: StepVector,
  rows: Uint32Array,
  counts: (step: number) => boolean,
): Duplicate | undefined {
  for (let s = 0; s < steps; s++) {
    let first: number | undefined
    for (const row of rows) {
      if (kinds[row * steps + s] === ABSENT) continue
      if (first === undefined) first = row
      else if (counts(s)) return { step: s, first, second: row }
      else break
    }
  }
  return undefined
}

function hasSampleAt({ kinds, steps, labels }: StepVector, step: number): boolean {
  for (let row = 0; row < labels.size; row++) if (kinds[row * steps + step] !== ABSENT) return true
  return false
}

function duplicateMessage({ labels }: StepVector, { first, second }: Duplicate, matching: VectorMatching): string {
  const group = printLabels(matchedLabels(labels.at(second), matching))
  const series = [printLabels(labels.at(first)), printLabels(labels.at(second))].sort()
  const side = matching.cardinality === 'one-to-many' ? 'left' : 'right'
  return messages.duplicateSeries(group, side, series[0] as string, series[1] as string)
}

/** `{a="b", c="d"}`, the metric name like any other label. Follows Labels.String. */
function printLabels(labels: LabelSet): string {
  const pairs = [...labels.entries()].map(([name, value]) => {
    return `${isLabelName(name, 'legacy') ? name : quote(name)}=${quote(value)}`
  })
  return `{${pairs.join(', ')}}`
}

/** Watches that results that have to differ don't meet at a step; remembers the earliest where they do. */
export class Meetings {
  readonly #steps: number
  readonly #met = new Map<number, Uint8Array>()
  #earliest = Infinity

  constructor(steps: number) {
    this.#steps = steps
  }

  /** `met`: 1 for the steps at which something came of this key. */
  add(key: number, met: Uint8Array): void {
    let held = this.#met.get(key)
    if (held === undefined) {
      held = new Uint8Array(this.#steps)
      this.#met.set(key, held)
    }
    for (let s = 0; s < this.#steps; s++) {
      if (met[s] === 0) continue
      if (held[s] === 1) this.#earliest = Math.min(this.#earliest, s)
      held[s] = 1
    }
  }

  get haveCollided(): boolean {
    return this.#earliest !== Infinity
  }
}
