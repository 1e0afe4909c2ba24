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
  /** Distinct pairs of name and value so far. */
  readonly #pairs = { size: 0 }
  /** By node and pair, the node that the edge leads to, less 1: node 0 is the root. */
  readonly #edges = new PairNumbers()
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
    const nodes = new Uint32Array(labels.size)
    for (const name of this.#names) if (labels.names.includes(name)) this.#follow(nodes, labels, name)
    return this.#numbered(nodes)
  }

  #meet(names: readonly string[]): void {
    for (const name of names) {
      if (!this.#rule.labels.includes(name) && !this.#texts.has(name)) {
        this.#names.push(name)
        this.#texts.set(name, new TextNumbers(this.#pairs))
      }
    }
  }

  #follow(nodes: Uint32Array, labels: LabelColumns, name: string): void {
    const { ids, valueOf } = labels.column(name)
    const edges = this.#edges
    const numbers = this.#textsOf(name).numbersOf(ids, valueOf)
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
        lastTarget = edges.of(node, numbers[id] as number) + 1
      }
      nodes[row] = lastTarget
    }
  }

  #textsOf(name: string): TextNumbers {
    let texts = this.#texts.get(name)
    if (texts === undefined) {
      texts = new TextNumbers(this.#pairs)
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

/**
 * Numbers the texts of one label over several columns: columns of one source share ids, others meet in their texts. Numbers of
 * different labels differ.
 */
class TextNumbers {
  readonly #pairs: { size: number }
  readonly #numbers = new Map<string, number>()
  #source: ((id: number) => string) | undefined
  #known: (number | undefined)[] = []

  constructor(pairs: { size: number }) {
    this.#pairs = pairs
  }

  /** By id of a column, for those of its ids that are not 0. */
  numbersOf(ids: Uint32Array, valueOf: (id: number) => string): readonly (number | undefined)[] {
    if (this.#source !== valueOf) {
      this.#source = valueOf
      this.#known = []
    }
    const known = this.#known
    for (const id of ids) if (id !== 0 && known[id] === undefined) known[id] = this.#numberOf(valueOf(id))
    return known
  }

  #numberOf(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.#pairs.size++
      this.#numbers.set(text, number)
    }
    return number
  }
}
