import type { ComponentType, ReactNode } from 'react'
import { IconInbox } from './icons.ts'
import styles from './state.module.css'

export interface EmptyStateProps {
  readonly title: string
  readonly hint?: string
  readonly icon?: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>
  /** What one can do about it. */
  readonly children?: ReactNode
}

/** Nothing to show, and that is no failure: says which nothing it is and what to do next. */
export function EmptyState({ title, hint, icon: Icon = IconInbox, children }: EmptyStateProps) {
  return (
    <div className={styles['message']} role="status" data-state="empty">
      <span className={styles['icon']}>
        <Icon size={32} stroke={1.3} aria-hidden />
      </span>
      <h2>{title}</h2>
      {hint !== undefined && <p>{hint}</p>}
      {children !== undefined && <div className={styles['actions']}>{children}</div>}
    </div>
  )
}
