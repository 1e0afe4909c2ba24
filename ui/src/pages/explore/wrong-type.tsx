import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../kit/empty-state.tsx'
import { IconChartLine } from '../../kit/icons.ts'
import type { PanelState } from './panels.ts'
import type { QueryShape } from './query-shape.ts'

export interface WrongTypeProps {
  readonly panel: PanelState
  readonly shape: QueryShape | undefined
  readonly onChange: (panel: PanelState) => void
  readonly onQuery: (query: string) => void
}

/** A range vector or a string can't be drawn over time: what can be done instead. */
export function WrongType({ panel, shape, onChange, onQuery }: WrongTypeProps) {
  const { t } = useTranslation()
  if (shape?.type === 'string') {
    return (
      <EmptyState icon={IconChartLine} title={t('explore.type.string')}>
        <Button onClick={() => onChange({ ...panel, view: 'table' })}>{t('explore.view.table')}</Button>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={IconChartLine} title={t('explore.type.matrix')} hint={t('explore.type.matrixHint')}>
      <Button onClick={() => onQuery(`rate(${panel.query})`)}>{`rate(${panel.query})`}</Button>
      <Button onClick={() => onQuery(`avg_over_time(${panel.query})`)}>{`avg_over_time(${panel.query})`}</Button>
      <Button onClick={() => onChange({ ...panel, view: 'raw' })}>{t('explore.view.raw')}</Button>
    </EmptyState>
  )
}
