/** The value at a place of the sorted order, without sorting: Hoare's selection, in linear time on average. */

/** NaNs are before all numbers. Reorders `values` so that what is at `place` stays there: asking for the next place is cheap. */
export function ranked(values: Float64Array, place: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = middleOf(values[low] as number, values[(low + high) >>> 1] as number, values[high] as number)
    let i = low
    let j = high
    while (i <= j) {
      while (isBefore(values[i] as number, pivot)) i++
      while (isBefore(pivot, values[j] as number)) j--
      if (i > j) break
      const value = values[i] as number
      values[i++] = values[j] as number
      values[j--] = value
    }
    if (place <= j) high = j
    else if (place >= i) low = i
    else break
  }
  return values[place] as number
}

function isBefore(a: number, b: number): boolean {
  return a < b || (a !== a && b === b)
}

function middleOf(a: number, b: number, c: number): number {
  if (isBefore(a, b)) return isBefore(b, c) ? b : isBefore(a, c) ? c : a
  return isBefore(a, c) ? a : isBefore(b, c) ? c : b
}
