/** `and`, `or` and `unless`: rows as they are, chosen at each step by whether the other side has a match there. */
import type { Evaluation } from '../eval/context.ts'
import { joined, withoutEmptyRows } from '../eval/rows.ts'
import { ABSENT } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'
import type { SetOp, VectorMatching } from '../syntax/ast.ts'
import { matchGroups } from './match-groups.ts'
import { withDistinctRows } from './names.ts'

/** Follows VectorAnd, VectorOr and VectorUnless, promql/engine.go@v3.14. */
export function combineSets(
  op: SetOp,
  left: StepVector,
  right: StepVector,
  matching: VectorMatching,
  evaluation: Evaluation,
): StepVector {
  const groups = matchGroups(matching)
  const groupsOf = { left: groups.of(left.labels), right: groups.of(right.labels) }
  if (op === 'or') {
    const present = presence(left, groupsOf.left, groups.size)
    const rest = withoutEmptyRows(chosen(right, groupsOf.right, present, 0))
    if (rest.labels.size === 0) return left
    return withDistinctRows(joined([left, rest], left.steps), evaluation)
  }
  const present = presence(right, groupsOf.right, groups.size)
  return withoutEmptyRows(chosen(left, groupsOf.left, present, op === 'and' ? 1 : 0))
}

/** By group and step: 1 where any row of the group has a sample. */
function presence({ kinds, steps, labels }: StepVector, groups: Uint32Array, count: number): Uint8Array {
  const present = new Uint8Array(count * steps)
  for (let row = 0; row < labels.size; row++) {
    const to = (groups[row] as number) * steps
    for (let s = 0; s < steps; s++) if (kinds[row * steps + s] !== ABSENT) present[to + s] = 1
  }
  return present
}

/** The samples of those steps at which the presence of their group is `wanted`. */
function chosen(vector: StepVector, groups: Uint32Array, present: Uint8Array, wanted: 0 | 1): StepVector {
  const { steps, labels } = vector
  const kinds = new Uint8Array(vector.kinds.length)
  for (let row = 0; row < labels.size; row++) {
    const group = (groups[row] as number) * steps
    for (let s = 0; s < steps; s++) {
      if (present[group + s] === wanted) kinds[row * steps + s] = vector.kinds[row * steps + s] as number
    }
  }
  return { ...vector, kinds }
}
