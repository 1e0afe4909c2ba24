import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import type { InstantFrame, InstantRow } from '../../data/frame.ts'
import { commonLabels, keyOf, NAME, printLabels } from '../../data/labels.ts'
import { LabelChips } from '../../kit/badge.tsx'
import { Note } from '../../kit/note.tsx'
import { exactNumber, grouped } from '../../kit/number.ts'
import { VirtualTable } from '../../kit/virtual-table.tsx'
import type { Column } from '../../kit/virtual-table.tsx'
import styles from './explore.module.css'
import { TABLE_LIMIT } from './use-results.ts'
import { useValueFormat } from './use-value-format.ts'

/** With more labels than this that tell series apart, one column holds the whole label set. */
const LABEL_COLUMNS = 8

export interface TableViewProps {
  readonly frame: InstantFrame
  /** Asks the server for all series. */
  readonly onAll: () => void
}

export function TableView({ frame, onAll }: TableViewProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const sets = useMemo(() => frame.rows.map(({ labels }) => labels), [frame])
  const { print } = useValueFormat(sets)
  const common = useMemo(() => commonLabels(sets), [sets])
  const columns = useMemo((): Column<InstantRow>[] => {
    const names = [...new Set(sets.flatMap((labels) => Object.keys(labels)))]
      .filter((name) => !common.has(name))
      .sort((a, b) => Number(b === NAME) - Number(a === NAME) || a.localeCompare(b))
    const value: Column<InstantRow> = {
      id: 'value',
      title: t('explore.table.value'),
      align: 'end',
      sortBy: (row) => row.value,
      render: (row) => <Value row={row} print={print} />,
    }
    if (names.length === 0 || names.length > LABEL_COLUMNS) return [seriesColumn(t('explore.table.series')), value]
    return [
      ...names.map((name): Column<InstantRow> => ({
        id: name,
        title: name === NAME ? t('explore.table.series') : name,
        sortBy: ({ labels }) => labels[name] ?? '',
        render: ({ labels }) => <span className="mono">{labels[name] ?? ''}</span>,
      })),
      value,
    ]
  }, [sets, common, print, t])
  if (frame.kind === 'string') return <pre className={styles['text']}>{frame.text}</pre>
  const shared = Object.fromEntries(Object.entries(sets[0] ?? {}).filter(([name]) => common.has(name)))
  return (
    <>
      {frame.rows.length === TABLE_LIMIT && (
        <Note tone="info">
          {t('explore.table.limited', { n: grouped(TABLE_LIMIT, language) })}
          <Button size="compact-xs" onClick={onAll}>
            {t('explore.table.all')}
          </Button>
        </Note>
      )}
      <VirtualTable
        label={t('explore.view.table')}
        columns={columns}
        rows={frame.rows}
        rowKey={({ labels }) => keyOf(labels)}
        maxHeight="calc(100vh - 300px)"
      />
      {Object.keys(shared).length > 0 && (
        <div className={styles['about']} style={{ padding: '6px 12px' }}>
          {t('explore.chart.common')} <LabelChips labels={shared} />
        </div>
      )}
    </>
  )
}

function seriesColumn(title: string): Column<InstantRow> {
  return {
    id: 'series',
    title,
    sortBy: ({ labels }) => printLabels(labels),
    render: ({ labels }) => <span className="mono">{printLabels(labels)}</span>,
  }
}

/** The exact value, and beside it how one would say it. */
function Value({ row, print }: { readonly row: InstantRow; readonly print: (value: number) => string }) {
  const { t } = useTranslation()
  if (row.histogram !== undefined) {
    const { count, sum } = row.histogram
    return <span className={styles['value']}>{t('explore.table.histogram', { n: count, sum })}</span>
  }
  const exact = exactNumber(row.value)
  const human = print(row.value)
  return (
    <span className={styles['value']}>
      {human !== exact && row.value !== 0 && <span className={styles['human']}>{human}</span>}
      {exact}
    </span>
  )
}
