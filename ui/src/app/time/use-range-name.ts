import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { resolveEnd } from './range.ts'
import type { RangeText } from './range.ts'
import { useMoment } from './use-moment.ts'
import { quickOf } from './range.ts'

/** `Last 15 min` for a duration, the duration itself when it is not of one unit. */
export function useDurationName(): (duration: string) => string {
  const { t } = useTranslation()
  return useCallback(
    (duration) => {
      const [, count, unit] = /^(\d+)([mhd])$/.exec(duration) ?? []
      if (count === undefined) return `now-${duration}`
      if (unit === 'm') return t('time.last.m', { count: Number(count) })
      if (unit === 'h') return t('time.last.h', { count: Number(count) })
      return t('time.last.d', { count: Number(count) })
    },
    [t],
  )
}

/** A range in words: `Last 1 h`, or both of its ends. */
export function useRangeName(): (range: RangeText) => string {
  const moment = useMoment()
  const nameOf = useDurationName()
  return useCallback(
    (range) => {
      const quick = quickOf(range)
      if (quick !== undefined) return nameOf(quick)
      const print = (text: string): string => {
        const ms = text.startsWith('now') ? undefined : resolveEnd(text, 0)
        return ms === undefined ? text : moment.full(ms)
      }
      return `${print(range.from)} – ${print(range.to)}`
    },
    [moment, nameOf],
  )
}
