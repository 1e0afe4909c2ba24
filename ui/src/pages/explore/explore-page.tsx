import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LIST_KEY, readSetting, writeSetting } from '../../app/preferences.ts'
import type { exploreSearch } from '../../app/search.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { NAME, selectorOf } from '../../data/labels.ts'
import { metadataOf, useMetadata } from '../../data/metric-names.ts'
import { parseSelector } from '../../data/selector.ts'
import { TypeBadge } from '../../kit/badge.tsx'
import styles from './explore.module.css'
import { MetricList } from './metric-list.tsx'
import { QueryBar } from './query-bar.tsx'
import { ResultPanel } from './result-panel.tsx'
import { StartPanel } from './start-panel.tsx'
import { useHistory } from './use-history.ts'

type Change = Partial<ReturnType<typeof exploreSearch>>

/** Metrics: find one, narrow it down, see it as graph, table, or raw samples. */
export function ExplorePage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/explore' })
  const navigate = useNavigate({ from: '/explore' })
  const { refreshNow } = useTimeRange()
  const { queries, remember } = useHistory()
  const query = search.query ?? ''
  const [draft, setDraft] = useState(query)
  const [error, setError] = useState<string>()
  const [running, setRunning] = useState(false)
  const [listShown, setListShown] = useState(() => !isNarrow() && readSetting(LIST_KEY) !== 'no')
  useEffect(() => {
    setDraft(query)
    if (query !== '') remember(query)
  }, [query, remember])

  const change = useCallback(
    (next: Change, replace = false) => void navigate({ search: (previous) => ({ ...previous, ...next }), replace }),
    [navigate],
  )
  const run = (text: string): void => {
    const next = text.trim()
    if (next === query) refreshNow()
    else change({ query: next === '' ? undefined : next })
    setDraft(next)
  }
  const toggleList = (): void => {
    if (!isNarrow()) writeSetting(LIST_KEY, listShown ? 'no' : 'yes')
    setListShown(!listShown)
  }
  const onFind = useCallback((text: string) => change({ find: text === '' ? undefined : text }, true), [change])
  return (
    <div className={styles['layout']} data-list={listShown ? 'yes' : 'no'}>
      {listShown && (
        <MetricList
          find={search.find ?? ''}
          selected={metricOf(query)}
          onFind={onFind}
          onPick={(metric) => {
            run(selectorOf(metric))
            if (isNarrow()) setListShown(false)
          }}
        />
      )}
      <div className={styles['main']}>
        <h1 className="sr-only">{t('explore.title')}</h1>
        <QueryBar
          draft={draft}
          error={draft.trim() === query ? error : undefined}
          running={running}
          history={queries}
          listShown={listShown}
          onDraft={setDraft}
          onRun={run}
          onToggleList={toggleList}
        />
        <About metric={metricOf(query)} />
        {query === '' ? (
          <StartPanel history={queries} onPick={run} />
        ) : (
          <ResultPanel
            key={query}
            query={query}
            search={search}
            onChange={change}
            onQuery={run}
            onError={setError}
            onRunning={setRunning}
          />
        )}
      </div>
    </div>
  )
}

/** Where list and result do not fit side by side: see explore.module.css. */
const isNarrow = (): boolean => globalThis.innerWidth <= 900

/** The metric that a query is about, '' when it is about none or several. */
function metricOf(query: string): string {
  const selector = parseSelector(query)
  return selector?.metric ?? selector?.matchers.find(({ name, op }) => name === NAME && op === '=')?.value ?? ''
}

/** Type and help of the metric, under the editor. */
function About({ metric }: { readonly metric: string }) {
  const about = metadataOf(useMetadata().data, metric)
  if (metric === '' || about.help === '') return null
  return (
    <div className={styles['about']}>
      <TypeBadge type={about.type} />
      {about.unit !== '' && <TypeBadge type={about.unit} />}
      <span>{about.help}</span>
    </div>
  )
}
