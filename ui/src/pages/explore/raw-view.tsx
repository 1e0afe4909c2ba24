import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../../app/time/use-moment.ts'
import type { InstantFrame } from '../../data/frame.ts'
import { commonLabels, NAME, printLabels } from '../../data/labels.ts'
import { Note } from '../../kit/note.tsx'
import { exactNumber } from '../../kit/number.ts'
import { VirtualTable } from '../../kit/virtual-table.tsx'
import type { Column } from '../../kit/virtual-table.tsx'
import { RAW_SAMPLES, RAW_SERIES } from './use-results.ts'

interface Sample {
  readonly series: string
  /** Unix seconds, with milliseconds. */
  readonly time: number
  readonly value: number
}

/** The newest samples of each series, newest first. */
function samplesOf(frame: InstantFrame): { readonly samples: readonly Sample[]; readonly cut: boolean } {
  const common = commonLabels(frame.raw.map(({ labels }) => labels))
  const samples: Sample[] = []
  let cut = frame.raw.length > RAW_SERIES
  for (const { labels, times, values } of frame.raw.slice(0, RAW_SERIES)) {
    const short = printLabels(labels, common)
    const series = short === '{}' ? printLabels(labels) : short
    const first = Math.max(0, times.length - RAW_SAMPLES)
    cut ||= first > 0
    for (let i = times.length - 1; i >= first; i--)
      samples.push({
        series: series === '' ? (labels[NAME] ?? '') : series,
        time: times[i] ?? 0,
        value: values[i] ?? 0,
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
        render: ({ value }) => <span className="mono">{exactNumber(value)}</span>,
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
