import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { durationMs, parseDuration, printDuration } from '../../../../src/core/time.ts'
import type { DrawStyle } from '../../app/search.ts'
import type { ValueScale } from '../../charts/options.ts'
import styles from './explore.module.css'

const DRAWS: readonly DrawStyle[] = ['lines', 'area', 'stack', 'points']
const SCALES: readonly ValueScale[] = ['auto', 'zero', 'log']
const STEPS = ['1s', '5s', '15s', '30s', '1m', '5m', '15m', '1h', '6h', '1d'] as const

export interface DrawOptionsProps {
  readonly draw: DrawStyle
  readonly scale: ValueScale
  /** A duration, undefined = chosen by width. */
  readonly step: string | undefined
  /** The step in use, in seconds. */
  readonly used: number
  readonly onChange: (change: { draw?: DrawStyle; scale?: ValueScale; step?: string | undefined }) => void
}

export const printSeconds = (seconds: number): string => printDuration(durationMs(seconds * 1000))

/** The step that the address asks for, in seconds; undefined when it asks for none that there is. */
export function stepSeconds(step: string | undefined): number | undefined {
  const ms = step === undefined ? undefined : parseDuration(step)
  return ms === undefined || ms < 1000 ? undefined : ms / 1000
}

export function DrawOptions({ draw, scale, step, used, onChange }: DrawOptionsProps) {
  const { t } = useTranslation()
  const steps = step === undefined || STEPS.some((one) => one === step) ? STEPS : [step, ...STEPS]
  return (
    <div className={styles['selects']}>
      <Select
        w={96}
        aria-label={t('explore.draw.label')}
        value={draw}
        data={DRAWS.map((value) => ({ value, label: t(`explore.draw.${value}`) }))}
        onChange={(value) => onChange({ draw: DRAWS.find((one) => one === value) ?? 'lines' })}
      />
      <Select
        w={140}
        aria-label={t('explore.draw.scale')}
        value={scale}
        data={SCALES.map((value) => ({ value, label: t(`explore.draw.${value}`) }))}
        onChange={(value) => onChange({ scale: SCALES.find((one) => one === value) ?? 'auto' })}
      />
      <Select
        w={150}
        aria-label={t('explore.draw.step')}
        value={step ?? 'auto'}
        data={[
          { value: 'auto', label: t('explore.draw.stepAuto', { step: printSeconds(used) }) },
          ...steps.map((value) => ({ value, label: value })),
        ]}
        onChange={(value) => onChange({ step: value === 'auto' || value === null ? undefined : value })}
      />
    </div>
  )
}
