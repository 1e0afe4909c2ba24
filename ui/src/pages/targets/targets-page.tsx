import { Button, SegmentedControl, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { HealthFilter, targetsSearch } from '../../app/search.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { scrapePools, targets } from '../../data/prometheus.ts'
import type { Targets } from '../../data/prometheus.ts'
import { useTenant } from '../../data/use-tenant.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconSearchOff, IconTarget } from '../../kit/icons.ts'
import { Page, Panel } from '../../kit/panel.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { SearchInput } from '../../kit/search-input.tsx'
import { countStates, poolsOf } from './pool-model.ts'
import { PoolPanel } from './pool-panel.tsx'
import styles from './targets.module.css'

type Filter = ReturnType<typeof targetsSearch>

interface Answer {
  readonly targets: Targets
  readonly pools: readonly string[]
}

const STATES: readonly HealthFilter[] = ['up', 'down', 'unknown', 'dropped']

/** Targets: what is scraped, how it goes, and what was dropped. */
export function TargetsPage() {
  const { t } = useTranslation()
  const filter = useSearch({ from: '/targets' })
  const navigate = useNavigate({ from: '/targets' })
  const change = useCallback(
    (next: Partial<Filter>) => void navigate({ search: (previous) => ({ ...previous, ...next }), replace: true }),
    [navigate],
  )
  const query = useTargets()
  const reset = (): void => change({ find: undefined, health: undefined, pool: undefined })
  const nothing = (
    <Panel>
      <EmptyState icon={IconTarget} title={t('targets.emptyTitle')} hint={t('targets.emptyHint')} />
    </Panel>
  )
  return (
    <Page title={t('targets.title')} tools={<Tools answer={query.data} filter={filter} onChange={change} />}>
      <QueryView query={query} isEmpty={isEmpty} empty={nothing}>
        {(answer) => <Pools answer={answer} filter={filter} onReset={reset} />}
      </QueryView>
    </Page>
  )
}

const isEmpty = ({ targets: { activeTargets, droppedTargets }, pools }: Answer): boolean =>
  activeTargets.length + droppedTargets.length + pools.length === 0

function useTargets() {
  const tenant = useTenant()
  const { refreshedAt } = useTimeRange()
  return useQuery({
    queryKey: ['targets', tenant, refreshedAt],
    queryFn: async ({ signal }): Promise<Answer> => {
      const ctx = { tenant, signal }
      const [found, pools] = await Promise.all([targets(ctx), scrapePools(ctx)])
      return { targets: found.data, pools: pools.data.scrapePools }
    },
    placeholderData: keepPreviousData,
  })
}

interface PoolsProps {
  readonly answer: Answer
  readonly filter: Filter
  readonly onReset: () => void
}

function Pools({ answer, filter, onReset }: PoolsProps) {
  const { t } = useTranslation()
  const pools = poolsOf(answer.targets, answer.pools, {
    find: filter.find ?? '',
    health: filter.health,
    pool: filter.pool,
  })
  if (pools.length === 0)
    return (
      <Panel>
        <EmptyState icon={IconSearchOff} title={t('targets.noneTitle')}>
          <Button onClick={onReset}>{t('targets.resetFilters')}</Button>
        </EmptyState>
      </Panel>
    )
  return pools.map((pool) => <PoolPanel key={pool.name} pool={pool} />)
}

interface ToolsProps {
  readonly answer: Answer | undefined
  readonly filter: Filter
  readonly onChange: (next: Partial<Filter>) => void
}

function Tools({ answer, filter, onChange }: ToolsProps) {
  const { t } = useTranslation()
  const counts = answer === undefined ? undefined : countStates(answer.targets)
  const total = counts === undefined ? '' : ` ${counts.up + counts.down + counts.unknown}`
  const onFind = useCallback((find: string) => onChange({ find: find === '' ? undefined : find }), [onChange])
  return (
    <div className={styles['tools']}>
      <SegmentedControl
        aria-label={t('targets.health')}
        value={filter.health ?? 'all'}
        onChange={(value) => onChange({ health: STATES.find((state) => state === value) })}
        data={[
          { value: 'all', label: `${t('targets.all')}${total}` },
          ...STATES.filter((state) => state !== 'unknown' || (counts?.unknown ?? 0) > 0).map((state) => ({
            value: state,
            label: `${t(`kit.${state}`)} ${counts?.[state] ?? ''}`,
          })),
        ]}
      />
      <Select
        w={180}
        searchable
        aria-label={t('targets.pools')}
        value={filter.pool ?? ''}
        data={[
          { value: '', label: t('targets.allPools') },
          ...(answer?.pools ?? []).map((pool) => ({ value: pool, label: pool })),
        ]}
        onChange={(pool) => onChange({ pool: pool === '' || pool === null ? undefined : pool })}
      />
      <SearchInput
        className={styles['search'] ?? ''}
        value={filter.find ?? ''}
        onSearch={onFind}
        placeholder={t('targets.find')}
        aria-label={t('targets.find')}
      />
    </div>
  )
}
