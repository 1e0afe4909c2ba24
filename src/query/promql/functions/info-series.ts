import type { LabelSet } from '../../../model/labels.ts'
import { executionFailed } from '../eval/errors.ts'
import { FLOAT, HISTOGRAM } from '../eval/vector.ts'
import type { StepVector } from '../eval/vector.ts'

/** Labels that say which target a series is of. */
export const IDENTIFYING = ['instance', 'job'] as const

/** Info series by metric and target; where a target has several of one metric, the one with the newest sample counts. */
export class InfoSeries {
  readonly #info: StepVector
  readonly #wanted: Uint8Array
  /** By target, then by metric: at each step the row that counts, -1 where none has a sample. */
  readonly #chosen = new Map<string, Map<string, Int32Array>>()

  /**
   * Values of `info` are the times of its samples, in seconds. Steps that are not `wanted` don't matter. Throws
   * `promql.execution` when two series of one metric and target have samples of the same time, and for histograms.
   */
  constructor(info: StepVector, wanted: Uint8Array) {
    this.#info = info
    this.#wanted = wanted
    for (let row = 0; row < info.labels.size; row++) this.#add(row)
  }

  labelsAt(row: number): LabelSet {
    return this.#info.labels.at(row)
  }

  /** For each metric that knows the target of these labels: the row that counts at each step. */
  ofTarget(labels: LabelSet): readonly Int32Array[] {
    const metrics = this.#chosen.get(targetOf(labels))
    return metrics === undefined ? [] : [...metrics.values()]
  }

  #add(row: number): void {
    const { labels, steps, kinds, values } = this.#info
    const chosen = this.#rowsOf(labels.at(row))
    for (let s = 0; s < steps; s++) {
      const cell = row * steps + s
      if (kinds[cell] === HISTOGRAM) throw notFloat(labels.at(row))
      if (kinds[cell] !== FLOAT || this.#wanted[s] === 0) continue
      const rival = chosen[s] as number
      const time = values[cell] as number
      const rivalTime = rival < 0 ? -Infinity : (values[rival * steps + s] as number)
      if (time === rivalTime) throw this.#ambiguous(rival, row, time)
      if (time > rivalTime) chosen[s] = row
    }
  }

  #rowsOf(labels: LabelSet): Int32Array {
    const target = targetOf(labels)
    const metrics = this.#chosen.get(target) ?? new Map<string, Int32Array>()
    this.#chosen.set(target, metrics)
    const chosen = metrics.get(labels.name) ?? new Int32Array(this.#info.steps).fill(-1)
    metrics.set(labels.name, chosen)
    return chosen
  }

  #ambiguous(existing: number, added: number, seconds: number): Error {
    const time = Math.round(seconds * 1000)
    const [one, other] = [existing, added].map((row) => this.labelsAt(row).toString())
    return executionFailed({
      message: `found duplicate series for info metric: existing ${one} @ ${time}, new ${other} @ ${time}`,
    })
  }
}

function notFloat(labels: LabelSet): Error {
  return executionFailed({ message: `this should be an info metric, with float samples: ${labels.toString()}` })
}

function targetOf(labels: LabelSet): string {
  return IDENTIFYING.map((name) => labels.get(name) ?? '').join('\u0000')
}
