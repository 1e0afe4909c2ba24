import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { configFile } from '../../data/prometheus.ts'
import { useTenant } from '../../data/use-tenant.ts'
import { CopyButton } from '../../kit/copy-button.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Panel } from '../../kit/panel.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import styles from './status.module.css'

export function Configuration() {
  const { t } = useTranslation()
  const tenant = useTenant()
  const { refreshedAt } = useTimeRange()
  const query = useQuery({
    queryKey: ['config', tenant, refreshedAt],
    queryFn: async ({ signal }) => (await configFile({ tenant, signal })).data.yaml,
  })
  return (
    <Panel
      title={t('status.config')}
      hint={t('status.configHint')}
      aside={query.data === undefined ? undefined : <CopyButton value={query.data} />}
    >
      <QueryView
        query={query}
        isEmpty={(yaml) => yaml.trim() === ''}
        empty={<EmptyState title={t('status.noConfig')} hint={t('status.noConfigHint')} />}
      >
        {(yaml) => (
          // The block scrolls, so it must be reachable by keyboard.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <pre className={`${styles['config']} mono`} tabIndex={0} aria-label={t('status.config')}>
            {yaml}
          </pre>
        )}
      </QueryView>
    </Panel>
  )
}
