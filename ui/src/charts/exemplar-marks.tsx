import { useTranslation } from 'react-i18next'
import type { Exemplar } from '../data/frame.ts'
import styles from './chart.module.css'
import type { PlotFrame } from './use-uplot.ts'

export interface ExemplarMarksProps {
  readonly exemplars: readonly Exemplar[]
  readonly frame: PlotFrame
  /** Where it stands in the plotting area, from 0 (bottom) to 1; undefined: in a row at the bottom. */
  readonly place: (exemplar: Exemplar) => number | undefined
  readonly selected: Exemplar | undefined
  readonly print: (exemplar: Exemplar) => string
  readonly onSelect: (exemplar: Exemplar | undefined) => void
}

/** More diamonds than that hide the lines. */
const SHOWN = 250

/** Diamonds for exemplars. They are for the pointer; the table below the chart has them for the keyboard. */
export function ExemplarMarks({ exemplars, frame, place, selected, print, onSelect }: ExemplarMarksProps) {
  const { t } = useTranslation()
  return (
    <div className={styles['marks']} aria-hidden data-testid="exemplars">
      {thinned(exemplars, frame.x).map((one) => {
        const x = (one.time - frame.x[0]) / (frame.x[1] - frame.x[0])
        const y = place(one)
        const high = Math.min(1, Math.max(0, y ?? 0))
        return (
          <button
            key={`${one.time} ${one.value} ${Object.values(one.labels).join(' ')}`}
            type="button"
            tabIndex={-1}
            className={styles['diamond']}
            data-selected={one === selected}
            title={`${t('explore.exemplars.one')} ${print(one)}`}
            style={{
              left: frame.left + x * frame.width,
              top: frame.top + (1 - high) * frame.height - (y === undefined ? 7 : 0),
            }}
            onClick={() => onSelect(one === selected ? undefined : one)}
          />
        )
      })}
    </div>
  )
}

/** Those in view, of each short time the one with the greatest value when there are too many. */
export function thinned(exemplars: readonly Exemplar[], [min, max]: readonly [number, number]): readonly Exemplar[] {
  const inView = exemplars.filter(({ time }) => time >= min && time <= max)
  if (inView.length <= SHOWN) return inView
  const slots = new Map<number, Exemplar>()
  for (const one of inView) {
    const slot = Math.floor(((one.time - min) / (max - min)) * SHOWN)
    const other = slots.get(slot)
    if (other === undefined || one.value > other.value) slots.set(slot, one)
  }
  return [...slots.values()]
}
