import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core'
import { useViewportSize } from '@mantine/hooks'
import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import type { exploreSearch, ExploreView } from '../../app/search.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { useMoment } from '../../app/time/use-moment.ts'
import type { GridFrame, InstantFrame, Labels } from '../../data/frame.ts'
import { chooseGrid } from '../../data/step.ts'
import { IconTable } from '../../kit/icons.ts'
import { Note } from '../../kit/note.tsx'
import { grouped } from '../../kit/number.ts'
import { Panel } from '../../kit/panel.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { SkeletonChart } from '../../kit/loading.tsx'
import { Breakdown } from './breakdown.tsx'
import { DrawOptions, printSeconds, stepSeconds } from './draw-options.tsx'
import { EmptyResult } from './empty-result.tsx'
import styles from './explore.module.css'
import { GraphView } from './graph-view.tsx'
import { RawView } from './raw-view.tsx'
import { TableView } from './table-view.tsx'
import { rawWindow, useGraph, useRaw, useTable } from './use-results.ts'
import type { Timed } from './use-results.ts'

type Search = ReturnType<typeof exploreSearch>

export interface ResultPanelProps {
  readonly query: string
  readonly search: Search
  readonly onChange: (change: Partial<Search>) => void
  readonly onQuery: (query: string) => void
  readonly onError: (message: string | undefined) => void
  readonly onRunning: (running: boolean) => void
}

const VIEWS: readonly ExploreView[] = ['graph', 'table', 'raw']

/** The result of the query in one of its three views, with its facts and the labels that it splits up by. */
export function ResultPanel({ query, search, onChange, onQuery, onError, onRunning }: ResultPanelProps) {
  const { t } = useTranslation()
  const view = search.view ?? 'graph'
  const { resolved } = useTimeRange()
  const { grid, raised } = chooseGrid(resolved, stepSeconds(search.step), useChartWidth())
  const window = rawWindow(resolved)
  const [asTable, setAsTable] = useState(false)
  const graph = useGraph(query, grid, view === 'graph')
  const table = useTable(query, view === 'table')
  const raw = useRaw(query, window, view === 'raw')
  const active = view === 'graph' ? graph : view === 'table' ? table : raw
  useReports(active, onError, onRunning)
  const sets = useMemo(() => setsOf(active.data?.frame), [active.data])
  const empty = <EmptyResult query={query} onQuery={onQuery} />
  const nothing = ({ frame }: Timed<GridFrame | InstantFrame>): boolean => setsOf(frame).length === 0
  return (
    <>
      <Breakdown query={query} sets={sets} onQuery={onQuery} />
      <Panel>
        <div className={styles['tabs']}>
          <SegmentedControl
            aria-label={t('explore.view.label')}
            value={view}
            onChange={(value) => onChange({ view: VIEWS.find((one) => one === value) ?? 'graph' })}
            data={VIEWS.map((value) => ({ value, label: t(`explore.view.${value}`) }))}
          />
          {view === 'graph' && (
            <DrawOptions
              draw={search.draw ?? 'lines'}
              scale={search.scale ?? 'auto'}
              step={search.step}
              used={grid.step}
              onChange={({ scale, ...change }) =>
                onChange(scale === undefined ? change : { scale: scale === 'auto' ? undefined : scale })
              }
            />
          )}
          {view === 'graph' && <AsTable pressed={asTable} onPress={() => setAsTable(!asTable)} />}
          <Facts result={active.data} series={sets.length} step={view === 'graph' ? grid.step : undefined} />
        </div>
        {raised && view === 'graph' && <Note>{t('explore.draw.raised', { step: printSeconds(grid.step) })}</Note>}
        <Warnings texts={active.data?.frame.warnings ?? []} />
        {view === 'graph' && (
          <QueryView query={graph} skeleton={<SkeletonChart />} isEmpty={nothing} empty={empty}>
            {(result) => (
              <GraphView
                query={query}
                result={result}
                draw={search.draw ?? 'lines'}
                scale={search.scale ?? 'auto'}
                asTable={asTable}
              />
            )}
          </QueryView>
        )}
        {view === 'table' && (
          <QueryView query={table} isEmpty={nothing} empty={empty}>
            {({ frame }) =>
              frame.kind === 'matrix' ? <RawView frame={frame} window={window} /> : <TableView frame={frame} />
            }
          </QueryView>
        )}
        {view === 'raw' && (
          <QueryView query={raw} isEmpty={nothing} empty={empty}>
            {({ frame }) => <RawView frame={frame} window={window} />}
          </QueryView>
        )}
      </Panel>
    </>
  )
}

function setsOf(frame: GridFrame | InstantFrame | undefined): readonly Labels[] {
  if (frame === undefined) return []
  const rows = 'series' in frame ? frame.series : [...frame.rows, ...frame.raw]
  return rows.map(({ labels }) => labels)
}

/** Tells the editor of the server's refusal, and the run button that something is under way. */
function useReports(
  active: UseQueryResult<unknown>,
  onError: (message: string | undefined) => void,
  onRunning: (running: boolean) => void,
): void {
  const message = active.error instanceof Error ? active.error.message : undefined
  useEffect(() => {
    onError(message)
    return () => onError(undefined)
  }, [message, onError])
  useEffect(() => {
    onRunning(active.isFetching)
    return () => onRunning(false)
  }, [active.isFetching, onRunning])
}

/** About the chart's width in pixels, in coarse steps, so that a small change of the window asks nothing anew. */
function useChartWidth(): number {
  const { width } = useViewportSize()
  return Math.max(400, Math.round(((width || globalThis.innerWidth) - 500) / 200) * 200)
}

function AsTable({ pressed, onPress }: { readonly pressed: boolean; readonly onPress: () => void }) {
  const { t } = useTranslation()
  const label = pressed ? t('explore.chart.asChart') : t('explore.chart.asTable')
  return (
    <Tooltip label={label}>
      <ActionIcon variant={pressed ? 'light' : 'subtle'} aria-label={label} aria-pressed={pressed} onClick={onPress}>
        <IconTable size={16} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}

interface FactsProps {
  readonly result: Timed<unknown> | undefined
  readonly series: number
  readonly step: number | undefined
}

function Facts({ result, series, step }: FactsProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { refreshedAt } = useTimeRange()
  const moment = useMoment()
  if (result === undefined) return null
  return (
    <span className={styles['facts']} aria-live="polite">
      <span data-testid="series-count">
        {t('explore.result.series', { count: series, n: grouped(series, language) })}
      </span>
      {step !== undefined && <span>{t('explore.result.step', { step: printSeconds(step) })}</span>}
      <span>{t('explore.result.took', { ms: result.tookMs })}</span>
      <span>{t('explore.result.at', { time: moment.full(refreshedAt).slice(11) })}</span>
    </span>
  )
}

function Warnings({ texts }: { readonly texts: readonly string[] }) {
  const { t } = useTranslation()
  if (texts.length === 0) return null
  return (
    <Note>
      {t('explore.warnings')}
      {texts.map((text) => (
        <span key={text} className="mono">
          {text}
        </span>
      ))}
    </Note>
  )
}
