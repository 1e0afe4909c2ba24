import { useTranslation } from 'react-i18next'
import styles from './chart.module.css'
import { seriesColour } from './colour.ts'
import type { ChartSeries } from './model.ts'
import type { CursorState } from './use-uplot.ts'

export interface TooltipProps {
  readonly cursor: CursorState
  readonly series: readonly ChartSeries[]
  /** The series nearest to the pointer. */
  readonly near: ChartSeries | undefined
  /** Width and height of the chart, so that the tooltip stays inside. */
  readonly width: number
  readonly time: string
  readonly printValue: (value: number) => string
}

const MAX_ROWS = 10

/** The values under the cursor, highest first; the series nearest to the pointer always among them. */
export function ChartTooltip({ cursor, near, series, width, time, printValue }: TooltipProps) {
  const { t } = useTranslation()
  const { index } = cursor
  if (index === undefined) return null
  const rows = series
    .map((one) => ({ one, value: one.values[index] ?? null }))
    .filter((row): row is typeof row & { value: number } => row.value !== null)
    .sort((a, b) => Number(b.one === near) - Number(a.one === near) || b.value - a.value)
  const shown = rows.slice(0, MAX_ROWS).sort((a, b) => b.value - a.value)
  const flip = cursor.left > width / 2
  const position = flip ? { right: width - cursor.left + 14 } : { left: cursor.left + 14 }
  return (
    <div className={styles['tooltip']} style={{ ...position, top: Math.max(4, cursor.top - 24) }} aria-hidden>
      <time>{time}</time>
      {shown.map(({ one, value }) => (
        <div key={one.key} className={styles['row']} data-near={one === near}>
          <span className={styles['swatch']} style={{ background: seriesColour(one.colour) }} />
          <span>{one.name}</span>
          <b>{printValue(value)}</b>
        </div>
      ))}
      {rows.length > shown.length && (
        <div className="muted">
          {t('explore.chart.more', { count: rows.length - shown.length, n: rows.length - shown.length })}
        </div>
      )}
      {rows.length === 0 && <div className="muted">{t('explore.chart.noValue')}</div>}
    </div>
  )
}
