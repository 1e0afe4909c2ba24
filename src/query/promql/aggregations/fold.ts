/** How aggregations take their input: part by part, so that they never hold all series. */
import type { StepTable, StepVector } from '../eval/vector.ts'

export interface Fold {
  /** Whether nothing of a part is needed once it was added. */
  readonly letsPartsGo: boolean
  /** Takes in some of the rows; parts of one stream, in its order. The part may be kept until `finish`, unless `letsPartsGo`. */
  add(part: StepVector): void
  /** The result, once. Throws `promql.execution`. */
  finish(): StepVector
}

/** A fold without any result. */
export function emptyFold(result: StepVector): Fold {
  return { letsPartsGo: true, add: () => undefined, finish: () => result }
}

/**
 * What an aggregation keeps of each of its cells, `group * steps + step`, while samples come in. Cells begin empty, and only
 * cells that were made room for are touched.
 */
export interface Accumulator {
  /** See `Fold`. */
  readonly letsPartsGo: boolean
  makeRoom(cells: number): void
  /** Takes in a part; `groups` tells the group of each row. */
  add(part: StepVector, groups: Uint32Array): void
  /** Writes the cells that have a result. */
  write(out: StepTable): void
}
