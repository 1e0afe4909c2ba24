import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconArrowDown, IconArrowUp } from '../kit/icons.ts'
import { matches, SearchInput } from '../kit/search-input.tsx'
import styles from './chart.module.css'
import { seriesColour } from './colour.ts'
import { LEGEND_COLUMNS, sortedLegend } from './legend-order.ts'
import type { LegendColumn, LegendSorting } from './legend-order.ts'
import type { ChartSeries } from './model.ts'

export interface LegendProps {
  readonly series: readonly ChartSeries[]
  readonly hidden: ReadonlySet<string>
  /** Position of the cursor in the columns. */
  readonly index: number | undefined
  readonly near: ChartSeries | undefined
  readonly printValue: (value: number) => string
  /** `only` = show this series alone, or all again when it is alone already. */
  readonly onToggle: (key: string, only: boolean) => void
  readonly onHover: (series: ChartSeries | undefined) => void
}

const ROW = 24
/** A legend that is longer can be searched. */
const SEARCHABLE = 8

/** Every series with its value under the cursor and its statistics; rows are buttons that show and hide. */
export function Legend(props: LegendProps) {
  const { t } = useTranslation()
  const { series } = props
  const [sorting, setSorting] = useState<LegendSorting>()
  const [find, setFind] = useState('')
  const scroll = useRef<HTMLDivElement>(null)
  const shown = useMemo(
    () =>
      sortedLegend(
        series.filter(({ fullName }) => matches(fullName, find)),
        sorting,
      ),
    [series, find, sorting],
  )
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  return (
    <div className={styles['legend']}>
      {series.length > SEARCHABLE && (
        <div className={styles['legendFilter']}>
          <SearchInput
            value={find}
            onSearch={setFind}
            placeholder={t('explore.chart.legend.find')}
            aria-label={t('explore.chart.legend.find')}
          />
        </div>
      )}
      <div className={styles['legendHead']}>
        <span />
        {LEGEND_COLUMNS.map((column) => (
          <HeadCell key={column} column={column} sorting={sorting} onSort={setSorting} />
        ))}
      </div>
      <div className={styles['scroll']} ref={scroll} onMouseLeave={() => props.onHover(undefined)}>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const one = shown[index]
            if (one === undefined) return null
            return (
              <div key={one.key} style={{ position: 'absolute', inset: `${start}px 0 auto 0`, height: ROW }}>
                <LegendRow {...props} one={one} />
              </div>
            )
          })}
        </div>
      </div>
      {shown.length === 0 && <div className="muted">{t('kit.noMatch', { text: find })}</div>}
    </div>
  )
}

interface HeadCellProps {
  readonly column: LegendColumn
  readonly sorting: LegendSorting | undefined
  readonly onSort: (sorting: LegendSorting | undefined) => void
}

/** Sorts down, then up, then not at all: the order of the answer. */
function HeadCell({ column, sorting, onSort }: HeadCellProps) {
  const { t } = useTranslation()
  const title = t(`explore.chart.legend.${column}`)
  // The value under the cursor changes with the cursor: no order holds.
  if (column === 'at') return <span>{title}</span>
  const active = sorting?.column === column
  const first = column !== 'series'
  const Icon = sorting?.down === true ? IconArrowDown : IconArrowUp
  const next = active ? (sorting.down === first ? { column, down: !first } : undefined) : { column, down: first }
  return (
    <span>
      <button
        type="button"
        className={styles['legendSort']}
        data-active={active}
        aria-label={t('explore.chart.legend.sort', { column: title })}
        onClick={() => onSort(next)}
      >
        {title}
        {active && <Icon size={12} aria-hidden />}
      </button>
    </span>
  )
}

type RowProps = LegendProps & { readonly one: ChartSeries }

function LegendRow({ one, index, near, hidden, printValue, onToggle, onHover }: RowProps) {
  const { t } = useTranslation()
  const at = index === undefined ? undefined : (one.values[index] ?? undefined)
  const print = (value: number | undefined): string => (value === undefined ? '–' : printValue(value))
  const { last, min, max, mean } = one.stats
  return (
    <button
      type="button"
      className={styles['legendRow']}
      aria-pressed={!hidden.has(one.key)}
      aria-description={t('explore.chart.isolate')}
      title={`${one.fullName}\n${t('explore.chart.isolate')}`}
      data-near={near === one}
      onMouseEnter={() => onHover(one)}
      onClick={(event) => onToggle(one.key, !(event.ctrlKey || event.metaKey))}
    >
      <span className={styles['swatch']} style={{ background: seriesColour(one.colour) }} />
      <span className={`${styles['legendName']} mono`}>{one.name}</span>
      <span>{index === undefined ? '' : print(at)}</span>
      <span>{print(last)}</span>
      <span>{print(min)}</span>
      <span>{print(max)}</span>
      <span>{print(mean)}</span>
    </button>
  )
}
