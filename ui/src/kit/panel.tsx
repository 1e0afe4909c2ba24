import type { ReactNode } from 'react'
import styles from './panel.module.css'

export interface PanelProps {
  readonly title?: ReactNode
  readonly hint?: ReactNode
  /** At the end of the head. */
  readonly aside?: ReactNode
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** A bordered box with an optional head. Positioned, so that a `LoadingBar` finds its top edge. */
export function Panel({ title, hint, aside, className, children }: PanelProps) {
  return (
    <section className={[styles['panel'], className].filter(Boolean).join(' ')}>
      {title !== undefined && (
        <header className={styles['head']}>
          <h2>{title}</h2>
          {hint !== undefined && <span className={styles['hint']}>{hint}</span>}
          {aside !== undefined && <div className={styles['aside']}>{aside}</div>}
        </header>
      )}
      {children}
    </section>
  )
}

export interface PageProps {
  readonly title: string
  readonly hint?: ReactNode
  /** Beside the title: filters and the like. */
  readonly tools?: ReactNode
  readonly children: ReactNode
}

/** A page that scrolls: title, tools, panels. */
export function Page({ title, hint, tools, children }: PageProps) {
  return (
    <div className={styles['page']}>
      <div className={styles['title']}>
        <h1>{title}</h1>
        {hint !== undefined && <span className={styles['hint']}>{hint}</span>}
        {tools !== undefined && <div className={styles['aside']}>{tools}</div>}
      </div>
      {children}
    </div>
  )
}
