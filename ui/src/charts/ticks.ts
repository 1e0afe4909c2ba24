/**
 * Labels of a value axis. `print` rounds for reading, so that close ticks may print the same; then the plain numbers are
 * printed instead, with as many decimals as tell them apart.
 */
export function printDecimals(splits: readonly (number | null)[], print: (value: number) => string): (string | null)[] {
  const texts = splits.map((value) => (value === null ? null : print(value)))
  const shown = texts.filter((text) => text !== null)
  if (new Set(shown).size === shown.length) return texts
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0)) || 1
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
  return splits.map((value) => (value === null ? null : value.toFixed(decimals)))
}
