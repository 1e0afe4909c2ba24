/**
 * The series of one tenant: label sets by dense refs, and back. No JS object a series: a label set is its shape (the sorted
 * list of label names, shared by many series) and one value id a label.
 */
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import { grownUint8, grownUint32 } from './columns.ts'
import { LabelDictionary } from './dictionary.ts'
import type { ValueId } from './dictionary.ts'
import { metricHash } from './identity.ts'
import type { SeriesId } from './identity.ts'
import { IdTable } from './id-table.ts'
import { Postings } from './postings.ts'

/** A list of label names in their order. */
interface Shape {
  readonly key: string
  readonly labels: readonly LabelDictionary[]
  readonly positions: ReadonlyMap<LabelDictionary, number>
  series: number
}
const NO_SHAPE: Shape = { key: '', labels: [], positions: new Map(), series: 0 }

const FREE = 0
const ALIVE = 1
/** Left, but its labels stay readable until `reuse`. */
const RETIRED = 2

export class SeriesRegistry {
  readonly #postings = new Postings()
  readonly #labels = new Map<string, LabelDictionary>()
  readonly #shapes: Shape[] = []
  readonly #shapeIds = new Map<string, number>()
  readonly #freeShapes: number[] = []
  readonly #table: IdTable
  readonly #freeRefs: number[] = []
  readonly #freeValues: number[][] = []
  #values: Uint32Array = new Uint32Array(0)
  #valuesUsed = 0
  #states: Uint8Array = new Uint8Array(0)
  #shapeOf: Uint32Array = new Uint32Array(0)
  #valuesAt: Uint32Array = new Uint32Array(0)
  #idHi: Uint32Array = new Uint32Array(0)
  #idLo: Uint32Array = new Uint32Array(0)
  #metricOf: Uint32Array = new Uint32Array(0)
  #size = 0
  #alive = 0

  constructor() {
    this.#table = new IdTable((ref) => this.#idLo[ref] as number)
  }

  /** All refs are below this. */
  get size(): number {
    return this.#size
  }

  /** Series that are alive. */
  get count(): number {
    return this.#alive
  }

