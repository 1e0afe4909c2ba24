/**
 * Operators between two vectors, set operators aside. Which rows go together is found once for all steps; only where several
 * rows of a group take turns, or fill values stand in, do the steps matter. Follows VectorBinop, promql/engine.go@v3.14.
 */
import type { Evaluation } from '../eval/context.ts'
import { executionFailed } from '../eval/errors.ts'
import { messages } from '../eval/messages.ts'
import { PairNumbers } from '../eval/pair-numbers.ts'
import { sameRows } from '../eval/rows.ts'
import { ABSENT, emptyTable, FLOAT } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { BinaryExpression, VectorMatching } from '../syntax/ast.ts'
import { isArithmetic } from './float-rows.ts'
import { matchGroups, rowsByGroup } from './match-groups.ts'
import type { GroupedRows } from './match-groups.ts'
import { withDistinctRows } from './names.ts'
import { FILLED, PairedLabels } from './paired-labels.ts'
import type { Pairs } from './paired-labels.ts'
import { numbersOperand, rowOperand, RowOperator } from './row-operator.ts'
import type { Operand } from './row-operator.ts'
import { checkOneSide, Meetings } from './uniqueness.ts'

/** Throws `promql.execution` for rows that can't be matched, and for results with the same label set. */
export function combineVectors(
  node: BinaryExpression,
  matching: VectorMatching,
  left: StepVector,
  right: StepVector,
  evaluation: Evaluation,
): StepVector {
  const { dialect } = evaluation
  const match = matched(left, right, matching)
  checkOneSide(match.one, match.ones, matching, match.many)
  const dropsMetadata = isArithmetic(node.op) || (node.returnsBool && !dialect.delayedNameRemoval)
  const pairs = pairsOf(match)
  const labels = new PairedLabels({ many: match.many.labels, one: match.one.labels }, pairs, matching, dropsMetadata)
  const out = emptyTable(labels, left.steps, namesToDrop(node, labels.size, evaluation))
  new Pairing(node, match, pairs, out, evaluation).run()
  return withDistinctRows(out, evaluation)
}

function namesToDrop(node: BinaryExpression, size: number, { dialect }: Evaluation): Uint8Array | undefined {
  return node.returnsBool && dialect.delayedNameRemoval ? new Uint8Array(size).fill(1) : undefined
}

/** Both sides by what they are: `one` has one sample a group at each step. With group_right that is the left side. */
interface Match {
  readonly matching: VectorMatching
  readonly many: StepVector
  readonly one: StepVector
  readonly groupCount: number
  readonly manyGroups: Uint32Array
  readonly oneGroups: Uint32Array
  readonly ones: GroupedRows
}

function matched(left: StepVector, right: StepVector, matching: VectorMatching): Match {
  const [many, one] = matching.cardinality === 'one-to-many' ? [right, left] : [left, right]
  const groups = matchGroups(matching)
  const manyGroups = groups.of(many.labels)
  const oneGroups = groups.of(one.labels)
  const ones = rowsByGroup(oneGroups, groups.size)
  return { matching, many, one, groupCount: groups.size, manyGroups, oneGroups, ones }
}

/**
 * Each row of the many side with each of its group and, where those leave steps open, with the fill value. Then the rows of the
 * other side with theirs.
 */
function pairsOf({ matching, many, one, manyGroups, ones }: Match): Pairs {
  const { fill } = matching
  const pairs: { readonly many: number[]; readonly one: number[] } = { many: [], one: [] }
  for (let row = 0; row < manyGroups.length; row++) {
    const group = manyGroups[row] as number
    const end = ones.starts[group + 1] as number
    for (let at = ones.starts[group] as number; at < end; at++) {
      pairs.many.push(row)
      pairs.one.push(ones.rows[at] as number)
    }
    if (fill.right !== undefined && !isFull(many, row, one, ones.rows.subarray(ones.starts[group], end))) {
      pairs.many.push(row)
      pairs.one.push(FILLED)
    }
  }
  if (fill.left !== undefined) {
    for (let row = 0; row < one.labels.size; row++) {
      pairs.many.push(FILLED)
      pairs.one.push(row)
    }
  }
  return { many: Uint32Array.from(pairs.many), one: Uint32Array.from(pairs.one) }
}

/** Some partner has a sample at every step at which the row has one. */
function isFull(many: StepVector, row: number, one: StepVector, partners: Uint32Array): boolean {
  const { steps } = many
  for (let s = 0; s < steps; s++) {
    if (many.kinds[row * steps + s] === ABSENT) continue
    if (!partners.some((partner) => one.kinds[partner * steps + s] !== ABSENT)) return false
  }
  return true
}

