import { SegmentedControl } from '@mantine/core'
import { useViewportSize } from '@mantine/hooks'
import type { UseQueryResult } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import type { GridFrame, InstantFrame, Labels, QueryFacts } from '../../data/frame.ts'
import { chooseGrid } from '../../data/step.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconPlayerStop } from '../../kit/icons.ts'
import { SkeletonChart } from '../../kit/loading.tsx'
import { Note } from '../../kit/note.tsx'
import { Panel } from '../../kit/panel.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Breakdown } from './breakdown.tsx'
import { DrawOptions, printSeconds, stepSeconds } from './draw-options.tsx'
import { EmptyResult } from './empty-result.tsx'
import { ExemplarToggle } from './exemplars.tsx'
import styles from './explore.module.css'
import { GraphView } from './graph-view.tsx'
import { VIEWS } from './panels.ts'
import type { PanelState } from './panels.ts'
import type { QueryShape } from './query-shape.ts'
import { RawResult, RawView } from './raw-view.tsx'
import { ResultFacts, Warnings } from './result-facts.tsx'
import { TableView } from './table-view.tsx'
import { useShape } from './use-shape.ts'
import { WrongType } from './wrong-type.tsx'
import { GRAPH_LIMIT, rawWindow, TABLE_LIMIT, useGraph, useRaw, useTable } from './use-results.ts'
import type { GraphResult, Timed } from './use-results.ts'

const HeatmapView = lazy(() => import('./heatmap-view.tsx').then((module) => ({ default: module.HeatmapView })))
const TreeView = lazy(() => import('./tree-view.tsx').then((module) => ({ default: module.TreeView })))

/** What a run came to, for the editor and the run button. */
export interface RunReport {
  readonly query: string
  readonly error: string | undefined
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  readonly running: boolean
}

export interface ResultViewProps {
  readonly panel: PanelState
  readonly onChange: (panel: PanelState) => void
  readonly onQuery: (query: string) => void
  /** Selects a part of the query in the editor. */
  readonly onSelect: (from: number, to: number) => void
  readonly onReport: (report: RunReport) => void
}

/** The result of a query in one of its views, with its facts and the labels that it splits up by. */
export function ResultView(props: ResultViewProps) {
  const { t } = useTranslation()
  const { panel, onChange, onQuery, onReport } = props
  const { query, view } = panel
  const results = useResults(panel)
  const { active, grid, raised } = results
  useReports(query, active, onReport)
  const sets = useMemo(() => setsOf(active.data?.frame), [active.data])
  const overTime = view === 'graph' || view === 'heatmap'
  return (
    <>
      <Breakdown query={query} sets={sets} onQuery={onQuery} />
      <Panel>
        <div className={styles['tabs']}>
          <SegmentedControl
            aria-label={t('explore.view.label')}
            className={styles['views']}
            value={view}
            onChange={(value) => onChange({ ...panel, view: VIEWS.find((one) => one === value) ?? 'graph' })}
            data={VIEWS.map((value) => ({ value, label: t(`explore.view.${value}`) }))}
          />
          {view !== 'table' && view !== 'raw' && <DrawOptions panel={panel} used={grid.step} onChange={onChange} />}
          {overTime && <ExemplarToggle panel={panel} onChange={onChange} />}
          <ResultFacts result={active.data} series={sets.length} step={overTime ? grid.step : undefined} />
        </div>
        {raised && overTime && <Note>{t('explore.draw.raised', { step: printSeconds(grid.step) })}</Note>}
        <Warnings facts={active.data?.frame.facts} />
        {isCancelled(active) ? (
          <EmptyState icon={IconPlayerStop} title={t('explore.cancelled')} hint={t('explore.cancelledHint')} />
        ) : (
          <View {...props} {...results} />
        )}
      </Panel>
    </>
  )
}

/** Nothing came and nothing is coming, though it was asked for. */
const isCancelled = ({ data, isError, isEnabled, fetchStatus }: UseQueryResult<unknown>): boolean =>
  data === undefined && !isError && isEnabled && fetchStatus === 'idle'