  /** Halves of the ids and the metric hashes by ref: for encoders. Valid until the next `add`. */
  get columns(): { readonly idHi: Uint32Array; readonly idLo: Uint32Array; readonly metric: Uint32Array } {
    return { idHi: this.#idHi, idLo: this.#idLo, metric: this.#metricOf }
  }

  /** About the bytes of everything here. */
  get bytes(): number {
    let total = this.#postings.bytes + this.#values.byteLength + this.#table.bytes + this.#states.length * 21
    for (const label of this.#labels.values()) total += label.bytes
    return total
  }

  isAlive(ref: number): boolean {
    return this.#states[ref] === ALIVE
  }

  label(name: string): LabelDictionary | undefined {
    return this.#labels.get(name)
  }

  labels(): IterableIterator<LabelDictionary> {
    return this.#labels.values()
  }

  findById(id: SeriesId): number | undefined {
    return this.#table.find(id.lo, (ref) => this.#idHi[ref] === id.hi && this.#idLo[ref] === id.lo)
  }

  idOf(ref: number): SeriesId {
    return { hi: this.#idHi[ref] as number, lo: this.#idLo[ref] as number }
  }

  /** Whether the series behind `ref` has exactly these labels. */
  hasLabels(ref: number, labels: LabelSet): boolean {
    const shape = this.#shapes[this.#shapeOf[ref] as number] as Shape
    const { pairs } = labels
    if (shape.labels.length * 2 !== pairs.length) return false
    const at = this.#valuesAt[ref] as number
    return shape.labels.every(
      (label, i) => label.name === pairs[2 * i] && label.valueOf(this.#values[at + i] as number) === pairs[2 * i + 1],
    )
  }

  /** Registers a label set that is not there yet. */
  add(labels: LabelSet, id: SeriesId): number {
    const ref = this.#freeRefs.pop() ?? this.#size++
    this.#reserve(this.#size)
    const { pairs } = labels
    const shapeId = this.#shapeIdOf(labels)
    const shape = this.#shapes[shapeId] as Shape
    const at = this.#takeValues(shape.labels.length)
    for (const [i, label] of shape.labels.entries()) {
      const value = label.intern(pairs[2 * i + 1] as string)
      this.#values[at + i] = value
      label.addRef(value, ref)
      if (label.name === METRIC_NAME) this.#metricOf[ref] = metricHash(label.valueOf(value))
    }
    shape.series++
    this.#shapeOf[ref] = shapeId
    this.#valuesAt[ref] = at
    this.#idHi[ref] = id.hi
    this.#idLo[ref] = id.lo
    this.#states[ref] = ALIVE
    this.#table.add(id.lo, ref)
    this.#alive++
    return ref
  }

  /** The label set of an alive or retired ref. */
  labelsOf(ref: number): LabelSet {
    const shape = this.#shapes[this.#shapeOf[ref] as number] as Shape
    const at = this.#valuesAt[ref] as number
    const pairs: string[] = []
    for (let i = 0; i < shape.labels.length; i++) {
      const label = shape.labels[i] as LabelDictionary
      pairs.push(label.name, label.valueOf(this.#values[at + i] as number))
    }
    return LabelSet.fromSorted(pairs)
  }

  /** Value ids of one label, 0 where a series lacks it, for each of `refs`: `ids[i]` is that of `refs[i]`. */
  column(label: LabelDictionary, refs: Uint32Array, ids: Uint32Array): void {
    const positions = Int32Array.from(this.#shapes, (shape) => shape.positions.get(label) ?? -1)
    const values = this.#values
    const shapeOf = this.#shapeOf
    const valuesAt = this.#valuesAt
    for (let i = 0; i < refs.length; i++) {
      const ref = refs[i] as number
      const position = positions[shapeOf[ref] as number] as number
      if (position >= 0) ids[i] = values[(valuesAt[ref] as number) + position] as number
    }
  }

  /** Label names that any of `refs` has. */
  namesOf(refs: Uint32Array): Set<string> {
    const shapes = new Set<number>()
    for (const ref of refs) shapes.add(this.#shapeOf[ref] as number)
    const names = new Set<string>()
    for (const id of shapes) for (const { name } of (this.#shapes[id] as Shape).labels) names.add(name)
    return names
  }

  /** A reader of one label's value id by ref, 0 when the series lacks the label. Valid until the next `add`. */
  reader(label: LabelDictionary): (ref: number) => ValueId {
    const positions = Int32Array.from(this.#shapes, (shape) => shape.positions.get(label) ?? -1)
    const values = this.#values
    const shapeOf = this.#shapeOf
    const valuesAt = this.#valuesAt
    return (ref) => {
      const position = positions[shapeOf[ref] as number] as number
      return position < 0 ? 0 : (values[(valuesAt[ref] as number) + position] as number)
    }
  }

  /** Takes series out of every answer. Their labels stay readable until `reuse` gives the refs out anew. */
  retire(refs: readonly number[]): void {
    for (const ref of refs) {
      this.#states[ref] = RETIRED
      this.#table.remove(this.#idLo[ref] as number, ref)
    }
    this.#alive -= refs.length
  }

  /**
   * Drops what is left of retired series, label by label (a step each), and makes their refs free at the end. `refs` are all
   * the retired ones: the next `retire` comes after the last step.
   */
  *reuse(refs: readonly number[]): Generator<void> {
    const keep = (ref: number): boolean => this.#states[ref] === ALIVE
    for (const label of this.#labels.values()) {
      label.compact(keep)
      yield
    }
    for (const ref of refs) this.#release(ref)
    for (const label of this.#labels.values()) if (label.size === 0) this.#labels.delete(label.name)
  }

  #release(ref: number): void {
    const shapeId = this.#shapeOf[ref] as number
    const shape = this.#shapes[shapeId] as Shape
    ;(this.#freeValues[shape.labels.length] ??= []).push(this.#valuesAt[ref] as number)
    this.#states[ref] = FREE
    this.#freeRefs.push(ref)
    shape.series--
    if (shape.series > 0) return
    this.#shapeIds.delete(shape.key)
    this.#shapes[shapeId] = NO_SHAPE
    this.#freeShapes.push(shapeId)
  }

  #reserve(size: number): void {
    this.#states = grownUint8(this.#states, size)
    this.#shapeOf = grownUint32(this.#shapeOf, size)
    this.#valuesAt = grownUint32(this.#valuesAt, size)
    this.#idHi = grownUint32(this.#idHi, size)
    this.#idLo = grownUint32(this.#idLo, size)
    this.#metricOf = grownUint32(this.#metricOf, size)
  }

  #takeValues(length: number): number {
    const reused = this.#freeValues[length]?.pop()
    if (reused !== undefined) return reused
    const at = this.#valuesUsed
    this.#valuesUsed += length
    this.#values = grownUint32(this.#values, this.#valuesUsed)
    return at
  }

  #shapeIdOf(labels: LabelSet): number {
    const names = labels.pairs.filter((_, i) => i % 2 === 0)
    const key = names.join('\u0000')
    const known = this.#shapeIds.get(key)
    if (known !== undefined) return known
    const dictionaries = names.map((name) => this.#dictionaryOf(name))
    const id = this.#freeShapes.pop() ?? this.#shapes.length
    const positions = new Map(dictionaries.map((label, i) => [label, i]))
    this.#shapes[id] = { key, labels: dictionaries, positions, series: 0 }
    this.#shapeIds.set(key, id)
    return id
  }

  #dictionaryOf(name: string): LabelDictionary {
    let label = this.#labels.get(name)
    if (label === undefined) {
      label = new LabelDictionary(name, this.#postings)
      this.#labels.set(name, label)
    }
    return label
  }
}
