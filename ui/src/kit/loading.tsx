import { Skeleton } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Note } from './note.tsx'
import styles from './state.module.css'

/** A thin bar on the top edge of the nearest positioned box; shows itself after 300 ms, so that fast answers don't flicker. */
export function LoadingBar({ active }: { readonly active: boolean }) {
  const { t } = useTranslation()
  if (!active) return null
  return (
    <>
      <div className={styles['bar']} role="progressbar" aria-label={t('state.loading')} data-state="loading" />
      <SlowNote />
    </>
  )
}

const SLOW_MS = 5000

/** Says that waiting is not for nothing; mounted while something loads. */
function SlowNote() {
  const { t } = useTranslation()
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [])
  return slow ? <Note tone="info">{t('state.slow')}</Note> : null
}

const WIDTHS = ['92%', '78%', '85%', '64%', '88%', '71%', '80%', '58%']

/** Grey lines where rows will be. Only for the first load: later ones keep the old content. */
export function SkeletonRows({ rows = 8, height = 14 }: { readonly rows?: number; readonly height?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('state.loading')} data-state="skeleton" style={{ padding: 12 }}>
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={height} width={WIDTHS[i % WIDTHS.length] ?? '80%'} mb={12} />
      ))}
      <SlowNote />
    </div>
  )
}

/** A grey box where a chart will be. */
export function SkeletonChart({ height = 320 }: { readonly height?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('state.loading')} data-state="skeleton" style={{ padding: 12 }}>
      <Skeleton height={height} />
      <SlowNote />
    </div>
  )
}
