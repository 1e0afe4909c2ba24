/** What has to go from one text, and what has to come, to make it another, line by line. */

/** Lines that only `want` has begin with `-`, those that only `got` has with `+`. */
export function differences(want: string, got: string): string {
  const [a, b] = [want.split('\n'), got.split('\n')]
  const common = longestCommon(a, b)
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i++] ?? ''}`)
      j++
    } else if (j >= b.length || (i < a.length && length(common, i + 1, j) >= length(common, i, j + 1))) {
      lines.push(`- ${a[i++] ?? ''}`)
    } else lines.push(`+ ${b[j++] ?? ''}`)
  }
  return lines.join('\n')
}

/** Length of the longest common run of lines, not necessarily neighbours, of the rests from `i` and from `j`. */
function longestCommon(a: readonly string[], b: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i] as Uint32Array
      row[j] =
        a[i] === b[j] ? length(table, i + 1, j + 1) + 1 : Math.max(length(table, i + 1, j), length(table, i, j + 1))
    }
  }
  return table
}

function length(table: readonly Uint32Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0
}
