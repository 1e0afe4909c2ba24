import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { NAME } from '../../data/labels.ts'
import { metadataOf } from '../../data/metadata-of.ts'
import { useMetadata } from '../../data/metric-names.ts'
import { parseSelector } from '../../data/selector.ts'
import type { EditorHandle } from '../../editors/promql-codemirror.tsx'
import { TypeBadge } from '../../kit/badge.tsx'
import styles from './explore.module.css'
import { PanelHead } from './panel-head.tsx'
import type { PanelState } from './panels.ts'
import { ResultView } from './result-view.tsx'
import type { RunReport } from './result-view.tsx'
import { StartPanel } from './start-panel.tsx'
import { useCancel } from './use-results.ts'

export interface QueryPanelProps {
  readonly panel: PanelState
  /** There are others: then it has a letter, and can be taken away. */
  readonly isOneOfMany: boolean
  readonly canAdd: boolean
  readonly recent: readonly string[]
  readonly onChange: (panel: PanelState) => void
  readonly onDuplicate: (query: string) => void
  readonly onRemove: () => void
  readonly onActive: () => void
}

const NO_REPORT: RunReport = { query: '', error: undefined, warnings: [], infos: [], running: false }

/** One query with its editor and its result. */
export function QueryPanel(props: QueryPanelProps) {
  const { t } = useTranslation()
  const { panel, onChange } = props
  const { query, id } = panel
  const { refreshNow } = useTimeRange()
  const [draft, setDraft] = useState(query)
  const [report, setReport] = useState(NO_REPORT)
  const editor = useRef<EditorHandle>(undefined)
  const cancel = useCancel(query)
  useEffect(() => setDraft(query), [query])
  // The marks change with what was said, not with every start and end of a refresh.
  const notes = useMemo(
    () => report,
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [report.query, report.error, report.warnings.join('\n'), report.infos.join('\n')],
  )
  const run = (text: string): void => {
    const next = text.trim()
    setDraft(next)
    if (next === query && panel.enabled) refreshNow()
    else onChange({ ...panel, query: next, enabled: true })
  }
  const select = useCallback((from: number, to: number) => editor.current?.select(from, to), [])
  const name = props.isOneOfMany ? t('explore.panel.named', { letter: id.toUpperCase() }) : t('explore.editor.label')
  return (
    <section className={styles['query']} aria-label={name} data-panel={id} onFocus={props.onActive}>
      <PanelHead
        {...props}
        name={name}
        draft={draft}
        notes={notes}
        editor={editor}
        running={report.running}
        onDraft={setDraft}
        onRun={run}
        onCancel={cancel}
        onDuplicate={() => props.onDuplicate(draft.trim())}
        onToggle={() => onChange({ ...panel, enabled: !panel.enabled })}
      />
      <About metric={metricOf(query)} />
      {query === '' ? (
        <StartPanel history={props.recent} onPick={run} />
      ) : (
        panel.enabled && (
          <ResultView
            key={query}
            panel={panel}
            onChange={onChange}
            onQuery={run}
            onSelect={select}
            onReport={setReport}
          />
        )
      )}
    </section>
  )
}

/** The metric that a query is about, '' when it is about none or several. */
export function metricOf(query: string): string {
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
