/** The quantile of a set of numbers. Follows quantile, promql/quantile.go@v3.14. */

/**
 * The q-quantile of `values`, which are sorted by this; weighted between the two values it falls between. NaNs come before all
 * numbers. NaN for no values or for q NaN, infinite for q outside of [0, 1].
 */
export function quantileOf(q: number, values: Float64Array): number {
  const size = values.length
  if (size === 0 || Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  values.sort()
  // The sort leaves NaNs at the end.
  let numbers = size
  while (numbers > 0 && Number.isNaN(values[numbers - 1])) numbers--
  const nans = size - numbers
  const rank = q * (size - 1)
  const lower = Math.floor(rank)
  const upper = Math.min(size - 1, lower + 1)
  const weight = rank - lower
  const at = (place: number): number => (place < nans ? NaN : (values[place - nans] as number))
  return at(lower) * (1 - weight) + at(upper) * weight
}
