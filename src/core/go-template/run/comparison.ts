/** `eq`, `lt` and their kin. Follows funcs.go of Go's text/template. */
import { compareUtf8 } from '../../utf8.ts'
import { sprint } from '../print/values.ts'
import { GoError, indirect, kindOf, rawOf, typeOf } from '../value.ts'
import type { GoKind, GoValue } from '../value.ts'

const BASIC: readonly (GoKind | undefined)[] = ['bool', 'int', 'uint', 'float', 'string']

const isBasic = (kind: GoKind | undefined): boolean => BASIC.includes(kind)
const isWhole = (kind: GoKind | undefined): boolean => kind === 'int' || kind === 'uint'
const isList = (kind: GoKind | undefined): boolean => kind === 'slice' || kind === 'map'

/** Whether the first equals any of the others. */
export function equalsAny([first, ...others]: readonly GoValue[]): boolean {
  if (others.length === 0) throw new GoError('missing argument for comparison')
  return others.some((other) => equals(first, other))
}

function equals(a: GoValue, b: GoValue): boolean {
  const [x, y] = [kindOf(a), kindOf(b)]
  if (isWhole(x) && isWhole(y)) return rawOf(a) === rawOf(b)
  if (isBasic(x) && x === y) return rawOf(a) === rawOf(b)
  if (isBasic(x) || isBasic(y)) {
    if (a !== undefined && a !== null && b !== undefined && b !== null) throw incompatible(a, b)
    return false
  }
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b)
  if (isList(x) || isList(y)) {
    if (typeOf(a)?.name !== typeOf(b)?.name) {
      const names = [typeOf(a)?.name, typeOf(b)?.name]
      throw new GoError(`non-comparable types ${sprint([a])}: ${names[0]}, ${names[1]}: ${sprint([b])}`)
    }
    throw new GoError(`non-comparable type ${sprint([b])}: ${typeOf(b)?.name ?? ''}`)
  }
  return typeOf(a)?.name === typeOf(b)?.name && (a === b || rawOf(a) === rawOf(b))
}

function isNil(value: GoValue): boolean {
  return value === undefined || value === null || rawOf(value) === null || indirect(value).isNil
}

export function isLess(a: GoValue, b: GoValue): boolean {
  const [x, y] = [kindOf(a), kindOf(b)]
  if (!isBasic(x) || !isBasic(y)) throw new GoError('invalid type for comparison')
  const [left, right] = [rawOf(a), rawOf(b)]
  if (isWhole(x) && isWhole(y)) return (left as bigint) < (right as bigint)
  if (x !== y) throw incompatible(a, b)
  if (x === 'bool') throw new GoError('invalid type for comparison')
  return x === 'string' ? compareUtf8(left as string, right as string) < 0 : (left as number) < (right as number)
}

function incompatible(a: GoValue, b: GoValue): GoError {
  return new GoError(`incompatible types for comparison: ${typeOf(a)?.name ?? ''} and ${typeOf(b)?.name ?? ''}`)
}
