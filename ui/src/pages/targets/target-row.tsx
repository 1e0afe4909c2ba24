import { Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { useMoment } from '../../app/time/use-moment.ts'
import type { ActiveTarget } from '../../data/prometheus.ts'
import { printSelector } from '../../data/selector.ts'
import { LabelChips, StateBadge } from '../../kit/badge.tsx'
import { seconds } from '../../kit/number.ts'
import styles from './targets.module.css'

export function TargetRow({ target }: { readonly target: ActiveTarget }) {
  const { t } = useTranslation()
  const [discovered, setDiscovered] = useState(false)
  const failed = target.lastError !== ''
  const { labels } = target
  const query = printSelector({
    metric: '',
    matchers: ['job', 'instance']
      .filter((name) => labels[name] !== undefined)
      .map((name) => ({ name, op: '=', value: labels[name] ?? '' })),
  })
  return (
    <tr data-health={target.health}>
      <td>
        <span className="mono">{target.scrapeUrl}</span>
        {failed && (
          <pre className={`${styles['error']} mono`} aria-label={t('targets.error')}>
            {target.lastError}
          </pre>
        )}
      </td>
      <td>
        <StateBadge state={target.health} />
      </td>
      <td>
        <LabelChips labels={labels} />
        <div className={styles['discovered']} style={{ display: 'flex', gap: 12 }}>
          {query !== '' && (
            <Link className={styles['link'] ?? ''} to="/explore" search={{ query }}>
              {t('targets.explore')}
            </Link>
          )}
          <button
            type="button"
            className={styles['link']}
            aria-expanded={discovered}
            onClick={() => setDiscovered(!discovered)}
          >
            {t('targets.showDiscovered')}
          </button>
        </div>
        {discovered && (
          <div className={styles['discovered']}>
            <LabelChips labels={target.discoveredLabels} />
          </div>
        )}
      </td>
      <td>
        <LastScrape target={target} />
      </td>
      <td>{target.lastScrapeDuration > 0 ? seconds(target.lastScrapeDuration, 3) : '–'}</td>
    </tr>
  )
}

function LastScrape({ target }: { readonly target: ActiveTarget }) {
  const { t } = useTranslation()
  const moment = useMoment()
  const { refreshedAt } = useTimeRange()
  const at = Date.parse(target.lastScrape)
  const every = t('targets.every', { interval: target.scrapeInterval, timeout: target.scrapeTimeout })
  // Go's zero time stands for "never".
  if (!(at > 0))
    return (
      <Tooltip label={every}>
        <span>{t('targets.never')}</span>
      </Tooltip>
    )
  return (
    <Tooltip label={`${moment.full(at)}, ${every}`}>
      <span>{moment.ago(at, Math.max(refreshedAt, at))}</span>
    </Tooltip>
  )
}
