import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import type { DrawStyle } from '../../app/search.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { zoomedTo } from '../../app/time/range.ts'
import { useMoment } from '../../app/time/use-moment.ts'
import { chartModel } from '../../charts/model.ts'
import type { ValueScale } from '../../charts/options.ts'
import { TimeChart } from '../../charts/time-chart.tsx'
import { Note } from '../../kit/note.tsx'
import { grouped } from '../../kit/number.ts'
import { ChartTable } from './chart-table.tsx'
import type { GraphResult } from './use-results.ts'
import { useValueFormat } from './use-value-format.ts'

/** Lines drawn without being asked to: more are slow to draw and impossible to tell apart. */
const DRAWN = 50
const DRAWN_AT_MOST = 500

export interface GraphViewProps {
  readonly query: string
  readonly result: GraphResult
  readonly draw: DrawStyle
  readonly scale: ValueScale
  /** Shows the drawn points as a table instead. */
  readonly asTable: boolean
}

export function GraphView({ query, result, draw, scale, asTable }: GraphViewProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { setRange } = useTimeRange()
  const moment = useMoment()
  const [limit, setLimit] = useState(DRAWN)
  const { frame, grid } = result
  const model = useMemo(() => chartModel(frame, limit), [frame, limit])
  const format = useValueFormat(model.series.map(({ labels }) => labels))
  const more = Math.min(DRAWN_AT_MOST, model.total)
  return (
    <>
      {model.total > model.series.length && (
        <Note tone="info">
          {t('explore.chart.capped', {
            shown: grouped(model.series.length, language),
            all: grouped(model.total, language),
          })}
          {more > limit && (
            <Button size="compact-xs" onClick={() => setLimit(more)}>
              {t('explore.chart.drawMore', { n: grouped(more, language) })}
            </Button>
          )}
        </Note>
      )}
      {model.histograms && <Note tone="info">{t('explore.chart.histograms')}</Note>}
      {asTable ? (
        <ChartTable model={model} print={format.print} />
      ) : (
        <TimeChart
          model={model}
          start={grid.start}
          end={grid.end}
          title={query}
          draw={draw}
          scale={scale}
          moment={moment}
          printValue={format.print}
          increments={format.increments}
          onZoom={(start, end) => setRange(zoomedTo(start, end))}
        />
      )}
    </>
  )
}
