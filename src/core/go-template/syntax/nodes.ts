/** The tree of a template, and how its parts are shown in messages. */
import { quote } from '../../go-text.ts'

interface Located {
  /** Where in the text, in UTF-16 units. */
  readonly at: number
}

export interface Pipe extends Located {
  readonly kind: 'pipe'
  readonly isAssignment: boolean
  readonly declared: readonly string[]
  readonly commands: readonly Command[]
}

export interface Command extends Located {
  readonly kind: 'command'
  readonly args: readonly Operand[]
}

export type Operand =
  | (Located & { readonly kind: 'identifier'; readonly name: string })
  | (Located & { readonly kind: 'dot' })
  | (Located & { readonly kind: 'nil' })
  | (Located & { readonly kind: 'variable'; readonly path: readonly string[] })
  | (Located & { readonly kind: 'field'; readonly path: readonly string[] })
  | (Located & { readonly kind: 'chain'; readonly of: Operand; readonly path: readonly string[] })
  | (Located & { readonly kind: 'bool'; readonly value: boolean })
  /** `value` is undefined for a number that fits no int. */
  | (Located & { readonly kind: 'number'; readonly text: string; readonly value: NumberValue })
  | (Located & { readonly kind: 'string'; readonly text: string; readonly value: string })
  | Pipe

/** The ways in which a constant can be read: `1.0` is an int too, `1` a float too. */
export interface NumberValue {
  readonly int: bigint | undefined
  readonly uint: bigint | undefined
  readonly float: number | undefined
  /** What it is where any type will do. */
  readonly ideal: number | bigint | undefined
}

export type Branching = 'if' | 'with' | 'range'

export type Statement =
  | (Located & { readonly kind: 'text'; readonly text: string })
  | (Located & { readonly kind: 'action'; readonly pipe: Pipe })
  | (Located & { readonly kind: 'break' | 'continue' })
  | (Located & { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined })
  | (Located & {
      readonly kind: 'branch'
      readonly word: Branching
      readonly pipe: Pipe
      readonly body: readonly Statement[]
      readonly otherwise: readonly Statement[] | undefined
    })

export type Node = Statement | Command | Operand

/** One template of a text. */
export interface Tree {
  readonly name: string
  readonly body: readonly Statement[]
  /** The text that positions count in, and the name that it was read under. */
  readonly text: string
  readonly source: string
}

/** A node as Go prints it, for `at <.Foo>`. */
export function printNode(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'action':
      return `{{${printPipe(node.pipe)}}}`
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe === undefined ? '' : ` ${printPipe(node.pipe)}`}}}`
    case 'branch':
      return printBranch(node)
    case 'command':
      return node.args.map(printArgument).join(' ')
    default:
      return printOperand(node)
  }
}

function printBranch({ word, pipe, body, otherwise }: Statement & { kind: 'branch' }): string {
  const list = (nodes: readonly Statement[]): string => nodes.map(printNode).join('')
  const tail = otherwise === undefined ? '' : `{{else}}${list(otherwise)}`
  return `{{${word} ${printPipe(pipe)}}}${list(body)}${tail}{{end}}`
}

function printPipe({ declared, isAssignment, commands }: Pipe): string {
  const head = declared.length === 0 ? '' : `${declared.join(', ')} ${isAssignment ? '=' : ':='} `
  return head + commands.map(printNode).join(' | ')
}

function printArgument(node: Operand): string {
  return node.kind === 'pipe' ? `(${printPipe(node)})` : printOperand(node)
}

function printOperand(node: Operand): string {
  switch (node.kind) {
    case 'identifier':
      return node.name
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'variable':
      return node.path.join('.')
    case 'field':
      return dotted(node.path)
    case 'chain':
      return printArgument(node.of) + dotted(node.path)
    case 'bool':
      return String(node.value)
    case 'number':
    case 'string':
      return node.text
    case 'pipe':
      return printPipe(node)
  }
}

function dotted(path: readonly string[]): string {
  return path.map((name) => `.${name}`).join('')
}
