/** Evaluates pipelines. Follows exec.go of Go's text/template. */
import { messageOf } from '../../errors.ts'
import { quote } from '../../go-text.ts'
import { printNode } from '../syntax/nodes.ts'
import type { Command, Node, Operand, Pipe } from '../syntax/nodes.ts'
import {
  ANY,
  canBeNil,
  entriesOf,
  GoError,
  indirect,
  isAssignable,
  isTrue,
  rawOf,
  STRING,
  typeOf,
  WHATEVER,
  zeroOf,
} from '../value.ts'
import type { Fields, GoFunction, GoMethod, GoType, GoValue, Typed } from '../value.ts'
import { constant, constantFor, fitted } from './arguments.ts'
import type { Frame } from './frame.ts'

/** A value that comes down the pipeline, as the last argument of what stands next in it. */
type Final = { readonly value: GoValue } | undefined

/** What is given to a function or method: its own node first, which is no argument. */
interface Given {
  readonly args: readonly Operand[]
  readonly final: Final
}

const NOTHING: Given = { args: [], final: undefined }

/** The value of a pipeline, whose variables are set by the way. */
export function evaluatePipe(frame: Frame, dot: GoValue, pipe: Pipe): GoValue {
  frame.at(pipe)
  let value: GoValue
  for (const [i, command] of pipe.commands.entries()) {
    value = evaluateCommand(frame, dot, command, i === 0 ? undefined : { value })
    // A nil of no type is no value to what comes next.
    if (value === null) value = undefined
  }
  for (const name of pipe.declared) {
    if (pipe.isAssignment) frame.assign(name, value)
    else frame.declare(name, value)
  }
  return value
}

function evaluateCommand(frame: Frame, dot: GoValue, command: Command, final: Final): GoValue {
  frame.step()
  const first = command.args[0] as Operand
  const given = { args: command.args, final }
  switch (first.kind) {
    case 'field':
    case 'chain':
    case 'variable':
      return evaluateReference(frame, dot, first, given)
    case 'identifier':
      return evaluateFunction(frame, dot, { node: first, whole: command }, given)
    case 'pipe':
      checkNoArguments(frame, given)
      return evaluatePipe(frame, dot, first)
    default:
      frame.at(first)
      checkNoArguments(frame, given)
      if (first.kind === 'dot') return dot
      return first.kind === 'nil' ? frame.fail('nil is not a command') : constant(frame, first)
  }
}

function checkNoArguments(frame: Frame, { args, final }: Given): void {
  if (args.length > 1 || final !== undefined) {
    frame.fail(`can't give argument to non-function ${printNode(args[0] as Operand)}`)
  }
}

type Reference = Operand & { kind: 'field' | 'chain' | 'variable' }

function evaluateReference(frame: Frame, dot: GoValue, node: Reference, given: Given): GoValue {
  frame.at(node)
  if (node.kind === 'field') return fieldsOf(frame, dot, { receiver: dot, path: node.path, node }, given)
  if (node.kind === 'variable') {
    const [name = '', ...path] = node.path
    const receiver = frame.valueOf(name)
    if (path.length > 0) return fieldsOf(frame, dot, { receiver, path, node }, given)
    checkNoArguments(frame, given)
    return receiver
  }
  if (node.of.kind === 'nil') return frame.fail(`indirection through explicit nil in ${printNode(node)}`)
  const receiver = evaluateArgument(frame, dot, node.of, undefined)
  return fieldsOf(frame, dot, { receiver, path: node.path, node }, given)
}

interface Asked {
  readonly receiver: GoValue
  readonly path: readonly string[]
  readonly node: Node
}

function fieldsOf(frame: Frame, dot: GoValue, { receiver, path, node }: Asked, given: Given): GoValue {
  let value = receiver
  let type = typeOf(receiver) ?? ANY
  for (const [i, name] of path.entries()) {
    const next = fieldOf(frame, dot, { receiver: value, type, name, node }, i === path.length - 1 ? given : NOTHING)
    type = declaredType(value, name) ?? typeOf(next) ?? ANY
    value = next
  }
  return value
}

/** What a field or entry is declared as: `interface {}` in messages, whatever is in it. */
function declaredType(value: GoValue, name: string): GoType | undefined {
  const type = typeOf(indirect(value).value)
  return type?.kind === 'map' ? type.elem : type?.fields?.[name]
}

interface AskedField {
  readonly receiver: GoValue
  /** What the receiver is declared as. */
  readonly type: GoType
  readonly name: string
  readonly node: Node
}

