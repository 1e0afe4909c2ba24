import { compareUtf8 } from '../../core/utf8.ts'
import type { LabelSet } from '../../model/labels.ts'

/**
 * A label set under change: the set that it began with, and what was written since, so that rules which only look cost nothing.
 * The order in which labels are visited is that of labels.Builder.Range, prometheus/model/labels.
 */
export class LabelChanges {
  readonly #base: LabelSet
  /** Written labels in order of writing; '' is a deleted one. */
  #written: Map<string, string> | undefined

  constructor(base: LabelSet) {
    this.#base = base
  }

  /** The value of a label, '' when there is none. */
  get(name: string): string {
    return this.#written?.get(name) ?? this.#base.get(name) ?? ''
  }

  /** An empty value deletes. */
  set(name: string, value: string): void {
    this.#written ??= new Map()
    const before = this.#written.get(name)
    if (before === '' || value === '') this.#written.delete(name)
    this.#written.set(name, value)
  }

  /** What is there now, as a copy: labels that were not written first, in order of their names. */
  entries(): readonly (readonly [name: string, value: string])[] {
    const written = this.#written
    if (written === undefined) return [...this.#base.entries()]
    const kept = [...this.#base.entries()].filter(([name]) => !written.has(name))
    return [...kept, ...[...written].filter(([, value]) => value !== '')]
  }

  /** The outcome; the very set that it began with when nothing was written. */
  finish(): LabelSet {
    const written = this.#written
    if (written === undefined) return this.#base
    const changes = [...written].sort(([a], [b]) => compareUtf8(a, b))
    return this.#base.overridden(changes)
  }
}
