import { quote } from '../../go-text.ts'
import { templateFailed } from '../errors.ts'
import { printNode } from '../syntax/nodes.ts'
import type { Node, Tree } from '../syntax/nodes.ts'
import type { GoFunction, GoValue } from '../value.ts'

/** How much a template may do, so that none holds up the process. */
export interface TemplateLimits {
  /** Statements and calls. */
  readonly steps: number
  /** Templates within templates. */
  readonly depth: number
  /** UTF-16 units of the result, and of any text that a function makes. */
  readonly length: number
}

/** What `.Key` of a map without that key is: no value, the zero of the map's type, or an error. */
export type MissingKey = 'invalid' | 'zero' | 'error'

/** What one execution shares among its templates. */
export interface Run {
  readonly trees: ReadonlyMap<string, Tree>
  readonly functions: Readonly<Record<string, GoFunction>>
  readonly missingKey: MissingKey
  readonly limits: TemplateLimits
  /** Takes text of the template as it is, and values as they are printed. */
  readonly output: Output
  steps: number
}

export interface Output {
  readonly length: number
  text(text: string): void
  value(value: GoValue): void
}

/** A template at work. */
export class Frame {
  readonly run: Run
  readonly tree: Tree
  readonly depth: number
  readonly #variables: { readonly name: string; value: GoValue }[]
  #node: Node | undefined

  constructor(run: Run, tree: Tree, dot: GoValue, depth = 0) {
    this.run = run
    this.tree = tree
    this.depth = depth
    this.#variables = [{ name: '$', value: dot }]
  }

  /** The node that is told when something fails from now on. */
  at(node: Node): void {
    this.#node = node
  }

  /** Counts a step, and refuses those beyond the limit. */
  step(): void {
    const { run } = this
    if (++run.steps > run.limits.steps) this.fail(`exceeded ${run.limits.steps} steps`)
    this.checkLength(run.output.length)
  }

  /** Refuses texts that are too long. */
  checkLength(length: number): void {
    const { limits } = this.run
    if (length > limits.length) this.fail(`exceeded ${limits.length} characters`)
  }

  get mark(): number {
    return this.#variables.length
  }

  /** Forgets the variables declared since `mark`. */
  forget(mark: number): void {
    this.#variables.length = mark
  }

  declare(name: string, value: GoValue): void {
    this.#variables.push({ name, value })
  }

  assign(name: string, value: GoValue): void {
    this.#find(name).value = value
  }

  /** The n-th variable from the top, 1-based. */
  setTop(n: number, value: GoValue): void {
    const variable = this.#variables.at(-n)
    if (variable !== undefined) variable.value = value
  }

  valueOf(name: string): GoValue {
    return this.#find(name).value
  }

  #find(name: string): { value: GoValue } {
    return this.#variables.findLast((one) => one.name === name) ?? this.fail(`undefined variable: ${name}`)
  }

  fail(message: string): never {
    const node = this.#node
    const { name, text, source } = this.tree
    if (node === undefined) throw templateFailed({ message: `template: ${name}: ${message}` })
    const before = text.slice(0, node.at)
    const line = before.split('\n').length
    const column = new TextEncoder().encode(before.slice(before.lastIndexOf('\n') + 1)).length
    const place = `${source}:${line}:${column}: executing ${quote(name)} at <${printNode(node)}>`
    throw templateFailed({ message: `template: ${place}: ${message}` })
  }
}
