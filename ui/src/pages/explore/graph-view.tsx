import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { zoomedTo } from '../../app/time/range.ts'
import { useMoment } from '../../app/time/use-moment.ts'
import { chartModel } from '../../charts/model.ts'
import type { ChartModel } from '../../charts/model.ts'
import { TimeChart } from '../../charts/time-chart.tsx'
import type { PlotFrame } from '../../charts/use-uplot.ts'
import type { Exemplar, GridFrame } from '../../data/frame.ts'
import { IconTable } from '../../kit/icons.ts'
import { Note } from '../../kit/note.tsx'
import { grouped } from '../../kit/number.ts'
import { ChartTable } from './chart-table.tsx'
import { useExemplarView } from './exemplars.tsx'
import styles from './explore.module.css'
import type { PanelState } from './panels.ts'
import type { QueryShape } from './query-shape.ts'
import { TRUNCATED } from './use-results.ts'
import type { GraphResult } from './use-results.ts'
import { useValueFormat } from './use-value-format.ts'

/** Lines drawn without being asked to: more are slow to draw and impossible to tell apart. */
const DRAWN = 50

export interface GraphViewProps {
  readonly panel: PanelState
  readonly result: GraphResult
  readonly shape: QueryShape | undefined
  /** Asks the server for all series. */
  readonly onAll: () => void
}

export function GraphView({ panel, result, shape, onAll }: GraphViewProps) {
  const { setRange } = useTimeRange()
  const moment = useMoment()
  const [limit, setLimit] = useState(DRAWN)
  const [asTable, setAsTable] = useState(false)
  const { frame, grid } = result
  const model = useMemo(() => chartModel(frame, limit), [frame, limit])
  const format = useValueFormat(
    model.series.map(({ labels }) => labels),
    shape,
  )
  const isLog = panel.scale === 'log'
  const place = ({ value }: Exemplar, { y: [min, max] }: PlotFrame): number | undefined => {
    if (shape?.isObservation !== true) return undefined
    return isLog && min > 0 ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min)
  }
  const exemplars = useExemplarView(panel, grid, place, format.print)
  return (
    <div className={styles['graph']}>
      <AsTable pressed={asTable} onPress={() => setAsTable(!asTable)} />
      <Limits
        model={model}
        whole={wholeOf(frame)}
        onDraw={setLimit}
        onAll={() => {
          setLimit(Infinity)
          onAll()
        }}
      />
      {model.histograms && <HistogramNote />}
      {asTable ? (
        <ChartTable model={model} print={format.print} />
      ) : (
        <TimeChart
          model={model}
          start={grid.start}
          end={grid.end}
          title={panel.query}
          draw={panel.draw}
          scale={panel.scale}
          moment={moment}
          printValue={format.print}
          increments={format.increments}
          onZoom={(start, end) => setRange(zoomedTo(start, end))}
          overlay={exemplars.overlay}
        />
      )}
      {exemplars.below}
    </div>
  )
}

/** A result that was known from before has no account of how many series it had. */
function wholeOf({ series, facts }: GridFrame): number | undefined {
  if (!facts.warnings.includes(TRUNCATED)) return series.length
  const counted = facts.explain?.series ?? 0
  return counted > series.length ? counted : undefined
}

function HistogramNote() {
  const { t } = useTranslation()
  return <Note tone="info">{t('explore.chart.histograms')}</Note>
}

interface LimitsProps {
  readonly model: ChartModel
  /** Series that the query has, sent or not; undefined: more than were sent, but how many is not known. */
  readonly whole: number | undefined
  readonly onDraw: (limit: number) => void
  readonly onAll: () => void
}

/** How many of the series are drawn, and how to see the rest. */
function Limits({ model: { series, total }, whole, onDraw, onAll }: LimitsProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const all = Math.max(whole ?? total + 1, total)
  if (series.length >= all) return null
  const print = (n: number): string => grouped(n, language)
  const printAll = whole === undefined ? `${print(total)}+` : print(all)
  return (
    <Note tone="info">
      {t('explore.chart.capped', { shown: print(series.length), all: printAll })}
      {series.length < total && (
        <Button size="compact-xs" onClick={() => onDraw(total)}>
          {t('explore.chart.drawMore', { n: print(total) })}
        </Button>
      )}
      {total < all && (
        <Button size="compact-xs" onClick={onAll}>
          {whole === undefined ? t('explore.table.all') : t('explore.chart.drawAll', { n: printAll })}
        </Button>
      )}
    </Note>
  )
}

function AsTable({ pressed, onPress }: { readonly pressed: boolean; readonly onPress: () => void }) {
  const { t } = useTranslation()
  const label = pressed ? t('explore.chart.asChart') : t('explore.chart.asTable')
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={styles['asTable'] ?? ''}
        variant={pressed ? 'light' : 'subtle'}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onPress}
      >
        <IconTable size={16} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}
