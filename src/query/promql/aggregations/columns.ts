/** Columns that grow with the groups of an aggregation. */

/** A column with room for `cells`, the old ones in place; the column itself when it has room already. */
export function roomier(column: Float64Array<ArrayBuffer>, cells: number, fill = 0): Float64Array<ArrayBuffer> {
  if (column.length >= cells) return column
  const larger = new Float64Array(Math.max(cells, column.length * 2))
  larger.set(column)
  if (fill !== 0) larger.fill(fill, column.length)
  return larger
}

export function roomierFlags(column: Uint8Array<ArrayBuffer>, cells: number): Uint8Array<ArrayBuffer> {
  if (column.length >= cells) return column
  const larger = new Uint8Array(Math.max(cells, column.length * 2))
  larger.set(column)
  return larger
}

export function roomierNumbers(column: Uint32Array<ArrayBuffer>, cells: number): Uint32Array<ArrayBuffer> {
  if (column.length >= cells) return column
  const larger = new Uint32Array(Math.max(cells, column.length * 2))
  larger.set(column)
  return larger
}
