import { expect, test } from 'vitest'
import { sortedLegend } from './legend-order.ts'
import type { ChartSeries } from './model.ts'

const one = (name: string, last: number | undefined): ChartSeries => ({
  key: name,
  labels: {},
  name,
  fullName: name,
  colour: 0,
  values: [],
  stats: { last, min: last, max: last, mean: last },
  lonely: [],
})
const names = (series: readonly ChartSeries[]): string => series.map(({ name }) => name).join(' ')
const series = [one('b10', 1), one('b9', undefined), one('a', 3)]

test('a legend sorts by name as people do, and by value with the unknown last', () => {
  expect(names(sortedLegend(series, undefined))).toBe('b10 b9 a')
  expect(names(sortedLegend(series, { column: 'series', down: false }))).toBe('a b9 b10')
  expect(names(sortedLegend(series, { column: 'last', down: true }))).toBe('a b10 b9')
  expect(names(sortedLegend(series, { column: 'last', down: false }))).toBe('b10 a b9')
})
