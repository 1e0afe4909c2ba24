import { parseDuration } from '../../../src/core/time.ts'

const OMITTED = /^_(?:x(\d+))?$/
const DURATION = '[+-]?\\d+[a-wyzA-Z]*'
const OFFSET = new RegExp(`^(${DURATION})(?:([+-])(${DURATION}))?(?:x(\\d+))?$`)

/**
 * The offsets of start timestamps from their samples', in ms, undefined where unknown:
 * `_`, `_xN` (N times), `-1m`, `-1mxN` (N + 1 times), `-1m+10sxN`, `-1m-10sxN`.
 */
export function parseStartOffsets(text: string): (number | undefined)[] {
  return text
    .split(/\s+/)
    .filter((item) => item !== '')
    .flatMap(offsetsOf)
}

function offsetsOf(item: string): (number | undefined)[] {
  const omitted = OMITTED.exec(item)
  if (omitted !== null) {
    const count = Number(omitted[1] ?? 1)
    if (count === 0) throw new Error(`invalid ST item "${item}": invalid repeat count`)
    return Array.from({ length: count }, () => undefined)
  }
  const match = OFFSET.exec(item)
  if (match === null) throw new Error(`invalid ST item "${item}"`)
  const [, base = '', sign, delta, repeat] = match
  if (sign === undefined) return Array.from({ length: Number(repeat ?? 0) + 1 }, () => signedMs(base))
  if (repeat === undefined) throw new Error(`invalid ST item "${item}": expected 'x<count>' after step duration`)
  const step = signedMs(delta as string) * (sign === '-' ? -1 : 1)
  return Array.from({ length: Number(repeat) + 1 }, (_, i) => signedMs(base) + i * step)
}

function signedMs(text: string): number {
  const found = parseDuration(text.replace(/^[+-]/, ''))
  if (found === undefined) throw new Error(`invalid duration "${text}"`)
  return found * (text.startsWith('-') ? -1 : 1)
}
