import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { durationMs, parseDuration, printDuration } from '../../../../src/core/time.ts'
import styles from './explore.module.css'
import { DRAWS, SCALES } from './panels.ts'
import type { PanelState } from './panels.ts'

const STEPS = ['1s', '5s', '15s', '30s', '1m', '5m', '15m', '1h', '6h', '1d'] as const

export interface DrawOptionsProps {
  readonly panel: PanelState
  /** The step in use, in seconds. */
  readonly used: number
  readonly onChange: (panel: PanelState) => void
}

export const printSeconds = (seconds: number): string => printDuration(durationMs(seconds * 1000))

/** The step that the address asks for, in seconds; undefined when it asks for none that there is. */
export function stepSeconds(step: string | undefined): number | undefined {
  const ms = step === undefined ? undefined : parseDuration(step)
  return ms === undefined || ms < 1000 ? undefined : ms / 1000
}

export function DrawOptions({ panel, used, onChange }: DrawOptionsProps) {
  const { t } = useTranslation()
  return (
    <div className={styles['selects']}>
      {panel.view === 'graph' && (
        <>
          <Select
            w={88}
            aria-label={t('explore.draw.label')}
            value={panel.draw}
            data={DRAWS.map((value) => ({ value, label: t(`explore.draw.${value}`) }))}
            onChange={(value) => onChange({ ...panel, draw: DRAWS.find((one) => one === value) ?? 'lines' })}
          />
          <Select
            w={116}
            aria-label={t('explore.draw.scale')}
            value={panel.scale}
            data={SCALES.map((value) => ({ value, label: t(`explore.draw.${value}`) }))}
            onChange={(value) => onChange({ ...panel, scale: SCALES.find((one) => one === value) ?? 'auto' })}
          />
        </>
      )}
      <StepSelect panel={panel} used={used} onChange={onChange} />
    </div>
  )
}

function StepSelect({ panel, used, onChange }: DrawOptionsProps) {
  const { t } = useTranslation()
  const { step } = panel
  const steps = step === undefined || STEPS.some((one) => one === step) ? STEPS : [step, ...STEPS]
  return (
    <Select
      w={132}
      aria-label={t('explore.draw.step')}
      value={step ?? 'auto'}
      data={[
        { value: 'auto', label: t('explore.draw.stepAuto', { step: printSeconds(used) }) },
        ...steps.map((value) => ({ value, label: value })),
      ]}
      onChange={(value) => onChange({ ...panel, step: value === 'auto' || value === null ? undefined : value })}
    />
  )
}
