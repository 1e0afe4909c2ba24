import type uPlot from 'uplot'
import { timeAxis, zoomHook } from './axes.ts'
import { tokenValue } from './colour.ts'
import type { ChartSeries } from './model.ts'
import { printDecimals } from './ticks.ts'
import { valueRange } from './value-range.ts'

export type Draw = 'lines' | 'area' | 'stack' | 'points'
export type ValueScale = 'auto' | 'zero' | 'log'

export interface OptionsInput {
  readonly width: number
  readonly height: number
  readonly series: readonly ChartSeries[]
  /** Draws from last to first when stacked, so that each area covers the rest of the one behind. */
  readonly draw: Draw
  readonly scale: ValueScale
  /** The time axis, in Unix seconds; asked for at every change of data. */
  readonly bounds: () => readonly [start: number, end: number]
  /** Charts of the same key share their cursor. */
  readonly syncKey: string
  readonly printValue: (value: number) => string
  readonly printTick: (ms: number, stepSeconds: number) => string
  /** Distances of ticks that suit the unit; absent: decimal ones. */
  readonly increments: readonly number[] | undefined
  readonly onZoom: (start: number, end: number) => void
}

/** uPlot's options are fixed once made: a change of theme, zone or drawing style makes a new chart. */
export function chartOptions(input: OptionsInput): uPlot.Options {
  const colours = input.series.map(({ colour }) => tokenValue(`--b-series-${colour}`))
  return {
    width: input.width,
    height: input.height,
    padding: [10, 14, 0, 0],
    legend: { show: false },
    focus: { alpha: 0.25 },
    cursor: {
      sync: { key: input.syncKey, setSeries: false },
      focus: { prox: 24 },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      y: false,
    },
    scales: { x: { time: true, range: () => [...input.bounds()] as [number, number] }, y: valueScale(input.scale) },
    axes: axes(input),
    series: [{}, ...input.series.map((one, i) => seriesOptions(one, colours[i] ?? '', input.draw))],
    hooks: { setSelect: [zoomHook(input.onZoom)] },
  }
}

function valueScale(scale: ValueScale): uPlot.Scale {
  // 3 = logarithmic; uPlot's type names it by an ambient enum, which isolated modules can't read.
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
  if (scale === 'log') return { distr: 3, log: 10 }
  return { range: (_, min, max) => valueRange(min ?? 0, max ?? 1, scale === 'zero') }
}

function axes(input: OptionsInput): uPlot.Axis[] {
  const font = `11px ${tokenValue('--b-font')}`
  const stroke = tokenValue('--b-muted')
  const grid = { stroke: tokenValue('--b-grid'), width: 1 }
  const ticks = { show: false }
  return [
    timeAxis(input.printTick),
    {
      font,
      stroke,
      grid,
      ticks,
      gap: 6,
      space: 34,
      ...(input.increments === undefined || input.scale === 'log' ? {} : { incrs: [...input.increments] }),
      size: (chart, values) => axisWidth(chart, values, font),
      values: (_, splits) => printDecimals(splits, input.printValue),
    },
  ]
}

function axisWidth(chart: uPlot, values: readonly string[] | null, font: string): number {
  const { ctx } = chart
  ctx.save()
  ctx.font = font
  const widest = Math.max(0, ...(values ?? []).map((value) => ctx.measureText(value ?? '').width))
  ctx.restore()
  return Math.ceil(Math.max(34, widest + 16))
}

function seriesOptions(series: ChartSeries, colour: string, draw: Draw): uPlot.Series {
  const base: uPlot.Series = { label: series.fullName, stroke: colour, width: 1.5, spanGaps: false }
  if (draw === 'points')
    return { ...base, paths: () => null, points: { show: true, size: 4, fill: colour, stroke: colour } }
  const fill = draw === 'lines' ? {} : { fill: withAlpha(colour, draw === 'stack' ? 0.55 : 0.12) }
  return {
    ...base,
    ...fill,
    width: draw === 'stack' ? 1 : 1.5,
    // Only points that no line would show.
    points: { show: true, size: 4, fill: colour, filter: () => [...series.lonely] },
  }
}

/** `#rrggbb` with an alpha. */
function withAlpha(colour: string, alpha: number): string {
  return `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`
}
