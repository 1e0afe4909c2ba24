import type { ReactNode } from 'react'
import { IconAlertTriangle, IconInfoCircle } from './icons.ts'
import styles from './state.module.css'

/** A strip above content that says what is missing from it, or how it was made. */
export function Note({ tone = 'warn', children }: { readonly tone?: 'warn' | 'info'; readonly children: ReactNode }) {
  const Icon = tone === 'warn' ? IconAlertTriangle : IconInfoCircle
  return (
    <div className={styles['note']} data-tone={tone} role="note">
      <Icon size={14} aria-hidden />
      {children}
    </div>
  )
}
