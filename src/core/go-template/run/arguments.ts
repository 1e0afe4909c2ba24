/** Whether a value fits where a function wants it. Follows validateType and evalArg of Go's text/template. */
import { printNode } from '../syntax/nodes.ts'
import type { NumberValue, Operand } from '../syntax/nodes.ts'
import {
  ANY,
  BOOL,
  canBeNil,
  FLOAT64,
  INT,
  isAssignable,
  pointerTo,
  STRING,
  Typed,
  typeOf,
  WHATEVER,
  zeroOf,
} from '../value.ts'
import type { GoType, GoValue } from '../value.ts'
import type { Frame } from './frame.ts'

/** The value as the type wants it; fails when it does not fit. */
export function fitted(frame: Frame, value: GoValue, type: GoType): GoValue {
  if (type === WHATEVER) return value
  if (value === undefined) return canBeNil(type) ? zeroOf(type) : frame.fail(`invalid value; expected ${type.name}`)
  const from = typeOf(value) ?? ANY
  if (isAssignable(from, type)) return value
  if (value instanceof Typed && from.kind === 'pointer' && from.elem !== undefined && isAssignable(from.elem, type)) {
    return value.raw === null ? frame.fail(`dereference of nil pointer of type ${type.name}`) : (value.raw as GoValue)
  }
  if (type.kind === 'pointer' && from.name === type.elem?.name) return new Typed(pointerTo(from), value)
  return frame.fail(`wrong type for value; expected ${type.name}; got ${from.name}`)
}

/** A constant as an argument of the type. */
export function constantFor(frame: Frame, node: Operand, type: GoType): GoValue {
  switch (type.kind) {
    case 'bool':
      return node.kind === 'bool' ? named(type, node.value) : expected(frame, 'bool', node)
    case 'string':
      return node.kind === 'string' ? named(type, node.value) : expected(frame, 'string', node)
    case 'float':
      return named(type, numberOf(node)?.float ?? expected(frame, 'float', node))
    case 'int':
      return named(type, numberOf(node)?.int ?? expected(frame, 'integer', node))
    case 'uint':
      return named(type, numberOf(node)?.uint ?? expected(frame, 'unsigned integer', node))
    case 'interface':
      return constant(frame, node)
    default:
      return frame.fail(`can't handle ${printNode(node)} for arg of type ${type.name}`)
  }
}

/** A constant where any type will do. */
export function constant(frame: Frame, node: Operand): GoValue {
  if (node.kind === 'bool' || node.kind === 'string') return node.value
  const value = numberOf(node)?.ideal
  if (value !== undefined) return value
  return frame.fail(node.kind === 'number' ? `${node.text} overflows int` : `can't handle ${printNode(node)}`)
}

function numberOf(node: Operand): NumberValue | undefined {
  return node.kind === 'number' ? node.value : undefined
}

const PLAIN: readonly string[] = [BOOL.name, FLOAT64.name, INT.name, STRING.name]

function named(type: GoType, raw: boolean | string | number | bigint): GoValue {
  return PLAIN.includes(type.name) ? raw : new Typed(type, raw)
}

function expected(frame: Frame, what: string, node: Operand): never {
  return frame.fail(`expected ${what}; found ${printNode(node)}`)
}
