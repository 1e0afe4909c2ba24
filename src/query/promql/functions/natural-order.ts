/** A text in runs of digits and of anything else: what `sort_by_label` compares. */
export function chunksOf(text: string): readonly string[] {
  return text.match(/[0-9]+|[^0-9]+/g) ?? []
}

const MAX_INT64 = 2n ** 63n - 1n

/**
 * Whether `a` comes before `b` in natural order: runs of digits count as numbers, the rest by bytes. No order in the strict
 * sense, as in Prometheus: an empty text precedes nothing, and `1` and `01` precede each other. Follows facette/natsort
 * (2cd4dd1e2dcb).
 */
export function precedesNaturally(
  a: readonly string[],
  b: readonly string[],
  compare: (x: string, y: string) => number,
): boolean {
  for (let i = 0; i < a.length; i++) {
    if (i >= b.length) return false
    const x = a[i] as string
    const y = b[i] as string
    const order = compareChunks(x, y, compare)
    if (order !== 0) return order < 0
    if (i === a.length - 1) return true
    if (i === b.length - 1) return false
  }
  return false
}

function compareChunks(x: string, y: string, compare: (x: string, y: string) => number): number {
  if (x === y) return 0
  if (!isInteger(x) || !isInteger(y)) return compare(x, y)
  const difference = BigInt(x) - BigInt(y)
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

/** Digits that fit a signed 64-bit integer; others are compared as texts. */
function isInteger(chunk: string): boolean {
  const first = chunk.charCodeAt(0)
  return first >= 48 && first <= 57 && (chunk.length < 19 || BigInt(chunk) <= MAX_INT64)
}
