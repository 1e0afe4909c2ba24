import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DroppedTarget } from '../../data/prometheus.ts'
import { LabelChips } from '../../kit/badge.tsx'
import { IconChevronDown } from '../../kit/icons.ts'
import styles from './targets.module.css'

const SHOWN = 100

/** Targets that relabelling dropped, with the labels that discovery gave them: what a rule would have to keep. */
export function DroppedTable({
  dropped,
  total,
}: {
  readonly dropped: readonly DroppedTarget[]
  readonly total: number
}) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const unseen = total - Math.min(dropped.length, SHOWN)
  return (
    <div style={{ padding: '6px 12px' }}>
      <button type="button" className={styles['fold']} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronDown size={14} aria-hidden />
        <span className="muted">{t('targets.droppedCount', { count: total, n: total })}</span>
      </button>
      {open && (
        <>
          <p className="muted" style={{ margin: '4px 0' }}>
            {t('targets.droppedHint')}
          </p>
          <ul style={{ margin: 0, padding: 0, listStyle: 'none', display: 'grid', gap: 6 }}>
            {dropped.slice(0, SHOWN).map(({ discoveredLabels }) => (
              <li key={JSON.stringify(discoveredLabels)}>
                <LabelChips labels={discoveredLabels} />
              </li>
            ))}
          </ul>
          {unseen > 0 && <p className="muted">{t('targets.droppedNotShown', { count: unseen, n: unseen })}</p>}
        </>
      )}
    </div>
  )
}
