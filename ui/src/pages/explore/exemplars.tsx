import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { useMoment } from '../../app/time/use-moment.ts'
import { ExemplarMarks } from '../../charts/exemplar-marks.tsx'
import type { PlotFrame } from '../../charts/use-uplot.ts'
import type { Exemplar, Grid } from '../../data/frame.ts'
import { printLabels } from '../../data/labels.ts'
import { queryExemplars } from '../../data/prometheus.ts'
import { useTenant } from '../../data/use-tenant.ts'
import { LabelChips } from '../../kit/badge.tsx'
import { CopyButton } from '../../kit/copy-button.tsx'
import { IconSquareRotated, IconX } from '../../kit/icons.ts'
import { exactNumber } from '../../kit/number.ts'
import { VirtualTable } from '../../kit/virtual-table.tsx'
import type { Column } from '../../kit/virtual-table.tsx'
import styles from './explore.module.css'
import type { PanelState } from './panels.ts'

export function ExemplarToggle({
  panel,
  onChange,
}: {
  readonly panel: PanelState
  readonly onChange: (panel: PanelState) => void
}) {
  const { t } = useTranslation()
  const { exemplars } = panel
  const label = exemplars ? t('explore.exemplars.hide') : t('explore.exemplars.show')
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={exemplars ? 'light' : 'subtle'}
        aria-label={label}
        aria-pressed={exemplars}
        onClick={() => onChange({ ...panel, exemplars: !exemplars })}
      >
        <IconSquareRotated size={16} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}

const NONE: readonly Exemplar[] = []

function useExemplars({ query, exemplars }: PanelState, { start, end }: Grid): readonly Exemplar[] {
  const tenant = useTenant()
  const { refreshedAt } = useTimeRange()
  const { data } = useQuery({
    queryKey: ['exemplars', tenant, query, start, end, refreshedAt],
    queryFn: ({ signal }) => queryExemplars(query, { start, end }, { tenant, signal }),
    enabled: exemplars,
    placeholderData: (previous: readonly Exemplar[] | undefined, before) =>
      before?.queryKey[2] === query ? previous : undefined,
    gcTime: 60_000,
  })
  return exemplars ? (data ?? NONE) : NONE
}

export interface WithExemplars {
  /** Draws them over the chart. */
  readonly overlay: (frame: PlotFrame) => ReactNode
  /** What stands below the chart: the chosen one, and all as a table. */
  readonly below: ReactNode
}

/** The exemplars of a panel. `place` = where one stands on the value axis, undefined = its value is none of that axis. */
export function useExemplarView(
  panel: PanelState,
  grid: Grid,
  place: (exemplar: Exemplar, frame: PlotFrame) => number | undefined,
  printValue: (value: number) => string,
): WithExemplars {
  const exemplars = useExemplars(panel, grid)
  const moment = useMoment()
  const [selected, setSelected] = useState<Exemplar>()
  const print = (one: Exemplar): string =>
    `${moment.exact(one.time * 1000)} · ${printValue(one.value)} · ${printLabels(one.labels)}`
  return {
    overlay: (frame) =>
      exemplars.length === 0 ? null : (
        <ExemplarMarks
          exemplars={exemplars}
          frame={frame}
          place={(one) => place(one, frame)}
          selected={selected}
          print={print}
          onSelect={setSelected}
        />
      ),
    below: panel.exemplars && (
      <Below exemplars={exemplars} selected={selected} printValue={printValue} onSelect={setSelected} />
    ),
  }
}

interface BelowProps {
  readonly exemplars: readonly Exemplar[]
  readonly selected: Exemplar | undefined
  readonly printValue: (value: number) => string
  readonly onSelect: (exemplar: Exemplar | undefined) => void
}

function Below({ exemplars, selected, printValue, onSelect }: BelowProps) {
  const { t } = useTranslation()
  const [listed, setListed] = useState(false)
  return (
    <div className={styles['exemplars']}>
      <span>{t('explore.exemplars.count', { count: exemplars.length, n: exemplars.length })}</span>
      {exemplars.length > 0 && (
        <Button size="compact-xs" aria-expanded={listed} onClick={() => setListed(!listed)}>
          {listed ? t('explore.exemplars.close') : t('explore.exemplars.list')}
        </Button>
      )}
      {selected !== undefined && (
        <Card exemplar={selected} printValue={printValue} onClose={() => onSelect(undefined)} />
      )}
      {listed && <List exemplars={exemplars} printValue={printValue} onSelect={onSelect} />}
    </div>
  )
}

const TRACE = /^trace_?id$/i

interface CardProps {
  readonly exemplar: Exemplar
  readonly printValue: (value: number) => string
  readonly onClose: () => void
}

function Card({ exemplar: { seriesLabels, labels, value, time }, printValue, onClose }: CardProps) {
  const { t } = useTranslation()
  const moment = useMoment()
  return (
    <div className={styles['exemplar']} role="status" data-testid="exemplar">
      <div>
        <b>{printValue(value)}</b> <span className="muted">{exactNumber(value)}</span>{' '}
        <time className="mono">{moment.exact(time * 1000)}</time>
      </div>
      <dl>
        {Object.entries(labels).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">
              {text}
              {TRACE.test(name) && <CopyButton value={text} label={t('explore.exemplars.copyTrace')} />}
            </dd>
          </div>
        ))}
      </dl>
      <LabelChips labels={seriesLabels} />
      <ActionIcon className={styles['exemplarClose'] ?? ''} aria-label={t('kit.close')} onClick={onClose}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  )
}

interface ListProps {
  readonly exemplars: readonly Exemplar[]
  readonly printValue: (value: number) => string
  readonly onSelect: (exemplar: Exemplar) => void
}

function List({ exemplars, printValue, onSelect }: ListProps) {
  const { t } = useTranslation()
  const moment = useMoment()
  const columns = useMemo(
    (): Column<Exemplar>[] => [
      {
        id: 'time',
        title: t('explore.table.timestamp'),
        sortBy: ({ time }) => time,
        render: (one) => (
          <Button size="compact-xs" variant="subtle" onClick={() => onSelect(one)}>
            {moment.exact(one.time * 1000)}
          </Button>
        ),
      },
      {
        id: 'value',
        title: t('explore.table.value'),
        align: 'end',
        sortBy: ({ value }) => value,
        render: ({ value }) => printValue(value),
      },
      {
        id: 'labels',
        title: t('explore.exemplars.labels'),
        sortBy: ({ labels }) => printLabels(labels),
        render: ({ labels }) => <span className="mono">{printLabels(labels)}</span>,
      },
      {
        id: 'series',
        title: t('explore.table.series'),
        sortBy: ({ seriesLabels }) => printLabels(seriesLabels),
        render: ({ seriesLabels }) => <span className="mono">{printLabels(seriesLabels)}</span>,
      },
    ],
    [moment, onSelect, printValue, t],
  )
  return (
    <div className={styles['exemplarList']}>
      <VirtualTable
        label={t('explore.exemplars.list')}
        columns={columns}
        rows={exemplars}
        rowKey={({ time, value }, i) => `${time} ${value} ${i}`}
        initialSort={{ id: 'time', down: true }}
        maxHeight="260px"
      />
    </div>
  )
}
