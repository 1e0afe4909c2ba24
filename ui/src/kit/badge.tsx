import { useTranslation } from 'react-i18next'
import type { Labels } from '../data/frame.ts'
import styles from './badge.module.css'
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX, IconHelpCircle } from './icons.ts'

export type State = 'up' | 'down' | 'unknown' | 'dropped' | 'ok' | 'warning' | 'near' | 'full'

const ICONS = {
  up: IconCircleCheck,
  down: IconCircleX,
  unknown: IconHelpCircle,
  dropped: IconCircleMinus,
  ok: IconCircleCheck,
  warning: IconAlertTriangle,
  near: IconAlertTriangle,
  full: IconCircleX,
} as const

/** A state as colour, icon and word: never one of them alone. */
export function StateBadge({ state, count }: { readonly state: State; readonly count?: number }) {
  const { t } = useTranslation()
  const Icon = ICONS[state]
  return (
    <span className={styles['badge']} data-state={state}>
      <Icon size={14} aria-hidden />
      {t(`kit.${state}`)}
      {count !== undefined && <span>{count}</span>}
    </span>
  )
}

/** The type of a metric: counter, gauge ... These words are of the exposition format and are not translated. */
export function TypeBadge({ type }: { readonly type: string }) {
  return <span className={styles['type']}>{type}</span>
}

/** A label set as chips. `leave` names labels that are left out. */
export function LabelChips({ labels, leave }: { readonly labels: Labels; readonly leave?: ReadonlySet<string> }) {
  const names = Object.keys(labels)
    .filter((name) => leave?.has(name) !== true)
    .sort()
  return (
    <span className={styles['chips']}>
      {names.map((name) => (
        <span key={name} className={styles['chip']}>
          <b>{name}=</b>
          {labels[name]}
        </span>
      ))}
    </span>
  )
}
