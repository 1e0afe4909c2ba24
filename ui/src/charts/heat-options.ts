import type uPlot from 'uplot'
import { timeAxis, zoomHook } from './axes.ts'
import { tokenValue } from './colour.ts'
import type { HeatChartProps } from './heat-chart.tsx'
import type { HeatModel } from './heat-model.ts'
import { rampColour, shareOf } from './sequential.ts'
import type { Scheme } from './sequential.ts'

/** Space that a label of the value axis needs. */
const LABEL_PX = 20

/** uPlot with its axes, its cursor and its zoom; the cells are drawn by our hook. */
export function heatOptions(width: number, height: number, scheme: Scheme, props: () => HeatChartProps): uPlot.Options {
  const font = `11px ${tokenValue('--b-font')}`
  const stroke = tokenValue('--b-muted')
  return {
    width,
    height,
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: 'time', setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
    },
    scales: { x: { time: true, range: () => [props().start, props().end] }, y: { range: () => [0, 1] } },
    axes: [
      timeAxis((ms, step) => props().moment.tick(ms, step)),
      {
        font,
        stroke,
        grid: { show: false },
        ticks: { show: false },
        gap: 6,
        size: 66,
        splits: (chart) => splitsOf(props().model, chart.over.clientHeight || height),
        values: (_, splits) => splits.map((at) => boundAt(props().model, at, props().printBound)),
      },
    ],
    series: [{}, { show: true, paths: () => null, points: { show: false } }],
    hooks: {
      drawAxes: [(chart) => drawCells(chart, props(), scheme)],
      setSelect: [zoomHook((a, b) => props().onZoom(a, b))],
    },
  }
}

/** Ends of rows, as many as have room for a label; powers of two where there are some, since they are round. */
function splitsOf({ rows }: HeatModel, height: number): number[] {
  const ends = [
    ...rows.map(({ from, lower }) => [from, lower] as const),
    ...rows.map(({ to, upper }) => [to, upper] as const),
  ]
  const round = ends.filter(([, bound]) => bound > 0 && Number.isInteger(Math.log2(bound)))
  const kept: number[] = []
  for (const [end] of (round.length > 5 ? round : ends).sort(([a], [b]) => a - b))
    if (kept.length === 0 || (end - (kept.at(-1) ?? 0)) * height >= LABEL_PX) kept.push(end)
  return kept
}

function boundAt({ rows }: HeatModel, at: number, print: (value: number) => string): string {
  const below = rows.find(({ to }) => to === at)
  if (below !== undefined) return print(below.upper)
  const above = rows.find(({ from }) => from === at)
  return above === undefined ? '' : print(above.lower)
}

function drawCells(chart: uPlot, { model, step }: HeatChartProps, scheme: Scheme): void {
  const { ctx, bbox } = chart
  const { span } = model
  if (span === undefined) return
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  const edges = model.times.map((time) => Math.round(chart.valToPos(time - step / 2, 'x', true)))
  const right = Math.round(chart.valToPos((model.times.at(-1) ?? 0) + step / 2, 'x', true))
  const gap = model.rows.length < 40 ? 1 : 0
  model.rows.forEach(({ from, to }, r) => {
    const top = Math.round(chart.valToPos(to, 'y', true))
    const height = Math.max(1, Math.round(chart.valToPos(from, 'y', true)) - top - gap)
    model.cells[r]?.forEach((count, i) => {
      if (!(count > 0)) return
      const left = edges[i] ?? 0
      ctx.fillStyle = rampColour(scheme, shareOf(count, span))
      ctx.fillRect(left, top, Math.max(1, (edges[i + 1] ?? right) - left), height)
    })
  })
  ctx.restore()
}
