import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { useMoment } from '../../app/time/use-moment.ts'
import type { QueryFacts } from '../../data/frame.ts'
import { Note } from '../../kit/note.tsx'
import { grouped, shortNumber } from '../../kit/number.ts'
import { printSeconds } from './draw-options.tsx'
import styles from './explore.module.css'
import { TRUNCATED } from './use-results.ts'
import type { Timed } from './use-results.ts'

export interface ResultFactsProps {
  readonly result: Timed<{ readonly facts: QueryFacts }> | undefined
  readonly series: number
  readonly step: number | undefined
}

/** How much the result is, and what it took. */
export function ResultFacts({ result, series, step }: ResultFactsProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { refreshedAt } = useTimeRange()
  const moment = useMoment()
  if (result === undefined) return null
  const { samples = 0, serverMs } = result.frame.facts
  return (
    <span className={styles['facts']} aria-live="polite">
      <span data-testid="series-count">
        {t('explore.result.series', { count: series, n: grouped(series, language) })}
      </span>
      {step !== undefined && <span>{t('explore.result.step', { step: printSeconds(step) })}</span>}
      {samples > 0 && (
        <span title={grouped(samples, language)}>
          {t('explore.result.samples', { count: samples, n: shortNumber(samples, 3) })}
        </span>
      )}
      <span title={serverMs === undefined ? undefined : t('explore.result.server', { ms: serverMs.toFixed(1) })}>
        {t('explore.result.took', { ms: result.tookMs })}
      </span>
      <span>{t('explore.result.at', { time: moment.full(refreshedAt).slice(11) })}</span>
    </span>
  )
}

export function Warnings({ facts }: { readonly facts: QueryFacts | undefined }) {
  const { t } = useTranslation()
  const warnings = (facts?.warnings ?? []).filter((text) => text !== TRUNCATED)
  const infos = facts?.infos ?? []
  return (
    <>
      {warnings.length > 0 && (
        <Note>
          {t('explore.warnings')} <Texts texts={warnings} />
        </Note>
      )}
      {infos.length > 0 && (
        <Note tone="info">
          {t('explore.infos')} <Texts texts={infos} />
        </Note>
      )}
    </>
  )
}

const Texts = ({ texts }: { readonly texts: readonly string[] }) => (
  <span>
    {texts.map((text) => (
      <span key={text} className="mono" style={{ display: 'block' }}>
        {text}
      </span>
    ))}
  </span>
)
