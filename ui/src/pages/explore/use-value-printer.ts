import { useMemo } from 'react'
import { useMoment } from '../../app/time/use-moment.ts'
import type { Labels } from '../../data/frame.ts'
import { NAME } from '../../data/labels.ts'
import { metadataOf, useMetadata } from '../../data/metric-names.ts'
import { commonUnit, printerOf, unitOf } from '../../kit/unit.ts'

/** Prints values of these series in their unit, as metadata or names tell it; stable while the unit stays. */
export function useValuePrinter(sets: readonly Labels[]): (value: number) => string {
  const known = useMetadata().data
  const moment = useMoment()
  const names = [...new Set(sets.map((labels) => labels[NAME] ?? ''))]
  const unit = commonUnit(names.map((name) => unitOf(name, metadataOf(known, name).unit)))
  return useMemo(() => printerOf(unit, (seconds) => moment.full(seconds * 1000)), [unit, moment])
}
