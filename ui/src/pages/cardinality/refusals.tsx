import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../app/preferences.ts'
import type { CardinalityAnswer } from '../../data/bongsu.ts'
import { StateBadge } from '../../kit/badge.tsx'
import { grouped } from '../../kit/number.ts'
import { Panel } from '../../kit/panel.tsx'
import { VirtualTable } from '../../kit/virtual-table.tsx'

/** What limits refused since the start: the metric, the label that exploded, and how often. */
export function Refusals({ refusals }: { readonly refusals: CardinalityAnswer['refusals'] }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return (
    <Panel
      title={t('cardinality.refusals')}
      hint={refusals.length > 0 ? t('cardinality.refusalsHint') : undefined}
      aside={refusals.length > 0 ? <StateBadge state="warning" count={refusals.length} /> : <StateBadge state="ok" />}
    >
      {refusals.length === 0 ? (
        <p className="muted" style={{ margin: 0, padding: '10px 12px' }}>
          {t('cardinality.refusalsNone')}
        </p>
      ) : (
        <VirtualTable
          label={t('cardinality.refusals')}
          rows={refusals}
          rowKey={({ metric, label }) => `${metric} ${label}`}
          maxHeight="260px"
          initialSort={{ id: 'count', down: true }}
          columns={[
            {
              id: 'metric',
              title: t('cardinality.metric'),
              sortBy: ({ metric }) => metric,
              render: ({ metric }) => <span className="mono">{metric}</span>,
            },
            {
              id: 'label',
              title: t('cardinality.label'),
              sortBy: ({ label }) => label,
              render: ({ label }) => <span className="mono">{label}</span>,
            },
            {
              id: 'count',
              title: t('cardinality.count'),
              align: 'end',
              sortBy: ({ count }) => count,
              render: ({ count }) => grouped(count, language),
            },
          ]}
        />
      )}
    </Panel>
  )
}
