/** Growing typed arrays: the columns of the head have one entry a series or a value, and double when full. */

/** `column`, or a copy of at least `size` entries (the new ones 0). */
export function grownUint32(column: Uint32Array, size: number): Uint32Array {
  if (size <= column.length) return column
  const grown = new Uint32Array(capacityFor(column.length, size))
  grown.set(column)
  return grown
}

export function grownUint8(column: Uint8Array, size: number): Uint8Array {
  if (size <= column.length) return column
  const grown = new Uint8Array(capacityFor(column.length, size))
  grown.set(column)
  return grown
}

/** New entries are `fill`. */
export function grownFloat64(column: Float64Array, size: number, fill: number): Float64Array {
  if (size <= column.length) return column
  const grown = new Float64Array(capacityFor(column.length, size))
  grown.set(column)
  grown.fill(fill, column.length)
  return grown
}

// Doubling for small columns, by half beyond a million entries: the tail that is never used stays a third of the column.
function capacityFor(now: number, size: number): number {
  const factor = now < 1_000_000 ? 2 : 1.5
  return Math.max(64, size, Math.ceil(now * factor))
}
