/** A binary operator between two rows of samples, at all steps. */
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { Evaluation } from '../eval/context.ts'
import { ABSENT, FLOAT, HISTOGRAM, setFloat, setHistogram } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { BinaryExpression, ComparisonOp } from '../syntax/ast.ts'
import { ARITHMETIC, COMPARISONS, isArithmetic, isComparison } from './float-rows.ts'
import { combineCells, incompatibleTypes } from './histogram-cells.ts'
import type { Note, Outcome } from './histogram-cells.ts'

/** One row of a vector, or numbers that stand for one. */
export interface Operand extends Pick<StepVector, 'kinds' | 'values' | 'histograms'> {
  /** Its first cell. */
  readonly from: number
}

/** A row of a vector. */
export function rowOperand({ kinds, values, histograms, steps }: StepVector, row: number): Operand {
  return { kinds, values, histograms, from: row * steps }
}

/** One number a step, there at all steps or where `kinds` says. */
export function numbersOperand(values: Float64Array, kinds = new Uint8Array(values.length).fill(FLOAT)): Operand {
  return { kinds, values, histograms: undefined, from: 0 }
}

export class RowOperator {
  readonly #node: BinaryExpression
  readonly #evaluation: Evaluation
  /** Whose value a comparison lets through. */
  readonly #kept: 'left' | 'right'
  readonly #mask: Uint8Array
  /** By step, what is told: the last pair of samples has the say. */
  #notes: (Note | undefined)[] | undefined

  constructor(node: BinaryExpression, evaluation: Evaluation, kept: 'left' | 'right' = 'left') {
    this.#node = node
    this.#evaluation = evaluation
    this.#kept = kept
    this.#mask = new Uint8Array(evaluation.grid.count)
  }

  /**
   * Writes a row of `out`, whose cells are still absent. `met`, if given, gets a 1 for each step at which two samples met that go
   * together, whatever came of it, else a 0.
   */
  combine(left: Operand, right: Operand, out: StepTable, row: number, met?: Uint8Array): void {
    const to = row * out.steps
    this.#combineFloats(left, right, out, to, met)
    if (left.histograms !== undefined || right.histograms !== undefined) {
      for (let s = 0; s < out.steps; s++) {
        const [l, r] = [left.kinds[left.from + s], right.kinds[right.from + s]]
        if (l === ABSENT || r === ABSENT || (l === FLOAT && r === FLOAT)) continue
        this.#combineCells(left, right, out, to, s, met)
      }
    }
  }

  /** Tells what was noticed: once, at the end. */
  tell(): void {
    for (const note of new Set(this.#notes?.filter((each) => each !== undefined))) {
      const { annotations } = this.#evaluation
      if (note.level === 'info') annotations.info(note.text, this.#node.span)
      else annotations.warn(note.text, this.#node.span)
    }
  }

  #combineFloats(left: Operand, right: Operand, out: StepTable, to: number, met: Uint8Array | undefined): void {
    const { op } = this.#node
    const { steps } = out
    const { kinds: a, from: i } = left
    const { kinds: b, from: j } = right
    if (isArithmetic(op)) ARITHMETIC[op](left, right, out.values, to, steps)
    else if (!isComparison(op)) return this.#refuseFloats(left, right, steps, met)
    // FLOAT is 1: the bits of two kinds are both set where both are floats.
    for (let s = 0; s < steps; s++) out.kinds[to + s] = (a[i + s] as number) & (b[j + s] as number) & FLOAT
    met?.set(out.kinds.subarray(to, to + steps))
    if (isComparison(op)) this.#compareFloats(op, left, right, out, to)
  }

  #compareFloats(op: ComparisonOp, left: Operand, right: Operand, out: StepTable, to: number): void {
    const { steps, kinds, values } = out
    const mask = this.#mask
    COMPARISONS[op](left, right, mask, 0, steps)
    if (this.#node.returnsBool) {
      for (let s = 0; s < steps; s++) values[to + s] = mask[s] as number
      return
    }
    const kept = this.#kept === 'left' ? left : right
    for (let s = 0; s < steps; s++) {
      values[to + s] = kept.values[kept.from + s] as number
      kinds[to + s] = (kinds[to + s] as number) & (mask[s] as number)
    }
  }

  /** Trims are for histograms only. */
  #refuseFloats(left: Operand, right: Operand, steps: number, met: Uint8Array | undefined): void {
    met?.fill(0)
    const note = incompatibleTypes(this.#node.op, 'float', 'float')
    for (let s = 0; s < steps; s++) {
      if (left.kinds[left.from + s] === FLOAT && right.kinds[right.from + s] === FLOAT) this.#note(s, note)
    }
  }

  #combineCells(
    left: Operand,
    right: Operand,
    out: StepTable,
    to: number,
    s: number,
    met: Uint8Array | undefined,
  ): void {
    const held = sampleAt(left, s)
    const outcome = combineCells(this.#node.op, held, sampleAt(right, s))
    if (outcome.kind !== 'test' && outcome.note !== undefined) this.#note(s, outcome.note)
    if (outcome.kind === 'refused') return
    if (met !== undefined) met[s] = 1
    this.#write(out, to + s, outcome, held)
  }

  #write(
    out: StepTable,
    cell: number,
    outcome: Exclude<Outcome, { kind: 'refused' }>,
    held: NativeHistogram | number,
  ): void {
    if (outcome.kind === 'value') setHistogram(out, cell, outcome.value)
    else if (this.#node.returnsBool) setFloat(out, cell, outcome.holds ? 1 : 0)
    else if (outcome.holds && typeof held !== 'number') setHistogram(out, cell, held)
  }

  #note(step: number, note: Note): void {
    this.#notes ??= []
    this.#notes[step] = note
  }
}

function sampleAt({ kinds, values, histograms, from }: Operand, step: number): NativeHistogram | number {
  const cell = from + step
  return kinds[cell] === HISTOGRAM ? (histograms?.[cell] as NativeHistogram) : (values[cell] as number)
}
