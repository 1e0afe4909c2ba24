import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { parseDuration } from '../../../../src/core/time.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { useMoment } from '../../app/time/use-moment.ts'
import { useDurationName } from '../../app/time/use-range-name.ts'
import { findSeries, labelValues } from '../../data/prometheus.ts'
import type { Range } from '../../data/prometheus.ts'
import type { RequestContext } from '../../data/http.ts'
import { NAME } from '../../data/labels.ts'
import { parseSelector, printSelector, withoutMatcher } from '../../data/selector.ts'
import { useTenant } from '../../data/use-tenant.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconClock, IconDatabaseOff, IconFilterOff, IconSearchOff } from '../../kit/icons.ts'
import { SkeletonRows } from '../../kit/loading.tsx'

type Reason = 'nothing' | 'series' | 'range' | 'nothing left'

/** Which of the three nothings an empty result is. */
async function reasonOf(query: string, range: Range, ctx: RequestContext): Promise<Reason> {
  const names = await labelValues(NAME, { limit: 1 }, ctx)
  if (names.data.length === 0) return 'nothing'
  const selector = parseSelector(query)
  if (selector === undefined) return await reasonOfParts(query, range, ctx)
  const series = await findSeries({ matchers: [printSelector(selector)], limit: 1 }, ctx)
  return series.data.length === 0 ? 'series' : 'range'
}

export interface EmptyResultProps {
  readonly query: string
  readonly onQuery: (query: string) => void
  /** Shows what each part of the query gave. */
  readonly onExplain: () => void
}

export function EmptyResult({ query, onQuery, onExplain }: EmptyResultProps) {
  const tenant = useTenant()
  const { refreshedAt, resolved } = useTimeRange()
  const { data, isPending } = useQuery({
    queryKey: ['empty-reason', tenant, query, refreshedAt],
    queryFn: ({ signal }) => reasonOf(query, resolved, { tenant, signal }),
  })
  if (isPending) return <SkeletonRows rows={4} />
  if (data === 'nothing') return <NothingYet />
  if (data === 'nothing left') return <NothingLeft onExplain={onExplain} />
  if (data === 'series') return <NoSeries query={query} onQuery={onQuery} />
  return <NoDataInRange />
}

/** A query that computes: some selector finds nothing at all, nothing in the range, or all find something and nothing is left. */
async function reasonOfParts(query: string, { start, end }: Range, ctx: RequestContext): Promise<Reason> {
  const { shapeOf } = await import('./query-shape.ts')
  for (const matcher of shapeOf(query)?.matchers ?? []) {
    const ever = await findSeries({ matchers: [matcher], limit: 1 }, ctx)
    if (ever.data.length === 0) return 'series'
    const now = await findSeries({ matchers: [matcher], range: { start, end }, limit: 1 }, ctx)
    if (now.data.length === 0) return 'range'
  }
  return 'nothing left'
}

function NothingLeft({ onExplain }: Pick<EmptyResultProps, 'onExplain'>) {
  const { t } = useTranslation()
  return (
    <EmptyState icon={IconFilterOff} title={t('explore.empty.leftTitle')} hint={t('explore.empty.leftHint')}>
      <Button onClick={onExplain}>{t('explore.view.tree')}</Button>
    </EmptyState>
  )
}

function NothingYet() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <EmptyState icon={IconDatabaseOff} title={t('explore.empty.nothingTitle')} hint={t('explore.empty.nothingHint')}>
      <Button onClick={() => void navigate({ to: '/targets' })}>{t('explore.empty.targets')}</Button>
    </EmptyState>
  )
}

function NoSeries({ query, onQuery }: Pick<EmptyResultProps, 'query' | 'onQuery'>) {
  const { t } = useTranslation()
  const selector = parseSelector(query)
  const matchers = selector?.matchers ?? []
  const droppable = selector !== undefined && (selector.metric !== '' || matchers.length > 1)
  return (
    <EmptyState icon={IconSearchOff} title={t('explore.empty.seriesTitle')} hint={t('explore.empty.seriesHint')}>
      {droppable &&
        matchers.map((matcher) => (
          <Button
            key={`${matcher.name}${matcher.op}${matcher.value}`}
            onClick={() => onQuery(printSelector(withoutMatcher(selector, matcher)))}
          >
            {t('explore.empty.without', { matcher: printSelector({ metric: '', matchers: [matcher] }).slice(1, -1) })}
          </Button>
        ))}
    </EmptyState>
  )
}

const WIDER = ['6h', '1d', '7d', '30d'] as const

function NoDataInRange() {
  const { t } = useTranslation()
  const { resolved, setRange } = useTimeRange()
  const moment = useMoment()
  const nameOf = useDurationName()
  const span = (resolved.end - resolved.start) * 1000
  const wider = WIDER.filter((duration) => (parseDuration(duration) ?? 0) > span * 1.01)
  const from = moment.full(resolved.start * 1000)
  const to = moment.full(resolved.end * 1000)
  return (
    <EmptyState
      icon={IconClock}
      title={t('explore.empty.rangeTitle')}
      hint={t('explore.empty.rangeHint', { from, to })}
    >
      {wider.map((duration) => (
        <Button key={duration} onClick={() => setRange({ from: `now-${duration}`, to: 'now' })}>
          {nameOf(duration)}
        </Button>
      ))}
    </EmptyState>
  )
}