/** The work on all pairs. */
class Pairing {
  readonly #match: Match
  readonly #pairs: Pairs
  readonly #out: StepTable
  readonly #operator: RowOperator
  readonly #meetings: Meetings
  /** By pair, what must not meet at a step: pairs with the same number; undefined when none can. */
  readonly #rivals: Int32Array | undefined
  /** By group and step: 1 where a pair met; only for what is filled later. */
  readonly #isMet: Uint8Array | undefined
  readonly #met: Uint8Array

  constructor(node: BinaryExpression, match: Match, pairs: Pairs, out: StepTable, evaluation: Evaluation) {
    this.#match = match
    this.#pairs = pairs
    this.#out = out
    this.#operator = new RowOperator(node, evaluation)
    this.#meetings = new Meetings(out.steps)
    this.#rivals = rivalsOf(match, pairs, out)
    this.#isMet = match.matching.fill.left === undefined ? undefined : new Uint8Array(match.groupCount * out.steps)
    this.#met = new Uint8Array(out.steps)
  }

  run(): void {
    for (let pair = 0; pair < this.#pairs.many.length; pair++) this.#combine(pair)
    this.#operator.tell()
    if (!this.#meetings.haveCollided) return
    const isOneToOne = this.#match.matching.cardinality === 'one-to-one'
    throw executionFailed({ message: isOneToOne ? messages.implicitManyToOne : messages.ambiguousGrouping })
  }

  #combine(pair: number): void {
    const { many, one, matching, manyGroups, oneGroups } = this.#match
    const [row, partner] = [this.#pairs.many[pair] as number, this.#pairs.one[pair] as number]
    const group = (row === FILLED ? oneGroups[partner] : manyGroups[row]) as number
    const ours = row === FILLED ? this.#fillOfMany(group) : rowOperand(many, row)
    const theirs = partner === FILLED ? this.#fillOfOne(group) : rowOperand(one, partner)
    const [left, right] = matching.cardinality === 'one-to-many' ? [theirs, ours] : [ours, theirs]
    const rivals = this.#rivals?.[pair] ?? -1
    const isWatched = row !== FILLED && (rivals >= 0 || this.#isMet !== undefined)
    this.#operator.combine(left, right, this.#out, pair, isWatched ? this.#met : undefined)
    if (!isWatched) return
    if (rivals >= 0) this.#meetings.add(rivals, this.#met)
    if (this.#isMet !== undefined) this.#note(this.#isMet, group)
  }

  #note(isMet: Uint8Array, group: number): void {
    const { steps } = this.#out
    for (let s = 0; s < steps; s++) if (this.#met[s] === 1) isMet[group * steps + s] = 1
  }

  /** Stands in at steps at which the group has no sample on the one side. */
  #fillOfOne(group: number): Operand {
    const { one, ones, matching } = this.#match
    const { steps } = this.#out
    const kinds = new Uint8Array(steps).fill(FLOAT)
    for (let at = ones.starts[group] as number; at < (ones.starts[group + 1] as number); at++) {
      const from = (ones.rows[at] as number) * steps
      for (let s = 0; s < steps; s++) if (one.kinds[from + s] !== ABSENT) kinds[s] = ABSENT
    }
    return numbersOperand(new Float64Array(steps).fill(matching.fill.right ?? 0), kinds)
  }

  /** Stands in at steps at which nothing of the many side met the group's sample. */
  #fillOfMany(group: number): Operand {
    const { steps } = this.#out
    const kinds = new Uint8Array(steps)
    for (let s = 0; s < steps; s++) kinds[s] = this.#isMet?.[group * steps + s] === 1 ? ABSENT : FLOAT
    return numbersOperand(new Float64Array(steps).fill(this.#match.matching.fill.left ?? 0), kinds)
  }
}

/**
 * Pairs that must not meet have the same number, and pairs without a rival have -1. With one-to-one, those of a group are rivals;
 * else those of a group whose results have the same labels.
 */
function rivalsOf(
  { matching, manyGroups, groupCount }: Match,
  { many }: Pairs,
  out: StepTable,
): Int32Array | undefined {
  const keys = new PairNumbers()
  const same = matching.cardinality === 'one-to-one' ? undefined : sameRows(out.labels, { nameless: false })
  if (matching.cardinality !== 'one-to-one' && same === undefined) return undefined
  const rivals = new Int32Array(many.length).fill(-1)
  const counts = new Uint32Array(Math.max(many.length, groupCount))
  for (let pair = 0; pair < many.length; pair++) {
    const row = many[pair] as number
    if (row === FILLED) continue
    const group = manyGroups[row] as number
    const key = same === undefined ? group : keys.of(group, same[pair] as number)
    rivals[pair] = key
    counts[key] = (counts[key] as number) + 1
  }
  return counts.some((count) => count > 1) ? rivals.map((key) => ((counts[key] ?? 0) > 1 ? key : -1)) : undefined
}
