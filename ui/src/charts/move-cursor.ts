import type { KeyboardEvent } from 'react'
import type uPlot from 'uplot'

/** Moves a chart's cursor by keys: through time; on a heatmap (`vertical`) also up and down. */
export function moveCursor(event: KeyboardEvent, chart: uPlot | undefined): void {
  if (chart === undefined) return
  const length = chart.data[0].length
  const at = chart.cursor.idx
  const height = chart.over.clientHeight
  const top = chart.cursor.top === undefined || chart.cursor.top < 0 ? height / 3 : chart.cursor.top
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }
  const rises: Readonly<Record<string, number>> = { ArrowUp: -0.05, ArrowDown: 0.05 }
  const move = steps[event.key]
  const rise = rises[event.key]
  let next: number | undefined
  if (move !== undefined) {
    const current = at ?? (move > 0 ? -1 : length)
    next = current + move * (event.shiftKey ? Math.max(1, Math.round(length / 20)) : 1)
  } else if (rise !== undefined && at !== null && at !== undefined) next = at
  else if (event.key === 'Home') next = 0
  else if (event.key === 'End') next = length - 1
  else if (event.key === 'Escape') chart.setCursor({ left: -10, top: -10 })
  if (next === undefined) return
  event.preventDefault()
  const time = chart.data[0][Math.min(length - 1, Math.max(0, next))] ?? 0
  const wanted = top + (rise ?? 0) * height
  chart.setCursor({ left: chart.valToPos(time, 'x'), top: Math.min(height - 1, Math.max(1, wanted)) })
}
