import { Select } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../../app/time/use-moment.ts'
import type { HistogramSample, InstantFrame } from '../../data/frame.ts'
import { commonLabels, NAME, printLabels } from '../../data/labels.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconSearchOff } from '../../kit/icons.ts'
import { Note } from '../../kit/note.tsx'
import { exactNumber } from '../../kit/number.ts'
import { QueryView } from '../../kit/query-view.tsx'
import { VirtualTable } from '../../kit/virtual-table.tsx'
import type { Column } from '../../kit/virtual-table.tsx'
import styles from './explore.module.css'
import { RAW_SAMPLES, RAW_SERIES } from './use-results.ts'
import type { Timed } from './use-results.ts'

interface Sample {
  readonly series: string
  /** Unix seconds, with milliseconds. */
  readonly time: number
  readonly value: number
  readonly histogram: HistogramSample | undefined
}

/** The newest samples of each series, newest first. */
function samplesOf(frame: InstantFrame): { readonly samples: readonly Sample[]; readonly cut: boolean } {
  const common = commonLabels(frame.raw.map(({ labels }) => labels))
  const samples: Sample[] = []
  let cut = frame.raw.length > RAW_SERIES
  for (const { labels, times, values, histograms } of frame.raw.slice(0, RAW_SERIES)) {
    const short = printLabels(labels, common)
    const series = short === '{}' ? printLabels(labels) : short
    const first = Math.max(0, times.length - RAW_SAMPLES)
    cut ||= first > 0
    for (let i = times.length - 1; i >= first; i--)
      samples.push({
        series: series === '' ? (labels[NAME] ?? '') : series,
        time: times[i] ?? 0,
        value: values[i] ?? 0,
        histogram: histograms.get(i),
      })
  }
  return { samples, cut }
}

/** Samples as they are stored: no lookback, no grid. Shows at once how regularly a target is scraped. */
export function RawView({ frame, window }: { readonly frame: InstantFrame; readonly window: string }) {
  const { t } = useTranslation()
  const moment = useMoment()
  const { samples, cut } = useMemo(() => samplesOf(frame), [frame])
  const columns = useMemo(
    (): Column<Sample>[] => [
      {
        id: 'series',
        title: t('explore.table.series'),
        sortBy: ({ series }) => series,
        render: ({ series }) => <span className="mono">{series}</span>,
      },
      {
        id: 'time',
        title: t('explore.table.timestamp'),
        align: 'end',
        sortBy: ({ time }) => time,
        render: ({ time }) => (
          <span className="mono" style={{ whiteSpace: 'nowrap' }}>
            {moment.exact(time * 1000)}
          </span>
        ),
      },
      {
        id: 'value',
        title: t('explore.table.value'),
        align: 'end',
        sortBy: ({ value }) => value,
        render: ({ value, histogram }) => (
          <span className="mono">
            {histogram === undefined
              ? exactNumber(value)
              : t('explore.table.histogram', { n: histogram.count, sum: histogram.sum })}
          </span>
        ),
      },
    ],
    [moment, t],
  )
  return (
    <>
      <Note tone="info">
        {t('explore.table.window', { range: window })}
        {cut && ` ${t('explore.table.rawLimited', { n: RAW_SAMPLES })}`}
      </Note>
      <VirtualTable
        label={t('explore.view.raw')}
        columns={columns}
        rows={samples}
        rowKey={({ series, time }) => `${series} ${time}`}
        maxHeight="calc(100vh - 320px)"
      />
    </>
  )
}

export interface RawResultProps {
  /** The range vectors that the query reads, as text. */
  readonly ranges: readonly string[]
  readonly selector: number
  readonly setSelector: (selector: number) => void
  readonly raw: UseQueryResult<Timed<InstantFrame>>
  readonly window: string
  readonly empty: ReactNode
}

/** The samples behind a query: of its selector, of a chosen one when there are several. */
export function RawResult({ ranges, selector, setSelector, raw, window, empty }: RawResultProps) {
  const { t } = useTranslation()
  if (ranges.length === 0) return <EmptyState icon={IconSearchOff} title={t('explore.table.noSelector')} />
  return (
    <>
      {ranges.length > 1 && (
        <div className={styles['pick']}>
          <Select
            label={t('explore.table.pick')}
            value={String(selector)}
            data={ranges.map((label, i) => ({ value: String(i), label }))}
            onChange={(value) => setSelector(Number(value ?? 0))}
          />
        </div>
      )}
      <QueryView query={raw} isEmpty={({ frame }) => frame.raw.length === 0} empty={empty}>
        {({ frame }) => <RawView frame={frame} window={window} />}
      </QueryView>
    </>
  )
}
