import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StateBadge } from '../../kit/badge.tsx'
import { IconChevronDown } from '../../kit/icons.ts'
import { Panel } from '../../kit/panel.tsx'
import { DroppedTable } from './dropped-table.tsx'
import type { Pool } from './pool-model.ts'
import { TargetRow } from './target-row.tsx'
import styles from './targets.module.css'

/** Rows drawn at once; a button draws more. */
const PAGE = 100

export function PoolPanel({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(true)
  const { health, total } = pool
  return (
    <Panel
      title={
        <button type="button" className={styles['fold']} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconChevronDown size={15} aria-hidden />
          {pool.name}
        </button>
      }
      hint={total > 0 ? t('targets.summary', { up: health.up, all: total }) : undefined}
      aside={
        <>
          {total > 0 && (
            <span className={styles['meter']} aria-hidden>
              <i style={{ flex: health.up }} />
              <i style={{ flex: health.down }} />
              <i style={{ flex: health.unknown }} />
            </span>
          )}
          {health.down > 0 && <StateBadge state="down" count={health.down} />}
          {health.unknown > 0 && <StateBadge state="unknown" count={health.unknown} />}
          {health.down + health.unknown === 0 && health.up > 0 && <StateBadge state="up" count={health.up} />}
          {pool.droppedTotal > 0 && <StateBadge state="dropped" count={pool.droppedTotal} />}
        </>
      }
    >
      {open && <PoolBody pool={pool} />}
    </Panel>
  )
}

function PoolBody({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(PAGE)
  const { active, dropped, total } = pool
  return (
    <>
      {active.length > 0 && (
        <div className={styles['scroll']}>
          <table className={styles['table']}>
            <thead>
              <tr>
                <th className={styles['endpoint']}>{t('targets.endpoint')}</th>
                <th className={styles['state']}>{t('targets.state')}</th>
                <th>{t('targets.labels')}</th>
                <th className={styles['last']}>{t('targets.last')}</th>
                <th className={styles['duration']}>{t('targets.duration')}</th>
              </tr>
            </thead>
            <tbody>
              {active.slice(0, shown).map((target) => (
                <TargetRow key={`${target.scrapeUrl} ${JSON.stringify(target.labels)}`} target={target} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {active.length > shown && (
        <div style={{ padding: '6px 12px' }}>
          <button type="button" className={styles['link']} onClick={() => setShown(shown + PAGE)}>
            {t('kit.showMore')}
          </button>
        </div>
      )}
      {total === 0 && (
        <p style={{ margin: 0, padding: '8px 12px' }} className="muted">
          {t('targets.poolEmpty')}
        </p>
      )}
      {dropped.length > 0 && <DroppedTable dropped={dropped} total={pool.droppedTotal} />}
    </>
  )
}
