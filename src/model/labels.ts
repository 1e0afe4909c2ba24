import { compareUtf8 } from '../core/utf8.ts'
import { isLabelName, isMetricName } from './names.ts'

export const METRIC_NAME = '__name__'

/**
 * An immutable label set: name/value pairs, sorted by the UTF-8 bytes of the name, no name twice, no empty value
 * (an empty value means that the label is absent). Identifies a series, a stream or an alert within a tenant.
 */
export class LabelSet {
  static readonly EMPTY = new LabelSet([])

  /** Flat and sorted: `[name, value, name, value, ...]`. */
  readonly pairs: readonly string[]

  private constructor(pairs: readonly string[]) {
    this.pairs = pairs
  }

  /** From any pairs in any order; a later pair of the same name wins, empty values are left out. */
  static from(entries: Iterable<readonly [string, string]>): LabelSet {
    const map = new Map<string, string>()
    for (const [name, value] of entries) map.set(name, value)
    const names = [...map.keys()].filter((name) => map.get(name) !== '').sort(compareUtf8)
    return new LabelSet(names.flatMap((name) => [name, map.get(name) ?? '']))
  }

  static of(labels: Readonly<Record<string, string>>): LabelSet {
    return LabelSet.from(Object.entries(labels))
  }

  /** Trusts the caller: `pairs` is flat, sorted by UTF-8 bytes, without repeats and empty values. For decoders that have checked. */
  static fromSorted(pairs: readonly string[]): LabelSet {
    return pairs.length === 0 ? LabelSet.EMPTY : new LabelSet(pairs)
  }

  get size(): number {
    return this.pairs.length / 2
  }

  /** The metric name, or '' when there is none. */
  get name(): string {
    return this.get(METRIC_NAME) ?? ''
  }

  get(name: string): string | undefined {
    const { pairs } = this
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1]
    return undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  *entries(): IterableIterator<readonly [name: string, value: string]> {
    const { pairs } = this
    for (let i = 0; i < pairs.length; i += 2) yield [pairs[i] as string, pairs[i + 1] as string]
  }

  /** A copy with `changes` applied; an empty value removes the label. */
  with(changes: Readonly<Record<string, string>>): LabelSet {
    return LabelSet.from([...this.entries(), ...Object.entries(changes)])
  }

  /** A copy with `changes` over it, which are sorted as the label set is; an empty value removes the label. */
  overridden(changes: Iterable<readonly [name: string, value: string]>): LabelSet {
    const { pairs } = this
    const merged: string[] = []
    let at = 0
    for (const [name, value] of changes) {
      while (at < pairs.length && compareUtf8(pairs[at] as string, name) < 0) {
        merged.push(pairs[at] as string, pairs[at + 1] as string)
        at += 2
      }
      if (pairs[at] === name) at += 2
      if (value !== '') merged.push(name, value)
    }
    for (; at < pairs.length; at++) merged.push(pairs[at] as string)
    return LabelSet.fromSorted(merged)
  }

  without(...names: readonly string[]): LabelSet {
    return LabelSet.fromSorted([...this.entries()].filter(([name]) => !names.includes(name)).flat())
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.entries())
  }

  /** A string that is equal exactly for equal label sets; not for people. */
  key(): string {
    return this.pairs.join('\u0000')
  }

  equals(other: LabelSet): boolean {
    return this.pairs.length === other.pairs.length && this.pairs.every((part, i) => part === other.pairs[i])
  }

  /** Prometheus' notation: `name{label="value", ...}`; names that are not legacy-valid are quoted. */
  toString(): string {
    const { name } = this
    const bare = isMetricName(name, 'legacy')
    const inside = [...this.entries()]
      .filter(([label]) => label !== METRIC_NAME || !bare)
      .map(([label, value]) => {
        if (label === METRIC_NAME) return JSON.stringify(value)
        return `${isLabelName(label, 'legacy') ? label : JSON.stringify(label)}=${JSON.stringify(value)}`
      })
    const head = bare ? name : ''
    return inside.length === 0 && head !== '' ? head : `${head}{${inside.join(', ')}}`
  }
}

/** Orders label sets as Prometheus does (labels.Compare): pair by pair, by UTF-8 bytes. */
export function compareLabelSets(a: LabelSet, b: LabelSet): number {
  const length = Math.min(a.pairs.length, b.pairs.length)
  for (let i = 0; i < length; i++) {
    const order = compareUtf8(a.pairs[i] as string, b.pairs[i] as string)
    if (order !== 0) return order
  }
  return a.pairs.length - b.pairs.length
}
