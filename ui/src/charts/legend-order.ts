import type { ChartSeries } from './model.ts'

export const LEGEND_COLUMNS = ['series', 'at', 'last', 'min', 'max', 'mean'] as const
export type LegendColumn = (typeof LEGEND_COLUMNS)[number]

export interface LegendSorting {
  readonly column: LegendColumn
  readonly down: boolean
}

/** Series in the wanted order; those without a value always last. Without an order: as they came. */
export function sortedLegend(
  series: readonly ChartSeries[],
  sorting: LegendSorting | undefined,
): readonly ChartSeries[] {
  if (sorting === undefined || sorting.column === 'at') return series
  const { column, down } = sorting
  const sign = down ? -1 : 1
  if (column === 'series') {
    return [...series].sort((a, b) => sign * a.name.localeCompare(b.name, undefined, { numeric: true }))
  }
  return [...series].sort((a, b) => {
    const [x, y] = [a.stats[column], b.stats[column]]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    return sign * (x - y)
  })
}
