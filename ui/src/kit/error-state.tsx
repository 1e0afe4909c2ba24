import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../data/http.ts'
import { adviceOf } from './advice.ts'
import { CopyButton } from './copy-button.tsx'
import { IconAlertTriangle, IconPlugConnectedX } from './icons.ts'
import styles from './state.module.css'

export interface ErrorStateProps {
  readonly error: unknown
  readonly retry?: () => void
  /** True when results from before the error are shown below. */
  readonly stale?: boolean
}

/** A failure, in the server's own words. */
export function ErrorState({ error, retry, stale = false }: ErrorStateProps) {
  const { t } = useTranslation()
  const api = error instanceof ApiError ? error : undefined
  const unreachable = api?.kind === 'network'
  const message = error instanceof Error ? error.message : String(error)
  const type = [api?.status === 0 ? '' : String(api?.status ?? ''), api?.type ?? ''].filter(Boolean).join(' ')
  const advice = api === undefined ? undefined : adviceOf(api)
  const Icon = unreachable ? IconPlugConnectedX : IconAlertTriangle
  return (
    <div className={styles['error']} role="alert" data-state="error">
      <Icon size={18} aria-hidden />
      <div className={styles['errorText']}>
        <div className={styles['errorTitle']}>
          {unreachable ? t('state.unreachable') : t('state.failed')}
          {type !== '' && <span className="mono muted"> {type}</span>}
        </div>
        {unreachable && <div className="muted">{t('state.unreachableHint')}</div>}
        <pre className="mono">{message}</pre>
        {advice !== undefined && <div data-testid="advice">{t(`state.advice.${advice}`)}</div>}
        {api !== undefined && api.requestId !== '' && (
          <div className="muted">{t('state.requestId', { id: api.requestId })}</div>
        )}
        {stale && <div className="muted">{t('state.stale')}</div>}
      </div>
      <CopyButton value={`${type} ${message}`.trim()} label={t('state.copyError')} />
      {retry !== undefined && <Button onClick={retry}>{t('state.retry')}</Button>}
    </div>
  )
}
