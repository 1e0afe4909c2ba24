import { Secret } from './secret.ts'

/** True when two parsed pieces of configuration mean the same. Secrets count by their text, regular expressions by their source. */
export function isSameConfig(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a === 'function' && typeof b === 'function') return true // part of a compiled expression, whose source is compared
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && a.reveal() === b.reveal()
  }
  const left = present(a)
  const right = present(b)
  return left.length === right.length && left.every(([key, value]) => isSameConfig(value, (b as Fields)[key]))
}

type Fields = Readonly<Record<string, unknown>>

// A key that is undefined is as good as absent.
function present(value: object): [string, unknown][] {
  return Object.entries(value as Fields).filter(([, inner]) => inner !== undefined)
}
