/** What all charts over time have in common. */
import type uPlot from 'uplot'
import { tokenValue } from './colour.ts'

const SPACINGS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]
const TIME_INCREMENTS = [...SPACINGS, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000]

export const timeAxis = (printTick: (ms: number, stepSeconds: number) => string): uPlot.Axis => ({
  font: `11px ${tokenValue('--b-font')}`,
  stroke: tokenValue('--b-muted'),
  grid: { stroke: tokenValue('--b-grid'), width: 1 },
  ticks: { show: false },
  size: 26,
  gap: 6,
  space: 84,
  incrs: TIME_INCREMENTS,
  values: (_, splits, __, ___, increment) => splits.map((time) => printTick(time * 1000, increment)),
})

/** Tells the selected part of the time axis, and takes the selection away. */
export const zoomHook =
  (onZoom: (start: number, end: number) => void) =>
  (chart: uPlot): void => {
    const { left, width } = chart.select
    if (width > 4) onZoom(chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x'))
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  }
