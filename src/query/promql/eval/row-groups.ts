/** Puts rows that agree in some of their labels into one group, over any number of lists of rows, without building label sets. */
import type { LabelColumns } from '../../../signals/metrics.ts'
import { PairNumbers } from './pair-numbers.ts'

/** Which labels rows of a group agree in: only those of `labels`, or all but those. */
export interface GroupRule {
  readonly kind: 'only' | 'all-but'
  readonly labels: readonly string[]
}

/**
 * Numbers groups 0, 1, 2, ... in order of first appearance. Groups are kept from one list to the next: the same labels get the
 * same number, whatever list they come from.
 *
 * A label set is a path through a tree, one edge for each label that is there, in the order in which the names were first seen;
 * a label that is absent is no edge, so a name that shows up late changes no path that is known already.
 */
export class RowGroups {
  readonly #rule: GroupRule
  readonly #names: string[] = []
  readonly #texts = new Map<string, TextNumbers>()
  readonly #edges = new PairNumbers()
  readonly #labelPairs = new PairNumbers()
  /** By node of the tree: the group's number + 1. */
  #groups = new Uint32Array(16)
  #size = 0

  constructor(rule: GroupRule) {
    this.#rule = rule
    if (rule.kind === 'only') this.#names.push(...new Set(rule.labels))
  }

  /** Groups so far. */
  get size(): number {
    return this.#size
  }

  /** The group of each row. */
  of(labels: LabelColumns): Uint32Array {
    if (this.#rule.kind === 'all-but') this.#meet(labels.names)
    // Node 0 is the root: edges are numbered from 1 on.
    const nodes = new Uint32Array(labels.size)
    for (const [place, name] of this.#names.entries()) {
      if (labels.names.includes(name)) this.#follow(nodes, labels, name, place)
    }
    return this.#numbered(nodes)
  }

  #meet(names: readonly string[]): void {
    for (const name of names) {
      if (!this.#rule.labels.includes(name) && !this.#texts.has(name)) {
        this.#names.push(name)
        this.#texts.set(name, new TextNumbers())
      }
    }
  }

  #follow(nodes: Uint32Array, labels: LabelColumns, name: string, place: number): void {
    const { ids, valueOf } = labels.column(name)
    const texts = this.#textsOf(name).from(valueOf)
    let lastNode = -1
    let lastId = -1
    let lastTarget = 0
    for (let row = 0; row < nodes.length; row++) {
      const id = ids[row] as number
      if (id === 0) continue
      const node = nodes[row] as number
      // Rows that follow each other mostly agree.
      if (node !== lastNode || id !== lastId) {
        lastNode = node
        lastId = id
        lastTarget = this.#edges.of(node, this.#labelPairs.of(place, texts(id))) + 1
      }
      nodes[row] = lastTarget
    }
  }

  #textsOf(name: string): TextNumbers {
    let texts = this.#texts.get(name)
    if (texts === undefined) {
      texts = new TextNumbers()
      this.#texts.set(name, texts)
    }
    return texts
  }

  /** Nodes become groups, in place. */
  #numbered(nodes: Uint32Array): Uint32Array {
    const count = this.#edges.size + 1
    if (this.#groups.length < count) {
      const larger = new Uint32Array(count * 2)
      larger.set(this.#groups)
      this.#groups = larger
    }
    const groups = this.#groups
    for (let row = 0; row < nodes.length; row++) {
      const node = nodes[row] as number
      if (groups[node] === 0) groups[node] = ++this.#size
      nodes[row] = (groups[node] as number) - 1
    }
    return nodes
  }
}

/** Numbers the texts of one label over several columns: columns of one source share ids, others meet in their texts. */
class TextNumbers {
  readonly #numbers = new Map<string, number>()
  #source: ((id: number) => string) | undefined
  #known: number[] = []

  /** What numbers a column's ids. */
  from(valueOf: (id: number) => string): (id: number) => number {
    if (this.#source !== valueOf) {
      this.#source = valueOf
      this.#known = []
    }
    const known = this.#known
    return (id) => (known[id] ??= this.#numberOf(valueOf(id)))
  }

  #numberOf(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(text, number)
    }
    return number
  }
}
