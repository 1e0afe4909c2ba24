import { Tooltip } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { metadataOf } from '../../data/metadata-of.ts'
import { NAMES_LIMIT, useMetadata, useMetricNames } from '../../data/metric-names.ts'
import type { Metadata } from '../../data/prometheus.ts'
import { TypeBadge } from '../../kit/badge.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Highlight } from '../../kit/highlight.tsx'
import { IconSearchOff } from '../../kit/icons.ts'
import { grouped } from '../../kit/number.ts'
import { QueryView } from '../../kit/query-view.tsx'
import { SearchInput } from '../../kit/search-input.tsx'
import { SkeletonRows } from '../../kit/loading.tsx'
import styles from './explore.module.css'

const ROW = 46

export interface MetricListProps {
  readonly find: string
  /** The metric of the query, '' when there is none. */
  readonly selected: string
  readonly onFind: (text: string) => void
  readonly onPick: (metric: string) => void
}

/** Every metric with data in the range: searchable, with type and help, any number of them. */
export function MetricList({ find, selected, onFind, onPick }: MetricListProps) {
  const { t } = useTranslation()
  const { resolved } = useTimeRange()
  const { language } = useLanguage()
  const names = useMetricNames(find, resolved)
  const { data } = names
  return (
    <aside className={styles['list']} aria-label={t('explore.list.title')}>
      <div className={styles['listHead']}>
        <SearchInput
          value={find}
          onSearch={onFind}
          placeholder={t('explore.list.find')}
          aria-label={t('explore.list.find')}
        />
        <div className={styles['listCount']} aria-live="polite">
          {data !== undefined &&
            (data.truncated && find === ''
              ? t('explore.list.truncated', { n: grouped(NAMES_LIMIT, language) })
              : t('explore.list.count', { count: data.names.length, n: grouped(data.names.length, language) }))}
        </div>
      </div>
      <QueryView
        query={names}
        skeleton={<SkeletonRows rows={14} />}
        isEmpty={(found) => found.names.length === 0}
        empty={
          find === '' ? (
            <EmptyState title={t('explore.list.noneRange')} />
          ) : (
            <EmptyState
              icon={IconSearchOff}
              title={t('explore.list.noneTitle', { text: find })}
              hint={t('explore.list.noneHint')}
            />
          )
        }
      >
        {(found) => <Rows names={found.names} find={find} selected={selected} onPick={onPick} />}
      </QueryView>
    </aside>
  )
}

interface RowsProps {
  readonly names: readonly string[]
  readonly find: string
  readonly selected: string
  readonly onPick: (metric: string) => void
}

function Rows({ names, find, selected, onPick }: RowsProps) {
  const scroll = useRef<HTMLDivElement>(null)
  const known = useMetadata().data
  const rows = useVirtualizer({
    count: names.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 10,
  })
  const at = names.indexOf(selected)
  const before = useRef<string>(undefined)
  useEffect(() => {
    // One that was picked by hand is in view already; one that came with the address goes to the middle.
    if (at >= 0) rows.scrollToIndex(at, { align: before.current === undefined ? 'center' : 'auto' })
    before.current = selected
    // Only a change of the selection scrolls.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [selected])
  return (
    <div className={styles['listScroll']} ref={scroll} data-testid="metric-list">
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const name = names[index] ?? ''
          return (
            <div key={name} style={{ position: 'absolute', inset: `${start}px 0 auto 0`, height: ROW }}>
              <Item
                name={name}
                find={find}
                about={metadataOf(known, name)}
                current={name === selected}
                onPick={onPick}
              />
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface ItemProps {
  readonly name: string
  readonly find: string
  readonly about: Metadata
  readonly current: boolean
  readonly onPick: (metric: string) => void
}

function Item({ name, find, about, current, onPick }: ItemProps) {
  const { t } = useTranslation()
  const unit = about.unit === '' ? '' : ` · ${about.unit}`
  return (
    <Tooltip
      label={`${name}\n${about.help}`}
      position="right"
      multiline
      maw={420}
      style={{ whiteSpace: 'pre-wrap' }}
      openDelay={700}
    >
      <button type="button" className={styles['item']} aria-current={current} onClick={() => onPick(name)}>
        <span className={styles['itemName']}>
          <Highlight text={name} find={find} />
          {about.type !== '' && about.type !== 'unknown' && <TypeBadge type={`${about.type}${unit}`} />}
        </span>
        <span className={styles['itemHelp']} style={{ display: 'block' }}>
          {about.help === '' ? t('explore.list.noHelp') : about.help}
        </span>
      </button>
    </Tooltip>
  )
}
