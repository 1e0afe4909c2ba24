import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { LIST_KEY, readSetting, writeSetting } from '../../app/preferences.ts'
import type { ExploreSearch, PanelId } from '../../app/search.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { selectorOf } from '../../data/labels.ts'
import styles from './explore.module.css'
import { HistoryDrawer } from './history-drawer.tsx'
import { MetricList } from './metric-list.tsx'
import { blankPanel, nextId, panelsOf, withoutPanel, withPanel } from './panels.ts'
import type { PanelState } from './panels.ts'
import { metricOf, QueryPanel } from './query-panel.tsx'
import { Toolbar } from './toolbar.tsx'
import { useHistory } from './use-history.ts'

/** Metrics: a workbench of queries over one range of time, beside the list of all metrics. */
export function ExplorePage() {
  const search = useSearch({ from: '/explore' })
  const { panels, change, add } = usePanels(search)
  const { refreshNow } = useTimeRange()
  const history = useHistory()
  const [historyShown, setHistoryShown] = useState(false)
  const [activeId, setActiveId] = useState<PanelId>('a')
  const [listShown, setListShown] = useState(() => !isNarrow() && readSetting(LIST_KEY) !== 'no')
  const active = panels.find(({ id }) => id === activeId) ?? panels[0]
  useRemembering(panels, history.remember)
  const toggleList = (): void => {
    if (!isNarrow()) writeSetting(LIST_KEY, listShown ? 'no' : 'yes')
    setListShown(!listShown)
  }
  const onFind = useCallback(
    (text: string) => change((before) => ({ ...before, find: text === '' ? undefined : text }), true),
    [change],
  )
  const run = (query: string): void => {
    if (active === undefined) return
    if (query === active.query) refreshNow()
    else change((before) => withPanel(before, { ...active, query, enabled: true }))
  }
  const addPanel = (panel: Partial<PanelState> = {}): void => {
    const id = add(panel)
    if (id !== undefined) setActiveId(id)
  }
  const canAdd = nextId(panels) !== undefined
  return (
    <div className={styles['layout']} data-list={listShown ? 'yes' : 'no'}>
      {listShown && (
        <MetricList
          find={search.find ?? ''}
          selected={metricOf(active?.query ?? '')}
          onFind={onFind}
          onPick={(metric) => {
            run(selectorOf(metric))
            if (isNarrow()) setListShown(false)
          }}
        />
      )}
      <div className={styles['main']}>
        <Toolbar
          listShown={listShown}
          canAdd={canAdd}
          onToggleList={toggleList}
          onHistory={() => setHistoryShown(true)}
          onAdd={() => addPanel()}
        />
        {panels.map((panel) => (
          <QueryPanel
            key={panel.id}
            panel={panel}
            isOneOfMany={panels.length > 1}
            canAdd={canAdd}
            recent={history.entries.map(({ query }) => query)}
            onChange={(next) => change((before) => withPanel(before, next))}
            onDuplicate={(query) => addPanel({ ...panel, query })}
            onRemove={() => change((before) => withoutPanel(before, panel.id))}
            onActive={() => setActiveId(panel.id)}
          />
        ))}
      </div>
      <HistoryDrawer
        history={history}
        opened={historyShown}
        onClose={() => setHistoryShown(false)}
        onPick={(query) => {
          setHistoryShown(false)
          run(query)
        }}
      />
    </div>
  )
}

/** Where list and result do not fit side by side: see explore.module.css. */
const isNarrow = (): boolean => globalThis.innerWidth <= 900

interface Panels {
  readonly panels: readonly PanelState[]
  readonly change: (step: (before: ExploreSearch) => ExploreSearch, replace?: boolean) => void
  /** Adds a panel at the end; its letter, or undefined when there is no room for more. */
  readonly add: (panel: Partial<PanelState>) => PanelId | undefined
}

/** The address is the only store, so that back, forward and a link bring everything back. */
function usePanels(search: ExploreSearch): Panels {
  const navigate = useNavigate({ from: '/explore' })
  const panels = useMemo(() => panelsOf(search), [search])
  const change = useCallback(
    (step: (before: ExploreSearch) => ExploreSearch, replace = false) =>
      void navigate({ search: (previous) => ({ ...previous, ...step(previous) }), replace }),
    [navigate],
  )
  const add = (panel: Partial<PanelState>): PanelId | undefined => {
    const id = nextId(panels)
    if (id === undefined) return undefined
    // An only panel without a query is not in the address yet.
    change((before) => {
      const others = panels.reduce((all, one) => ({ ...all, ...keepEmpty(one) }), before)
      return { ...withPanel(others, { ...blankPanel(id), ...panel, id }) }
    })
    return id
  }
  return { panels, change, add }
}

const keepEmpty = ({ id, query }: PanelState): ExploreSearch =>
  query === '' ? { [id === 'a' ? 'query' : (`query.${id}` as const)]: '' } : {}

function useRemembering(panels: readonly PanelState[], remember: (query: string) => void): void {
  const before = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    const now = new Set(panels.map(({ query }) => query).filter((query) => query !== ''))
    for (const query of now) if (!before.current.has(query)) remember(query)
    before.current = now
  }, [panels, remember])
}
