import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { zoomedTo } from '../../app/time/range.ts'
import { useMoment } from '../../app/time/use-moment.ts'
import { HeatChart } from '../../charts/heat-chart.tsx'
import { heatModel, placeOf } from '../../charts/heat-model.ts'
import type { HeatModel } from '../../charts/heat-model.ts'
import type { Exemplar } from '../../data/frame.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconGridDots } from '../../kit/icons.ts'
import { shortNumber } from '../../kit/number.ts'
import { useExemplarView } from './exemplars.tsx'
import type { PanelState } from './panels.ts'
import type { QueryShape } from './query-shape.ts'
import type { GraphResult } from './use-results.ts'
import { useBucketFormat } from './use-value-format.ts'

export interface HeatmapViewProps {
  readonly panel: PanelState
  readonly result: GraphResult
  readonly shape: QueryShape | undefined
  readonly onQuery: (query: string) => void
}

/** How observations spread over time: classic buckets or native histograms. */
export function HeatmapView(props: HeatmapViewProps) {
  const { frame } = props.result
  const model = useMemo(() => heatModel(frame), [frame])
  return model === undefined ? <NoBuckets {...props} /> : <Heatmap {...props} model={model} />
}

function Heatmap({ panel, result, shape, model }: HeatmapViewProps & { readonly model: HeatModel }) {
  const { setRange } = useTimeRange()
  const moment = useMoment()
  const { grid } = result
  const printBound = useBucketFormat(shape)
  const place = ({ value }: Exemplar): number | undefined => placeOf(model.rows, value)
  const exemplars = useExemplarView(panel, grid, place, printBound)
  return (
    <>
      <HeatChart
        model={model}
        start={grid.start}
        end={grid.end}
        step={grid.step}
        title={panel.query}
        moment={moment}
        printBound={printBound}
        printCount={(count) => shortNumber(count, 3)}
        onZoom={(start, end) => setRange(zoomedTo(start, end))}
        overlay={exemplars.overlay}
      />
      {exemplars.below}
    </>
  )
}

/** Nothing to draw here, but perhaps there is a query that has. */
function NoBuckets({ panel, shape, onQuery }: HeatmapViewProps) {
  const { t } = useTranslation()
  const better = bucketQuery(panel.query, shape)
  return (
    <EmptyState icon={IconGridDots} title={t('explore.heat.noneTitle')} hint={t('explore.heat.noneHint')}>
      {better !== undefined && (
        <Button onClick={() => onQuery(better)}>{t('explore.heat.use', { query: better })}</Button>
      )}
    </EmptyState>
  )
}

/** A query with buckets that is near: what a quantile is taken of, or the rate of a histogram's buckets. */
export function bucketQuery(query: string, shape: QueryShape | undefined): string | undefined {
  if (shape?.buckets !== undefined && shape.buckets !== query) return shape.buckets
  const [selector, ...others] = shape?.selectors ?? []
  if (selector === undefined || others.length > 0) return undefined
  const bucket = selector.replace(/^([a-zA-Z_:][\w:]*?)(?:_(?:count|sum|bucket))(?=\{|$)/, '$1_bucket')
  const found = `sum by (le) (rate(${bucket}[5m]))`
  return bucket.includes('_bucket') && found !== query ? found : undefined
}
