import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { useMoment } from '../../app/time/use-moment.ts'
import type { CardinalityAnswer } from '../../data/bongsu.ts'
import { grouped } from '../../kit/number.ts'
import { Panel } from '../../kit/panel.tsx'
import styles from './cardinality.module.css'

export function Stats({ answer }: { readonly answer: CardinalityAnswer }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const moment = useMoment()
  const { refreshedAt } = useTimeRange()
  const ago = (ms: number | null): string => (ms === null ? '–' : moment.ago(ms, Math.max(refreshedAt, ms)))
  const full = (ms: number | null): string => (ms === null ? '' : moment.full(ms))
  const facts = [
    { title: t('cardinality.series'), value: grouped(answer.series, language), detail: '' },
    { title: t('cardinality.pairs'), value: grouped(answer.labelPairs, language), detail: '' },
    { title: t('cardinality.oldest'), value: ago(answer.minTime), detail: full(answer.minTime) },
    { title: t('cardinality.newest'), value: ago(answer.maxTime), detail: full(answer.maxTime) },
  ]
  return (
    <div className={styles['stats']}>
      {facts.map(({ title, value, detail }) => (
        <Panel key={title}>
          <dl className={styles['stat']} style={{ margin: 0 }}>
            <dt>{title}</dt>
            <dd>
              {value} {detail !== '' && <small>{detail}</small>}
            </dd>
          </dl>
        </Panel>
      ))}
    </div>
  )
}
