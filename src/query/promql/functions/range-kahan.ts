/** Compensated sums, to the bit as Prometheus makes them. */

/**
 * What Neumaier's sum carries on after `total = sum + value`: the sum so far is `total`, its error `rest`. Follows Inc,
 * util/kahansum/kahansum.go@v3.14.
 */
export function restOf(sum: number, value: number, total: number, rest: number): number {
  if (isInfinite(total)) return 0
  return Math.abs(sum) >= Math.abs(value) ? rest + (sum - total + value) : rest + (value - total + sum)
}

export function isInfinite(value: number): boolean {
  return value === Infinity || value === -Infinity
}
