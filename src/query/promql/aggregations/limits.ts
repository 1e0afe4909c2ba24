/** `limitk` and `limit_ratio`: some of the rows as they are. Follows aggregationK, promql/engine.go@v3.14. */
import { joined, withoutEmptyRows } from '../eval/rows.ts'
import { ABSENT } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import { roomier } from './columns.ts'
import type { Fold } from './fold.ts'
import { Grouping } from './grouping.ts'
import type { GroupingClause } from './grouping.ts'
import { shareOf } from './row-shares.ts'

/** Keeps some cells of each part: writes the kinds of those into `kept`. */
type Choice = (part: StepVector, kept: Uint8Array) => void

class Limited implements Fold {
  readonly letsPartsGo = false
  readonly #choose: Choice
  readonly #steps: number
  readonly #kept: StepVector[] = []

  constructor(steps: number, choose: Choice) {
    this.#steps = steps
    this.#choose = choose
  }

  add(part: StepVector): void {
    const kinds = new Uint8Array(part.kinds.length)
    this.#choose(part, kinds)
    this.#kept.push(withoutEmptyRows({ ...part, kinds }))
  }

  finish(): StepVector {
    return joined(this.#kept, this.#steps)
  }
}

/** The first `counts[s]` samples of each group at each step. */
export function limitCount(clause: GroupingClause, counts: Float64Array): Fold {
  const steps = counts.length
  const grouping = new Grouping(clause)
  let taken = new Float64Array(0)
  return new Limited(steps, ({ labels, kinds }, kept) => {
    const groups = grouping.of(labels)
    taken = roomier(taken, grouping.size * steps)
    for (let row = 0; row < groups.length; row++) {
      const to = (groups[row] as number) * steps
      for (let s = 0; s < steps; s++) {
        const from = row * steps + s
        if (kinds[from] === ABSENT || (taken[to + s] as number) >= (counts[s] as number)) continue
        taken[to + s] = (taken[to + s] as number) + 1
        kept[from] = kinds[from] as number
      }
    }
  })
}

/** The rows whose place is below the ratio, or for a negative one those that its complement leaves. */
export function limitRatio(ratios: Float64Array): Fold {
  const steps = ratios.length
  return new Limited(steps, ({ labels, kinds }, kept) => {
    for (let row = 0; row < labels.size; row++) {
      const share = shareOf(labels, row)
      for (let s = 0; s < steps; s++) {
        const ratio = ratios[s] as number
        const isKept = ratio >= 0 ? share < ratio : share >= 1 + ratio
        if (isKept) kept[row * steps + s] = kinds[row * steps + s] as number
      }
    }
  })
}
