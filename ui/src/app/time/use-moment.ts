import { useMemo } from 'react'
import { momentFormat } from '../../kit/moment.ts'
import type { MomentFormat } from '../../kit/moment.ts'
import { useLanguage } from '../preferences.ts'
import { useTimeRange } from './range-context.tsx'

/** Prints times in the page's language and zone. */
export function useMoment(): MomentFormat {
  const { language } = useLanguage()
  const { zone } = useTimeRange()
  return useMemo(() => momentFormat(language, zone), [language, zone])
}
