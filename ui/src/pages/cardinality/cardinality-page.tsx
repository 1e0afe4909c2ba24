import { Button, Select, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { cardinality } from '../../data/bongsu.ts'
import type { CardinalityAnswer } from '../../data/bongsu.ts'
import { useTenant } from '../../data/use-tenant.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconDatabaseOff, IconSearch, IconSearchOff } from '../../kit/icons.ts'
import { Page, Panel } from '../../kit/panel.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import styles from './cardinality.module.css'
import { Limits } from './limits.tsx'
import { Refusals } from './refusals.tsx'
import { Stats } from './stats.tsx'
import { TopLists } from './top-lists.tsx'

const LIMITS = ['10', '20', '50', '100', '500'] as const
const DEFAULT_LIMIT = '20'

/** Cardinality: which metrics, labels and values make the series, and how far the limits are. */
export function CardinalityPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/cardinality' })
  const navigate = useNavigate({ from: '/cardinality' })
  const tenant = useTenant()
  const { refreshedAt } = useTimeRange()
  const limit = LIMITS.find((one) => one === search.limit) ?? DEFAULT_LIMIT
  const { match } = search
  const query = useQuery({
    queryKey: ['cardinality', tenant, limit, match, refreshedAt],
    queryFn: ({ signal }) => cardinality(Number(limit), match, { tenant, signal }),
    placeholderData: keepPreviousData,
  })
  const setMatch = (text: string): void =>
    void navigate({ search: (previous) => ({ ...previous, match: text === '' ? undefined : text }) })
  const setLimit = (next: string | null): void =>
    void navigate({ search: (previous) => ({ ...previous, limit: next ?? undefined }), replace: true })
  const tools = (
    <div className={styles['tools']}>
      <MatchInput match={match ?? ''} onMatch={setMatch} />
      <Select
        w={90}
        aria-label={t('cardinality.limit')}
        value={limit}
        data={LIMITS.map((value) => ({ value, label: value }))}
        onChange={setLimit}
      />
    </div>
  )
  return (
    <Page title={t('cardinality.title')} hint={t('cardinality.hint')} tools={tools}>
      <QueryView
        query={query}
        isEmpty={({ series, refusals }) => series === 0 && refusals.length === 0}
        empty={<Empty match={match} onAll={() => setMatch('')} />}
      >
        {(answer) => <Content answer={answer} match={match} />}
      </QueryView>
    </Page>
  )
}

function Content({ answer, match }: { readonly answer: CardinalityAnswer; readonly match: string | undefined }) {
  return (
    <>
      <Stats answer={answer} />
      <div className={styles['grid']}>
        <Limits answer={answer} filtered={match !== undefined} />
        <Refusals refusals={answer.refusals} />
      </div>
      <TopLists answer={answer} match={match} />
    </>
  )
}

function Empty({ match, onAll }: { readonly match: string | undefined; readonly onAll: () => void }) {
  const { t } = useTranslation()
  return (
    <Panel>
      {match === undefined ? (
        <EmptyState icon={IconDatabaseOff} title={t('cardinality.emptyTitle')} hint={t('cardinality.emptyHint')} />
      ) : (
        <EmptyState icon={IconSearchOff} title={t('cardinality.noneTitle', { match })} hint={t('cardinality.noneHint')}>
          <Button onClick={onAll}>{t('cardinality.showAll')}</Button>
        </EmptyState>
      )}
    </Panel>
  )
}

/** A selector; takes effect with Enter, or when the field is left. */
function MatchInput({ match, onMatch }: { readonly match: string; readonly onMatch: (text: string) => void }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(match)
  useEffect(() => setDraft(match), [match])
  const apply = (): void => {
    if (draft.trim() !== match) onMatch(draft.trim())
  }
  return (
    <TextInput
      className={styles['match'] ?? ''}
      data-page-search
      leftSection={<IconSearch size={14} aria-hidden />}
      aria-label={t('cardinality.match')}
      placeholder={`${t('cardinality.match')}: ${t('cardinality.matchPlaceholder')}`}
      value={draft}
      spellCheck={false}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) apply()
      }}
    />
  )
}
