import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../kit/empty-state.tsx'
import { IconAlertTriangle, IconSearchOff } from '../kit/icons.ts'

export function NotFoundPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <EmptyState icon={IconSearchOff} title={t('nav.notFound')} hint={t('nav.notFoundHint')}>
      <Button onClick={() => void navigate({ to: '/explore' })}>{t('nav.home')}</Button>
    </EmptyState>
  )
}

/** What is left when a page throws: the shell stays usable. */
export function CrashPage({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <EmptyState icon={IconAlertTriangle} title={t('state.crashed')} hint={t('state.crashedHint')}>
      <pre className="mono">{error instanceof Error ? error.message : String(error)}</pre>
      <Button onClick={() => globalThis.location.reload()}>{t('state.reload')}</Button>
    </EmptyState>
  )
}
