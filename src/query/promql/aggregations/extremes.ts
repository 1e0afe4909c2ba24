/** `min` and `max`: of floats only. A NaN yields to any other value. */
import type { Evaluation } from '../eval/context.ts'
import { messages } from '../eval/messages.ts'
import { FLOAT, HISTOGRAM } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { Aggregation } from '../syntax/ast.ts'
import { roomier, roomierFlags } from './columns.ts'
import type { Accumulator } from './fold.ts'

export class Extremes implements Accumulator {
  readonly letsPartsGo = true
  readonly #node: Aggregation
  readonly #evaluation: Evaluation
  #values = new Float64Array(0)
  #seen = new Uint8Array(0)

  constructor(node: Aggregation, evaluation: Evaluation) {
    this.#node = node
    this.#evaluation = evaluation
  }

  makeRoom(cells: number): void {
    this.#values = roomier(this.#values, cells, NaN)
    this.#seen = roomierFlags(this.#seen, cells)
  }

  add(part: StepVector, groups: Uint32Array): void {
    const { steps, kinds, values } = part
    const addRow = this.#node.op === 'max' ? raise : lower
    for (let row = 0; row < groups.length; row++) {
      addRow(kinds, values, row * steps, steps, this.#values, this.#seen, (groups[row] as number) * steps)
    }
    noteIgnoredHistograms(part, this.#node, this.#evaluation)
  }

  write(out: StepTable): void {
    const cells = out.kinds.length
    out.kinds.set(this.#seen.subarray(0, cells))
    out.values.set(this.#values.subarray(0, cells))
  }
}

/** Tells that an aggregation leaves histograms out, if the part has any. */
export function noteIgnoredHistograms(
  { kinds, histograms }: StepVector,
  node: Aggregation,
  evaluation: Evaluation,
): void {
  if (histograms === undefined || !kinds.includes(HISTOGRAM)) return
  evaluation.annotations.info(messages.ignoredHistogram(node.op), node.inner.span)
}

function raise(
  kinds: Uint8Array,
  values: Float64Array,
  from: number,
  steps: number,
  extremes: Float64Array,
  seen: Uint8Array,
  to: number,
): void {
  for (let s = 0; s < steps; s++) {
    if (kinds[from + s] !== FLOAT) continue
    const value = values[from + s] as number
    const held = extremes[to + s] as number
    if (held < value || held !== held) extremes[to + s] = value
    seen[to + s] = FLOAT
  }
}

function lower(
  kinds: Uint8Array,
  values: Float64Array,
  from: number,
  steps: number,
  extremes: Float64Array,
  seen: Uint8Array,
  to: number,
): void {
  for (let s = 0; s < steps; s++) {
    if (kinds[from + s] !== FLOAT) continue
    const value = values[from + s] as number
    const held = extremes[to + s] as number
    if (held > value || held !== held) extremes[to + s] = value
    seen[to + s] = FLOAT
  }
}
