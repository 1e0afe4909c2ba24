import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useCallback, useId, useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type uPlot from 'uplot'
import { LabelChips } from '../kit/badge.tsx'
import type { MomentFormat } from '../kit/moment.ts'
import styles from './chart.module.css'
import { Legend } from './legend.tsx'
import { stacked } from './model.ts'
import type { ChartModel, ChartSeries } from './model.ts'
import { moveCursor } from './move-cursor.ts'
import { chartOptions } from './options.ts'
import type { Draw, ValueScale } from './options.ts'
import { ChartTooltip } from './tooltip.tsx'
import { usePlot } from './use-uplot.ts'
import type { PlotFrame } from './use-uplot.ts'

export interface TimeChartProps {
  readonly model: ChartModel
  /** Unix seconds; the axis spans all of it, data or not. */
  readonly start: number
  readonly end: number
  readonly title: string
  readonly draw: Draw
  readonly scale: ValueScale
  readonly height?: number
  readonly moment: MomentFormat
  readonly printValue: (value: number) => string
  readonly increments: readonly number[] | undefined
  readonly onZoom: (start: number, end: number) => void
  /** Drawn over the plotting area. */
  readonly overlay?: (frame: PlotFrame) => ReactNode
}

/** Series over time. Its facts are reachable by pointer, by keyboard, and (see ChartTable) as a table. */
export function TimeChart(props: TimeChartProps) {
  const { t } = useTranslation()
  const { model, moment, printValue, height = 320 } = props
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const { ref: sizeRef, width } = useElementSize()
  const help = useId()
  const visible = useMemo(() => model.series.filter(({ key }) => !hidden.has(key)), [model, hidden])
  const make = useOptions(props, visible)
  const columns = useMemo(
    () => columnsOf(model, visible, props.draw, props.scale),
    [model, visible, props.draw, props.scale],
  )
  const { box, chart, cursor, frame } = usePlot(make, columns, height)
  const time = cursor.index === undefined ? '' : moment.full((model.times[cursor.index] ?? 0) * 1000)
  const drawn = props.draw === 'stack' ? [...visible].reverse() : visible
  const nearest = cursor.near === undefined ? undefined : drawn[cursor.near]
  const spoken = visible.slice(0, 5).map((one) => {
    const value = cursor.index === undefined ? null : (one.values[cursor.index] ?? null)
    return `${one.name}: ${value === null ? t('explore.chart.noValue') : printValue(value)}`
  })

  return (
    <div className={styles['wrap']} ref={sizeRef}>
      <div
        className={styles['plot']}
        ref={box}
        role="img"
        tabIndex={0}
        aria-label={t('explore.chart.label', { query: props.title, series: model.total })}
        aria-describedby={help}
        data-testid="chart"
        data-series={visible.length}
        onKeyDown={(event) => moveCursor(event, chart.current)}
        onBlur={() => chart.current?.setCursor({ left: -10, top: -10 })}
      >
        <ChartTooltip
          cursor={cursor}
          near={nearest}
          series={visible}
          width={width}
          time={time}
          printValue={printValue}
        />
      </div>
      {frame !== undefined && props.overlay?.(frame)}
      <p id={help} className="sr-only">
        {t('explore.chart.help')}
      </p>
      <div className="sr-only" aria-live="polite">
        {cursor.index !== undefined && `${time}. ${spoken.join(', ')}`}
      </div>
      <Legend
        series={model.series}
        hidden={hidden}
        index={cursor.index}
        near={nearest}
        printValue={printValue}
        onToggle={(key, only) => setHidden(toggled(model.series, hidden, key, only))}
        onHover={(one) => {
          const position = one === undefined ? -1 : drawn.indexOf(one)
          chart.current?.setSeries(position < 0 ? null : position + 1, { focus: true })
        }}
      />
      {Object.keys(model.common).length > 0 && (
        <div className={styles['common']}>
          <span>{t('explore.chart.common')}</span>
          <LabelChips labels={model.common} />
        </div>
      )}
    </div>
  )
}

/** The factory of uPlot's options: a new one, and with it a new chart, only when the drawing itself changes. */
function useOptions(
  props: TimeChartProps,
  visible: readonly ChartSeries[],
): (width: number, height: number) => uPlot.Options {
  const scheme = useComputedColorScheme('light')
  const { draw, scale, moment, printValue, increments } = props
  const latest = useRef(props)
  latest.current = props
  const shape = visible.map(({ key, lonely }) => `${key}/${lonely.join(' ')}`).join('\n')
  return useCallback(
    (width, height) =>
      chartOptions({
        width,
        height,
        series: draw === 'stack' ? [...visible].reverse() : visible,
        draw,
        scale,
        bounds: () => [latest.current.start, latest.current.end],
        syncKey: 'time',
        printValue,
        increments,
        printTick: moment.tick,
        onZoom: (from, to) => latest.current.onZoom(from, to),
      }),
    // Colours are read from the theme while the options are made; `shape` stands for `visible`.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [shape, draw, scale, moment, printValue, increments, scheme],
  )
}

function columnsOf(
  model: ChartModel,
  visible: readonly ChartSeries[],
  draw: Draw,
  scale: ValueScale,
): uPlot.AlignedData {
  const columns = visible.map(({ values }) => values)
  const sums = draw === 'stack' ? [...stacked(columns)].reverse() : columns
  // A logarithm has no place for zero and below.
  const drawn =
    scale === 'log' ? sums.map((one) => one.map((value) => (value !== null && value > 0 ? value : null))) : sums
  return [model.times, ...drawn] as unknown as uPlot.AlignedData
}

function toggled(
  series: readonly ChartSeries[],
  hidden: ReadonlySet<string>,
  key: string,
  only: boolean,
): ReadonlySet<string> {
  if (!only) {
    const next = new Set(hidden)
    if (!next.delete(key)) next.add(key)
    return next.size === series.length ? new Set() : next
  }
  const alone = !hidden.has(key) && hidden.size === series.length - 1
  return alone ? new Set() : new Set(series.filter((one) => one.key !== key).map((one) => one.key))
}
