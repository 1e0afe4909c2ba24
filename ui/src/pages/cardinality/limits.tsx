import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import type { CardinalityAnswer } from '../../data/bongsu.ts'
import { StateBadge } from '../../kit/badge.tsx'
import type { State } from '../../kit/badge.tsx'
import { grouped, shortNumber } from '../../kit/number.ts'
import { Panel } from '../../kit/panel.tsx'
import styles from './cardinality.module.css'

/** Usage from which a limit is near, and from which it is as good as reached. */
const NEAR = 0.75
const FULL = 0.95

function levelOf(used: number, limit: number): State {
  if (limit === 0 || used < limit * NEAR) return 'ok'
  return used < limit * FULL ? 'near' : 'full'
}

/** How much of each limit is used. A filtered answer counts a part of the series only, so usage would mislead then. */
export function Limits({ answer, filtered }: { readonly answer: CardinalityAnswer; readonly filtered: boolean }) {
  const { t } = useTranslation()
  const { limits, series, byMetric } = answer
  const largest = byMetric[0]
  if (filtered) return null
  return (
    <Panel title={t('cardinality.limits')}>
      <Usage title={t('cardinality.limitSeries')} used={series} limit={limits.series} />
      <Usage
        title={t('cardinality.limitMetric')}
        largest={largest?.name}
        used={largest?.value ?? 0}
        limit={limits.seriesPerMetric}
      />
    </Panel>
  )
}

interface UsageProps {
  readonly title: string
  /** The metric whose usage it is. */
  readonly largest?: string | undefined
  readonly used: number
  readonly limit: number
}

function Usage({ title, largest, used, limit }: UsageProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const level = levelOf(used, limit)
  const share = limit === 0 ? 0 : Math.min(1, used / limit)
  const text =
    limit === 0
      ? t('cardinality.unlimited', { used: grouped(used, language) })
      : t('cardinality.limitOf', {
          used: grouped(used, language),
          limit: grouped(limit, language),
          percent: shortNumber((used / limit) * 100, 3),
        })
  return (
    <div className={styles['usage']}>
      <div className={styles['usageHead']}>
        <span>{title}</span>
        {limit > 0 && level !== 'ok' && <StateBadge state={level} />}
        <span>{text}</span>
      </div>
      {limit > 0 && (
        <div
          className={styles['bar']}
          data-level={level}
          role="meter"
          aria-label={title}
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={Math.min(used, limit)}
          aria-valuetext={text}
        >
          <i style={{ width: `${share * 100}%` }} />
        </div>
      )}
      {largest !== undefined && (
        <span className="muted">
          {t('cardinality.largest')} <span className="mono">{largest}</span>
        </span>
      )}
    </div>
  )
}
