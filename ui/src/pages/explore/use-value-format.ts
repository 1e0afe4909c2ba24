import { useMemo } from 'react'
import { useMoment } from '../../app/time/use-moment.ts'
import type { Labels } from '../../data/frame.ts'
import { NAME } from '../../data/labels.ts'
import { metadataOf, useMetadata } from '../../data/metric-names.ts'
import { commonUnit, incrementsOf, printerOf, unitOf } from '../../kit/unit.ts'

export interface ValueFormat {
  readonly print: (value: number) => string
  /** Distances of axis ticks that suit the unit. */
  readonly increments: readonly number[] | undefined
}

/** How to print the values of these series, as metadata or names tell their unit; stable while the unit stays. */
export function useValueFormat(sets: readonly Labels[]): ValueFormat {
  const known = useMetadata().data
  const moment = useMoment()
  const names = [...new Set(sets.map((labels) => labels[NAME] ?? ''))]
  const unit = commonUnit(names.map((name) => unitOf(name, metadataOf(known, name).unit)))
  return useMemo(
    () => ({
      print: printerOf(unit, (seconds) => moment.full(seconds * 1000)),
      increments: incrementsOf(unit),
    }),
    [unit, moment],
  )
}
