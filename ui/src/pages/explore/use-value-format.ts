import { useMemo } from 'react'
import { useMoment } from '../../app/time/use-moment.ts'
import type { Labels } from '../../data/frame.ts'
import { NAME } from '../../data/labels.ts'
import { metadataOf } from '../../data/metadata-of.ts'
import { useMetadata } from '../../data/metric-names.ts'
import { parseSelector } from '../../data/selector.ts'
import { commonUnit, incrementsOf, printerOf, unitOf } from '../../kit/unit.ts'
import type { QueryShape } from './query-shape.ts'

export interface ValueFormat {
  readonly print: (value: number) => string
  /** Distances of axis ticks that suit the unit. */
  readonly increments: readonly number[] | undefined
}

/** How to print the values of these series, as metadata or names tell their unit; stable while the unit stays. */
export function useValueFormat(sets: readonly Labels[], shape?: QueryShape): ValueFormat {
  const known = useMetadata().data
  const moment = useMoment()
  const observed = shape?.isObservation === true ? metricsOf(shape).map((name) => name.replace(/_bucket$/, '')) : []
  const names = observed.length > 0 ? observed : [...new Set(sets.map((labels) => labels[NAME] ?? ''))]
  const unit = commonUnit(names.map((name) => unitOf(name, metadataOf(known, name).unit)))
  return useMemo(
    () => ({
      print: printerOf(unit, (seconds) => moment.full(seconds * 1000)),
      increments: incrementsOf(unit),
    }),
    [unit, moment],
  )
}

const metricsOf = (shape: QueryShape | undefined): readonly string[] =>
  (shape?.selectors ?? []).map((selector) => parseSelector(selector)?.metric ?? '').filter((name) => name !== '')

/** How to print the bounds of buckets: in the unit of the histogram that the query reads. */
export function useBucketFormat(shape: QueryShape | undefined): (value: number) => string {
  const known = useMetadata().data
  const names = metricsOf(shape).map((name) => name.replace(/_(bucket|count|sum)$/, ''))
  const unit = commonUnit(names.map((name) => unitOf(name, metadataOf(known, name).unit)))
  return useMemo(() => printerOf(unit === 'timestamp' ? 'short' : unit, String), [unit])
}