/** The one question that the view needs answered. */
function useResults({ query, view, step }: PanelState) {
  const { resolved } = useTimeRange()
  const { shape, isKnown } = useShape(query)
  const choice = chooseGrid(resolved, stepSeconds(step), useChartWidth())
  const [all, setAll] = useState(false)
  const [selector, setSelector] = useState(0)
  const window = rawWindow(resolved)
  const ranges = useMemo(() => shape?.asRange(window) ?? [query], [shape, window, query])
  const hasNoGraph = shape?.type === 'matrix' || shape?.type === 'string'
  const overTime = view === 'graph' || view === 'heatmap' || view === 'tree'
  const graph = useGraph(query, choice.grid, all ? 0 : GRAPH_LIMIT, overTime && !hasNoGraph)
  const table = useTable(query, all ? 0 : TABLE_LIMIT, view === 'table' || (overTime && hasNoGraph))
  const raw = useRaw(ranges[selector] ?? ranges[0] ?? '', view === 'raw' && isKnown)
  const active: UseQueryResult<Timed<GridFrame | InstantFrame>> =
    view === 'raw' ? raw : view === 'table' || hasNoGraph ? table : graph
  const showAll = (): void => setAll(true)
  return { ...choice, shape, graph, table, raw, ranges, selector, setSelector, active, hasNoGraph, window, showAll }
}

type Results = ReturnType<typeof useResults>

function View(props: ResultViewProps & Results) {
  const { panel, onQuery, graph, table, window, shape, showAll } = props
  const { query } = panel
  const explain = (): void => props.onChange({ ...panel, view: 'tree' })
  const empty = <EmptyResult query={query} onQuery={onQuery} onExplain={explain} />
  const nothing = ({ frame }: Timed<GridFrame | InstantFrame>): boolean =>
    setsOf(frame).length === 0 && !('text' in frame && frame.text !== '')
  if (panel.view === 'raw')
    return <RawResult {...props} ranges={shape === undefined ? [] : props.ranges} empty={empty} />
  if (panel.view === 'table') {
    return (
      <QueryView query={table} isEmpty={nothing} empty={empty}>
        {({ frame }) =>
          frame.kind === 'matrix' ? (
            <RawView frame={frame} window={window} />
          ) : (
            <TableView frame={frame} onAll={showAll} />
          )
        }
      </QueryView>
    )
  }
  if (panel.view === 'tree') {
    return (
      <QueryView query={props.active}>
        {({ frame }) => (
          <Suspense fallback={<SkeletonChart />}>
            <TreeView query={query} root={frame.facts.explain} onSelect={props.onSelect} onRun={onQuery} />
          </Suspense>
        )}
      </QueryView>
    )
  }
  if (props.hasNoGraph) return <WrongType {...props} />
  return (
    <QueryView query={graph} skeleton={<SkeletonChart />} isEmpty={nothing} empty={empty}>
      {(result) => <OverTime {...props} result={result} shape={shape} />}
    </QueryView>
  )
}

function OverTime(
  props: ResultViewProps & {
    readonly result: GraphResult
    readonly shape: QueryShape | undefined
    readonly showAll: () => void
  },
) {
  const { panel, result, shape, onQuery, showAll } = props
  if (panel.view === 'graph') return <GraphView panel={panel} result={result} shape={shape} onAll={showAll} />
  return (
    <Suspense fallback={<SkeletonChart />}>
      <HeatmapView panel={panel} result={result} shape={shape} onQuery={onQuery} />
    </Suspense>
  )
}

function setsOf(frame: GridFrame | InstantFrame | undefined): readonly Labels[] {
  if (frame === undefined) return []
  const rows = 'series' in frame ? frame.series : [...frame.rows, ...frame.raw]
  return rows.map(({ labels }) => labels)
}

const NONE: readonly string[] = []

/** Tells the editor of the server's words, and the run button that something is under way. */
function useReports(
  query: string,
  { error, data, isFetching }: UseQueryResult<Timed<{ readonly facts: QueryFacts }>>,
  onReport: (report: RunReport) => void,
): void {
  const message = error instanceof Error ? error.message : undefined
  const warnings = data?.frame.facts.warnings ?? NONE
  const infos = data?.frame.facts.infos ?? NONE
  useEffect(() => {
    onReport({ query, error: message, warnings, infos, running: isFetching })
  }, [query, message, warnings, infos, isFetching, onReport])
  useEffect(
    () => () => onReport({ query: '', error: undefined, warnings: NONE, infos: NONE, running: false }),
    [onReport],
  )
}

/** About the chart's width in pixels, in coarse steps, so that a small change of the window asks nothing anew. */
function useChartWidth(): number {
  const { width } = useViewportSize()
  return Math.max(400, Math.round(((width || globalThis.innerWidth) - 500) / 200) * 200)
}
