import { Tooltip } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './chart.module.css'
import { seriesColour } from './colour.ts'
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
  readonly onHover: (index: number | undefined) => void
}

const ROW = 24

/** Every series with its value under the cursor and its statistics; rows are buttons that show and hide. */
export function Legend(props: LegendProps) {
  const { t } = useTranslation()
  const { series } = props
  const scroll = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: series.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  return (
    <div className={styles['legend']}>
      <div className={styles['legendHead']}>
        <span />
        <span>{t('explore.chart.legend.series')}</span>
        <span>{t('explore.chart.legend.at')}</span>
        <span>{t('explore.chart.legend.last')}</span>
        <span>{t('explore.chart.legend.min')}</span>
        <span>{t('explore.chart.legend.max')}</span>
        <span>{t('explore.chart.legend.mean')}</span>
      </div>
      <div className={styles['scroll']} ref={scroll} onMouseLeave={() => props.onHover(undefined)}>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const one = series[index]
            if (one === undefined) return null
            return (
              <div key={one.key} style={{ position: 'absolute', inset: `${start}px 0 auto 0`, height: ROW }}>
                <LegendRow {...props} one={one} position={index} />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

type RowProps = LegendProps & { readonly one: ChartSeries; readonly position: number }

function LegendRow({ one, position, index, near, hidden, printValue, onToggle, onHover }: RowProps) {
  const { t } = useTranslation()
  const at = index === undefined ? undefined : (one.values[index] ?? undefined)
  const print = (value: number | undefined): string => (value === undefined ? '–' : printValue(value))
  const { last, min, max, mean } = one.stats
  return (
    <Tooltip label={t('explore.chart.isolate')} openDelay={900}>
      <button
        type="button"
        className={styles['legendRow']}
        aria-pressed={!hidden.has(one.key)}
        aria-description={t('explore.chart.isolate')}
        data-near={near === one}
        onMouseEnter={() => onHover(position)}
        onClick={(event) => onToggle(one.key, !(event.ctrlKey || event.metaKey))}
      >
        <span className={styles['swatch']} style={{ background: seriesColour(one.colour) }} />
        <span className={`${styles['legendName']} mono`} title={one.fullName}>
          {one.name}
        </span>
        <span>{index === undefined ? '' : print(at)}</span>
        <span>{print(last)}</span>
        <span>{print(min)}</span>
        <span>{print(max)}</span>
        <span>{print(mean)}</span>
      </button>
    </Tooltip>
  )
}
