import { useEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

export interface CursorState {
  /** Position in the columns, undefined when the cursor is elsewhere. */
  readonly index: number | undefined
  /** Position of the series nearest to the pointer, undefined when none is near. */
  readonly near: number | undefined
  /** Pixels within the plotting area's box. */
  readonly left: number
  readonly top: number
}

/** The plotting area: its box in CSS pixels, and which values its ends are. */
export interface PlotFrame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly x: readonly [min: number, max: number]
  readonly y: readonly [min: number, max: number]
}

const NOWHERE: CursorState = { index: undefined, near: undefined, left: 0, top: 0 }

export interface Plot {
  readonly box: RefObject<HTMLDivElement | null>
  readonly chart: RefObject<uPlot | undefined>
  readonly cursor: CursorState
  /** Undefined until the first drawing. */
  readonly frame: PlotFrame | undefined
}

/**
 * Ties a uPlot to a box. `make` is called again when it changes (it must be stable otherwise); data and size changes go to
 * the living chart.
 */
export function usePlot(
  make: (width: number, height: number) => uPlot.Options,
  columns: uPlot.AlignedData,
  height: number,
): Plot {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const drawn = useRef<uPlot.AlignedData>(undefined)
  const [cursor, setCursor] = useState(NOWHERE)
  const [frame, setFrame] = useState<PlotFrame>()
  const latest = useRef(columns)
  latest.current = columns

  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const options = make(Math.max(200, element.clientWidth), height)
    const plot = new uPlot(
      { ...options, hooks: { ...options.hooks, setCursor: [report], setSeries: [report], draw: [tellFrame] } },
      latest.current,
      element,
    )
    chart.current = plot
    drawn.current = latest.current
    function report(): void {
      const { idx, left = -1, top = -1 } = plot.cursor
      const near = plot.series.findIndex((one, i) => i > 0 && (one as { _focus?: boolean })._focus === true)
      const inside = left >= 0 && idx !== null && idx !== undefined
      setCursor(
        inside
          ? {
              index: idx,
              near: near > 0 ? near - 1 : undefined,
              left: left + plot.over.offsetLeft,
              top: top + plot.over.offsetTop,
            }
          : NOWHERE,
      )
    }
    function tellFrame(drawnPlot: uPlot): void {
      const next = frameOf(drawnPlot)
      setFrame((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next))
    }
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0)
      if (width > 0 && width !== plot.width) plot.setSize({ width, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
      chart.current = undefined
      setCursor(NOWHERE)
    }
  }, [make, height])

  useEffect(() => {
    if (drawn.current === columns) return
    drawn.current = columns
    chart.current?.setData(columns)
  }, [columns])

  return { box, chart, cursor, frame }
}

function frameOf({ over, scales }: uPlot): PlotFrame {
  const { x, y } = scales
  return {
    left: over.offsetLeft,
    top: over.offsetTop,
    width: over.clientWidth,
    height: over.clientHeight,
    x: [x?.min ?? 0, x?.max ?? 1],
    y: [y?.min ?? 0, y?.max ?? 1],
  }
}
