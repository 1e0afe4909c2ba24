/** What a chart draws, made from a frame: names, colours, statistics, columns as uPlot takes them. */
import type { GridFrame, GridSeries, Labels } from '../data/frame.ts'
import { commonLabels, keyOf, NAME, printLabels } from '../data/labels.ts'
import { colourIndexes } from './colour.ts'

export interface ChartSeries {
  readonly key: string
  readonly labels: Labels
  /** Without the labels that all series share. */
  readonly name: string
  readonly fullName: string
  readonly colour: number
  /** null = no sample: a gap. */
  readonly values: readonly (number | null)[]
  readonly stats: SeriesStats
  /** Positions of samples without neighbours, which a line would not show. */
  readonly lonely: readonly number[]
}

export interface SeriesStats {
  readonly last: number | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  readonly mean: number | undefined
}

export interface ChartModel {
  readonly times: readonly number[]
  readonly series: readonly ChartSeries[]
  /** How many series the answer has, drawn or not. */
  readonly total: number
  /** Labels that all series of the answer share; {} when there is one series. */
  readonly common: Labels
  readonly histograms: boolean
}

/** Takes the first `limit` series of the frame. */
export function chartModel(frame: GridFrame, limit: number): ChartModel {
  const sets = frame.series.map(({ labels }) => labels)
  const common = commonLabels(sets)
  const shown = frame.series.slice(0, limit)
  const colours = colourIndexes(shown.map(({ labels }) => keyOf(labels)))
  const series = shown.map((one, i) => chartSeries(one, colours[i] ?? 0, common))
  return {
    times: [...frame.times],
    series,
    total: frame.series.length,
    common: Object.fromEntries(Object.entries(sets[0] ?? {}).filter(([name]) => common.has(name))),
    histograms: shown.some(({ histograms }) => histograms > 0),
  }
}

function chartSeries(one: GridSeries, colour: number, common: ReadonlySet<string>): ChartSeries {
  const values = Array.from(one.values, (value, i) => (one.present[i] === 1 && Number.isFinite(value) ? value : null))
  const fullName = printLabels(one.labels)
  const short = printLabels(one.labels, common)
  return {
    key: keyOf(one.labels),
    labels: one.labels,
    name: short === '{}' ? (one.labels[NAME] ?? fullName) : short,
    fullName,
    colour,
    values,
    stats: statsOf(values),
    lonely: lonelyPoints(values),
  }
}

export function statsOf(values: readonly (number | null)[]): SeriesStats {
  let last: number | undefined
  let min: number | undefined
  let max: number | undefined
  let sum = 0
  let count = 0
  for (const value of values) {
    if (value === null) continue
    last = value
    if (min === undefined || value < min) min = value
    if (max === undefined || value > max) max = value
    sum += value
    count++
  }
  return { last, min, max, mean: count === 0 ? undefined : sum / count }
}

export function lonelyPoints(values: readonly (number | null)[]): readonly number[] {
  const found: number[] = []
  values.forEach((value, i) => {
    if (value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null) found.push(i)
  })
  return found
}

/** Running sums for a stacked chart, drawn from the last (the tallest) to the first. A gap adds nothing. */
export function stacked(columns: readonly (readonly (number | null)[])[]): readonly (readonly (number | null)[])[] {
  const sum: number[] = []
  return columns.map((column) =>
    column.map((value, i) => {
      sum[i] = (sum[i] ?? 0) + (value ?? 0)
      return value === null ? null : (sum[i] ?? 0)
    }),
  )
}
