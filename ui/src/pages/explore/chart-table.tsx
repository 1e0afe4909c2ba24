import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../../app/time/use-moment.ts'
import type { ChartModel } from '../../charts/model.ts'
import { VirtualTable } from '../../kit/virtual-table.tsx'
import type { Column } from '../../kit/virtual-table.tsx'

interface Row {
  readonly index: number
  readonly time: number
}

/** Columns of more series would be too many to read. */
const COLUMNS = 20

/** What a chart shows, as a table: a row a point in time, newest first, a column a series. */
export function ChartTable({
  model,
  print,
}: {
  readonly model: ChartModel
  readonly print: (value: number) => string
}) {
  const { t } = useTranslation()
  const moment = useMoment()
  const rows = useMemo(
    () =>
      model.times
        .map((time, index): Row => ({ index, time }))
        .filter(({ index }) => model.series.some(({ values }) => (values[index] ?? null) !== null)),
    [model],
  )
  const columns = useMemo(
    (): Column<Row>[] => [
      {
        id: 'time',
        title: t('explore.chart.time'),
        width: 150,
        sortBy: ({ time }) => time,
        render: ({ time }) => <span className="mono">{moment.full(time * 1000)}</span>,
      },
      ...model.series.slice(0, COLUMNS).map((series): Column<Row> => ({
        id: series.key,
        title: series.name,
        align: 'end',
        sortBy: ({ index }) => series.values[index] ?? NaN,
        render: ({ index }) => {
          const value = series.values[index] ?? null
          return value === null ? '–' : print(value)
        },
      })),
    ],
    [model, moment, print, t],
  )
  return (
    <VirtualTable
      label={t('explore.chart.asTable')}
      columns={columns}
      rows={rows}
      rowKey={({ time }) => String(time)}
      initialSort={{ id: 'time', down: true }}
      maxHeight="480px"
    />
  )
}
