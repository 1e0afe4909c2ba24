import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { flags } from '../../data/prometheus.ts'
import { useTenant } from '../../data/use-tenant.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Highlight } from '../../kit/highlight.tsx'
import { IconSearchOff } from '../../kit/icons.ts'
import { Panel } from '../../kit/panel.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { matches, SearchInput } from '../../kit/search-input.tsx'
import { VirtualTable } from '../../kit/virtual-table.tsx'

export function Flags({ find, onFind }: { readonly find: string; readonly onFind: (text: string) => void }) {
  const { t } = useTranslation()
  const tenant = useTenant()
  const query = useQuery({
    queryKey: ['flags', tenant],
    queryFn: async ({ signal }) => Object.entries((await flags({ tenant, signal })).data),
  })
  return (
    <Panel
      title={t('status.flags')}
      aside={
        <SearchInput
          w={260}
          value={find}
          onSearch={onFind}
          placeholder={t('status.findFlag')}
          aria-label={t('status.findFlag')}
        />
      }
    >
      <QueryView query={query} isEmpty={(all) => all.length === 0} empty={<EmptyState title={t('status.noFlags')} />}>
        {(all) => {
          const rows = all.filter(([name, value]) => matches(`${name} ${String(value)}`, find))
          if (rows.length === 0)
            return <EmptyState icon={IconSearchOff} title={t('status.noFlagMatch', { text: find })} />
          return (
            <VirtualTable
              label={t('status.flags')}
              rows={rows}
              rowKey={([name]) => name}
              maxHeight="calc(100vh - 200px)"
              columns={[
                {
                  id: 'flag',
                  title: t('status.flag'),
                  width: '45%',
                  sortBy: ([name]) => name,
                  render: ([name]) => (
                    <span className="mono">
                      {'--'}
                      <Highlight text={name} find={find} />
                    </span>
                  ),
                },
                {
                  id: 'value',
                  title: t('status.value'),
                  render: ([, value]) => <span className="mono">{String(value)}</span>,
                },
              ]}
            />
          )
        }}
      </QueryView>
    </Panel>
  )
}