function fieldOf(frame: Frame, dot: GoValue, asked: AskedField, given: Given): GoValue {
  const { receiver, type, name, node } = asked
  if (receiver === undefined) {
    return frame.run.missingKey === 'error' ? frame.fail(`nil data; no entry for key ${quote(name)}`) : undefined
  }
  const { value, isNil } = indirect(receiver)
  if (value === null) return frame.fail(`nil pointer evaluating ${type.name}.${name}`)
  const method = methodOf(value, name)
  if (method !== undefined) return callFunction(frame, dot, { name, node, called: bound(method, value) }, given)
  const hasArguments = given.args.length > 1 || given.final !== undefined
  const inner = typeOf(value) ?? ANY
  if (inner.kind === 'struct' && inner.fields !== undefined && Object.hasOwn(inner.fields, name)) {
    if (hasArguments) frame.fail(`${name} has arguments but cannot be invoked as function`)
    return (rawOf(value) as Fields)[name]
  }
  if (inner.kind === 'map' && isAssignable(STRING, inner.key ?? STRING)) {
    if (hasArguments) frame.fail(`${name} is not a method but has arguments`)
    return entryOf(frame, value, name)
  }
  const mayHave = inner.elem?.kind !== 'struct' || Object.hasOwn(inner.elem.fields ?? {}, name)
  if (inner.kind === 'pointer' && isNil && mayHave) return frame.fail(`nil pointer evaluating ${type.name}.${name}`)
  return frame.fail(`can't evaluate field ${name} in type ${type.name}`)
}

function methodOf(value: GoValue, name: string): GoMethod | undefined {
  const type = typeOf(value)
  const methods = type?.methods ?? type?.elem?.methods
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined
}

function bound({ params, call }: GoMethod, receiver: GoValue): GoFunction {
  return { params, variadic: false, call: (...args) => call(receiver as Typed, ...args) }
}

function entryOf(frame: Frame, map: GoValue, key: string): GoValue {
  const entries = entriesOf(map)
  if (entries.has(key)) return entries.get(key)
  const { missingKey } = frame.run
  if (missingKey === 'error') return frame.fail(`map has no entry for key ${quote(key)}`)
  return missingKey === 'zero' ? zeroOf(typeOf(map)?.elem ?? ANY) : undefined
}

interface NamedFunction {
  readonly node: Operand & { kind: 'identifier' }
  /** What failures of the function point at. */
  readonly whole: Node
}

function evaluateFunction(frame: Frame, dot: GoValue, { node, whole }: NamedFunction, given: Given): GoValue {
  frame.at(node)
  const { name } = node
  const { functions } = frame.run
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (called === undefined) return frame.fail(`${quote(name)} is not a defined function`)
  if (name === 'and' || name === 'or') return shortCircuit(frame, dot, name, given)
  return callFunction(frame, dot, { name, node: whole, called }, given)
}

/** `and` and `or` look at their arguments only as far as needed. */
function shortCircuit(frame: Frame, dot: GoValue, name: 'and' | 'or', { args, final }: Given): GoValue {
  const count = args.length - 1 + (final === undefined ? 0 : 1)
  if (count < 1) return frame.fail(`wrong number of args for ${name}: want at least 1 got ${args.length - 1}`)
  let value: GoValue
  for (const arg of args.slice(1)) {
    value = evaluateArgument(frame, dot, arg, ANY)
    if (isTrue(value) === (name === 'or')) return value
  }
  return final === undefined ? value : final.value
}

interface Called {
  readonly name: string
  readonly node: Node
  readonly called: GoFunction
}

function callFunction(frame: Frame, dot: GoValue, { name, node, called }: Called, given: Given): GoValue {
  const args = argumentsFor(frame, dot, { name, called }, given)
  try {
    const result = called.call(...args)
    if (typeof result === 'string') frame.checkLength(result.length)
    return result
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    frame.at(node)
    return frame.fail(`error calling ${name}: ${messageOf(error)}`)
  }
}

function argumentsFor(
  frame: Frame,
  dot: GoValue,
  { name, called }: Pick<Called, 'name' | 'called'>,
  { args, final }: Given,
): readonly GoValue[] {
  const { params, variadic } = called
  const own = args.slice(1)
  const count = own.length + (final === undefined ? 0 : 1)
  const fixed = variadic ? params.length - 1 : params.length
  if (variadic && count < fixed)
    frame.fail(`wrong number of args for ${name}: want at least ${fixed} got ${own.length}`)
  if (!variadic && count !== fixed) frame.fail(`wrong number of args for ${name}: want ${fixed} got ${count}`)
  const typeAt = (i: number): GoType => (i < fixed ? params[i] : params.at(-1)) ?? ANY
  const values = own.map((arg, i) => evaluateArgument(frame, dot, arg, typeAt(i)))
  return final === undefined ? values : [...values, fitted(frame, final.value, typeAt(own.length))]
}

/** The value of an argument, as the function wants it; of any kind where `type` is undefined. */
function evaluateArgument(frame: Frame, dot: GoValue, node: Operand, type: GoType | undefined): GoValue {
  frame.at(node)
  const fit = (value: GoValue): GoValue => (type === undefined ? value : fitted(frame, value, type))
  switch (node.kind) {
    case 'dot':
      return fit(dot)
    case 'nil':
      if (type === WHATEVER) return undefined
      if (type !== undefined && canBeNil(type)) return zeroOf(type)
      return frame.fail(`cannot assign nil to ${type?.name ?? ''}`)
    case 'field':
      return fit(evaluateReference(frame, dot, node, { args: [node], final: undefined }))
    case 'variable':
    case 'chain':
      return fit(evaluateReference(frame, dot, node, NOTHING))
    case 'pipe':
      return fit(evaluatePipe(frame, dot, node))
    case 'identifier':
      return fit(evaluateFunction(frame, dot, { node, whole: node }, NOTHING))
    default:
      return type === undefined ? constant(frame, node) : constantFor(frame, node, type)
  }
}
