/** Reads pipelines: `$x := .A | f 1 "b"`. Follows parse.go of Go's text/template. */
import { quote } from '../../go-text.ts'
import { isLiteral, unquote } from '../../go-unquote.ts'
import { readConstant } from './constants.ts'
import type { Token, TokenKind } from './lexer.ts'
import type { Command, Operand, Pipe } from './nodes.ts'
import { printNode } from './nodes.ts'
import type { TokenReader } from './token-reader.ts'

/** What a pipeline may name. */
export interface Scope {
  /** Names of variables with their `$`, the newest last. */
  variables: string[]
  readonly hasFunction: (name: string) => boolean
  /** Pipelines in parentheses around the one that is read. */
  depth: number
}

/** Nesting beyond this is refused: it would take the stack of whoever reads or runs it. */
export const MOST_NESTING = 200

export function readPipe(reader: TokenReader, scope: Scope, context: string, end: TokenKind): Pipe {
  const { at } = reader.peekNonSpace()
  if (++scope.depth > MOST_NESTING) reader.fail(`nested deeper than ${MOST_NESTING}`)
  const declared: string[] = []
  const isAssignment = readDeclarations(reader, scope, { context, declared })
  const commands: Command[] = []
  for (;;) {
    const token = reader.nextNonSpace()
    if (token.kind === end) break
    if (!startsOperand(token)) return reader.unexpected(token, context)
    reader.putBack(token)
    commands.push(readCommand(reader, scope))
  }
  checkCommands(reader, commands, context)
  scope.depth--
  return { kind: 'pipe', at, isAssignment, declared, commands }
}

const OPERANDS: ReadonlySet<TokenKind> = new Set([
  'bool',
  'character',
  'dot',
  'field',
  'identifier',
  'number',
  'raw string',
  'string',
  'variable',
  'open',
])

function startsOperand({ kind, text }: Token): boolean {
  return OPERANDS.has(kind) || (kind === 'keyword' && text === 'nil')
}

/** Reads `$x :=`, `$x =`, and `$i, $x :=` of ranges. True for an assignment. */
function readDeclarations(
  reader: TokenReader,
  scope: Scope,
  { context, declared }: { readonly context: string; readonly declared: string[] },
): boolean {
  for (;;) {
    const variable = reader.peekNonSpace()
    if (variable.kind !== 'variable') return false
    reader.next()
    const after = reader.peek()
    const next = reader.peekNonSpace()
    const isComma = next.kind === 'other' && next.text === ','
    if (next.kind !== 'assign' && next.kind !== 'declare' && !isComma) {
      // A variable that is an argument: read it again, with the space that parts it from the next one.
      if (after.kind === 'space') reader.putBack(variable, after)
      else reader.putBack(variable)
      return false
    }
    reader.nextNonSpace()
    declared.push(variable.text)
    scope.variables.push(variable.text)
    if (!isComma) return next.kind === 'assign'
    const { kind } = reader.peekNonSpace()
    if (context !== 'range' || declared.length >= 2) return reader.fail(`too many declarations in ${context}`)
    if (kind !== 'variable' && kind !== 'right' && kind !== 'close') {
      return reader.fail('range can only initialize variables')
    }
  }
}

const CONSTANTS: ReadonlySet<string> = new Set(['bool', 'dot', 'nil', 'number', 'string'])

function checkCommands(reader: TokenReader, commands: readonly Command[], context: string): void {
  if (commands.length === 0) reader.fail(`missing value for ${context}`)
  const wrong = commands.findIndex(({ args }, i) => i > 0 && CONSTANTS.has(args[0]?.kind ?? ''))
  if (wrong !== -1) reader.fail(`non executable command in pipeline stage ${wrong + 1}`)
}

function readCommand(reader: TokenReader, scope: Scope): Command {
  const { at } = reader.peekNonSpace()
  const args: Operand[] = []
  for (;;) {
    const operand = readOperand(reader, scope)
    if (operand !== undefined) args.push(operand)
    const token = reader.next()
    if (token.kind === 'space') continue
    if (token.kind === 'right' || token.kind === 'close') reader.putBack(token)
    else if (token.kind !== 'pipe') return reader.unexpected(token, 'operand')
    break
  }
  if (args.length === 0) reader.fail('empty command')
  return { kind: 'command', at, args }
}

/** A term, and the fields asked of it. */
function readOperand(reader: TokenReader, scope: Scope): Operand | undefined {
  const term = readTerm(reader, scope)
  if (term === undefined) return undefined
  const { at, kind } = reader.peek()
  if (kind !== 'field') return term
  const path: string[] = []
  while (reader.peek().kind === 'field') path.push(reader.next().text.slice(1))
  switch (term.kind) {
    case 'field':
    case 'variable':
      return { ...term, at, path: [...term.path, ...path] }
    case 'bool':
    case 'string':
    case 'number':
    case 'nil':
    case 'dot':
      return reader.fail(`unexpected . after term ${quote(printNode(term))}`)
    default:
      return { kind: 'chain', at, of: term, path }
  }
}

function readTerm(reader: TokenReader, scope: Scope): Operand | undefined {
  const token = reader.nextNonSpace()
  const { at, text } = token
  switch (token.kind) {
    case 'identifier':
      return scope.hasFunction(text)
        ? { kind: 'identifier', at, name: text }
        : reader.fail(`function ${quote(text)} not defined`)
    case 'dot':
      return { kind: 'dot', at }
    case 'variable':
      return scope.variables.includes(text)
        ? { kind: 'variable', at, path: [text] }
        : reader.fail(`undefined variable ${quote(text)}`)
    case 'field':
      return { kind: 'field', at, path: [text.slice(1)] }
    case 'bool':
      return { kind: 'bool', at, value: text === 'true' }
    case 'open':
      return readPipe(reader, scope, 'parenthesized pipeline', 'close')
    case 'number':
    case 'character':
      return readNumber(reader, token)
    case 'string':
    case 'raw string':
      return { kind: 'string', at, text, value: readString(reader, token) }
    default:
      if (reader.isKeyword(token, 'nil')) return { kind: 'nil', at }
      reader.putBack(token)
      return undefined
  }
}

function readNumber(reader: TokenReader, { at, text }: Token): Operand {
  const value = readConstant(text)
  return typeof value === 'string' ? reader.fail(value) : { kind: 'number', at, text, value }
}

export function readString(reader: TokenReader, { text }: Token): string {
  // What is no UTF-8 shows as Go's replacement character in the end.
  return isLiteral(text) ? unquote(text).replaceAll(/\p{Surrogate}/gu, '\ufffd') : reader.fail('invalid syntax')
}
