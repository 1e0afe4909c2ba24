/** Aggregations with one result row a group: groups the rows of each part and hands them to the accumulator of the operator. */
import { LabelList } from '../eval/label-columns.ts'
import { ABSENT, emptyTable } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import { roomierFlags } from './columns.ts'
import type { Accumulator, Fold } from './fold.ts'
import { Grouping } from './grouping.ts'
import type { GroupingClause } from './grouping.ts'

export class GroupedFold implements Fold {
  readonly #grouping: Grouping
  readonly #accumulator: Accumulator
  readonly #steps: number
  /** By cell: a sample went in whose metric name is still to be dropped. */
  #drops: Uint8Array<ArrayBuffer> | undefined

  constructor(clause: GroupingClause, steps: number, accumulator: Accumulator) {
    this.#grouping = new Grouping(clause)
    this.#accumulator = accumulator
    this.#steps = steps
  }

  get letsPartsGo(): boolean {
    return this.#accumulator.letsPartsGo
  }

  add(part: StepVector): void {
    const groups = this.#grouping.of(part.labels)
    this.#accumulator.makeRoom(this.#grouping.size * this.#steps)
    this.#accumulator.add(part, groups)
    if (part.dropName !== undefined) this.#noteDrops(part, part.dropName, groups)
  }

  finish(): StepVector {
    const table = emptyTable(new LabelList(this.#grouping.sets), this.#steps)
    this.#accumulator.write(table)
    return this.#drops === undefined ? table : { ...table, dropName: dropNames(table, this.#drops) }
  }

  #noteDrops({ kinds }: StepVector, dropName: Uint8Array, groups: Uint32Array): void {
    const steps = this.#steps
    const drops = roomierFlags(this.#drops ?? new Uint8Array(0), this.#grouping.size * steps)
    this.#drops = drops
    for (let row = 0; row < groups.length; row++) {
      if (dropName[row] === 0) continue
      const to = (groups[row] as number) * steps
      for (let s = 0; s < steps; s++) if (kinds[row * steps + s] !== ABSENT) drops[to + s] = 1
    }
  }
}

/** The last step with a result decides about a group's name, as in Prometheus. */
function dropNames({ kinds, steps, labels }: StepTable, drops: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: labels.size }, (_, group) => {
    let cell = (group + 1) * steps - 1
    while (cell > group * steps && kinds[cell] === ABSENT) cell--
    return drops[cell] ?? 0
  })
}
