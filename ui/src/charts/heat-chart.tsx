import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useCallback, useId, useMemo, useRef } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type uPlot from 'uplot'
import type { MomentFormat } from '../kit/moment.ts'
import styles from './chart.module.css'
import { heatOptions } from './heat-options.ts'
import type { HeatModel } from './heat-model.ts'
import { moveCursor } from './move-cursor.ts'
import { rampColour, rampGradient, shareOf } from './sequential.ts'
import { usePlot } from './use-uplot.ts'
import type { PlotFrame } from './use-uplot.ts'

export interface HeatChartProps {
  readonly model: HeatModel
  /** Unix seconds. */
  readonly start: number
  readonly end: number
  readonly step: number
  readonly title: string
  readonly height?: number
  readonly moment: MomentFormat
  /** Prints the bounds of buckets. */
  readonly printBound: (value: number) => string
  readonly printCount: (value: number) => string
  readonly onZoom: (start: number, end: number) => void
  readonly overlay?: (frame: PlotFrame) => ReactNode
}

/** Counts by time and bucket: the darker (in the dark, the brighter), the more. */
export function HeatChart(props: HeatChartProps) {
  const { t } = useTranslation()
  const { model, moment, printBound, printCount, height = 320 } = props
  const scheme = useComputedColorScheme('light')
  const { ref: sizeRef, width } = useElementSize()
  const help = useId()
  const latest = useRef(props)
  latest.current = props
  const make = useCallback(
    (w: number, h: number) => heatOptions(w, h, scheme, () => latest.current),
    // Colours are read from the theme while the options are made.
    [scheme],
  )
  const columns = useMemo((): uPlot.AlignedData => [[...model.times], model.times.map(() => null)], [model])
  const { box, chart, cursor, frame } = usePlot(make, columns, height)
  const cell =
    cursor.index === undefined || frame === undefined ? undefined : cellAt(model, cursor.index, cursor.top, frame)
  const time = cursor.index === undefined ? '' : moment.full((model.times[cursor.index] ?? 0) * 1000)
  const count = cell === undefined || Number.isNaN(cell.count) ? t('explore.chart.noValue') : printCount(cell.count)
  const bounds = cell && `${printBound(cell.row.lower)} – ${printBound(cell.row.upper)}`
  return (
    <div className={styles['wrap']} ref={sizeRef}>
      <div
        className={styles['plot']}
        ref={box}
        role="img"
        tabIndex={0}
        aria-label={t('explore.heat.label', { query: props.title, rows: model.rows.length })}
        aria-describedby={help}
        data-testid="heatmap"
        data-rows={model.rows.length}
        onKeyDown={(event) => moveCursor(event, chart.current)}
        onBlur={() => chart.current?.setCursor({ left: -10, top: -10 })}
      />
      {frame !== undefined && props.overlay?.(frame)}
      {cell !== undefined && (
        <div className={styles['tooltip']} style={tooltipAt(cursor.left, cursor.top, width)} aria-hidden>
          <time>{time}</time>
          <div className={styles['row']}>
            <span
              className={styles['swatch']}
              style={{ background: cellColour(scheme, cell.count, model.span) ?? 'transparent' }}
            />
            <span>{bounds}</span>
            <b>{count}</b>
          </div>
          {cell.total > 0 && (
            <div className="muted">{t('explore.heat.share', { share: percent(cell.count / cell.total) })}</div>
          )}
        </div>
      )}
      <p id={help} className="sr-only">
        {t('explore.heat.help')}
      </p>
      <div className="sr-only" aria-live="polite">
        {cell !== undefined && `${time}. ${bounds}: ${count}`}
      </div>
      {model.span !== undefined && (
        <div className={styles['scale']}>
          <span>{t('explore.heat.count')}</span>
          <span>{printCount(model.span[0])}</span>
          <i style={{ background: rampGradient(scheme) }} />
          <span>{printCount(model.span[1])}</span>
        </div>
      )}
    </div>
  )
}

const percent = (share: number): string => `${(share * 100).toPrecision(3)} %`

export function cellColour(scheme: 'light' | 'dark', count: number, span: HeatModel['span']): string | undefined {
  return span === undefined || !(count > 0) ? undefined : rampColour(scheme, shareOf(count, span))
}

function cellAt(model: HeatModel, index: number, top: number, frame: PlotFrame) {
  const y = 1 - (top - frame.top) / frame.height
  const at = model.rows.findIndex(({ from, to }) => y >= from && y <= to)
  const row = model.rows[at]
  if (row === undefined) return undefined
  const total = model.cells.reduce((sum, one) => sum + (Number.isNaN(one[index] ?? NaN) ? 0 : (one[index] ?? 0)), 0)
  return { row, count: model.cells[at]?.[index] ?? NaN, total }
}

function tooltipAt(left: number, top: number, width: number) {
  const side = left > width / 2 ? { right: width - left + 14 } : { left: left + 14 }
  return { ...side, top: Math.max(4, top - 24) }
}
