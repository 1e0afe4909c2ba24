/** `count` and `group`: samples of any kind. */
import { ABSENT, FLOAT } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import { roomier } from './columns.ts'
import type { Accumulator } from './fold.ts'

export class Counts implements Accumulator {
  readonly letsPartsGo = true
  readonly #isGroup: boolean
  #counts = new Float64Array(0)

  /** `group` answers 1, whatever the count is. */
  constructor(op: 'count' | 'group') {
    this.#isGroup = op === 'group'
  }

  makeRoom(cells: number): void {
    this.#counts = roomier(this.#counts, cells)
  }

  add({ steps, kinds }: StepVector, groups: Uint32Array): void {
    const counts = this.#counts
    for (let row = 0; row < groups.length; row++) {
      const from = row * steps
      const to = (groups[row] as number) * steps
      for (let s = 0; s < steps; s++) {
        if (kinds[from + s] !== ABSENT) counts[to + s] = (counts[to + s] as number) + 1
      }
    }
  }

  write({ kinds, values }: StepTable): void {
    for (let cell = 0; cell < kinds.length; cell++) {
      const count = this.#counts[cell] as number
      if (count === 0) continue
      kinds[cell] = FLOAT
      values[cell] = this.#isGroup ? 1 : count
    }
  }
}
