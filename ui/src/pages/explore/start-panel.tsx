import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconChartLine } from '../../kit/icons.ts'
import { Panel } from '../../kit/panel.tsx'
import styles from './explore.module.css'

const RECENT = 6

/** What the page shows before there is a query. */
export function StartPanel({
  history,
  onPick,
}: {
  readonly history: readonly string[]
  readonly onPick: (q: string) => void
}) {
  const { t } = useTranslation()
  return (
    <Panel>
      <EmptyState icon={IconChartLine} title={t('explore.start.title')} hint={t('explore.start.hint')}>
        {history.length > 0 && (
          <div className={styles['history']}>
            <div className="muted">{t('explore.start.recent')}</div>
            {history.slice(0, RECENT).map((query) => (
              <button key={query} type="button" className={styles['historyItem']} onClick={() => onPick(query)}>
                {query}
              </button>
            ))}
          </div>
        )}
      </EmptyState>
    </Panel>
  )
}
