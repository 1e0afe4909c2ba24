import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { duration } from '../config/values.ts'

/** Limits of every query. */
export const querySection = defineSection({
  key: 'query',
  summary: 'Limits and defaults of queries.',
  reload: 'restart',
  schema: z
    .strictObject({
      timeout: duration.prefault('2m').describe('A query that runs longer is ended.'),
      lookback_delta: duration
        .prefault('5m')
        .describe('How old the newest sample of a series may be to count as its value.'),
      max_samples: z.number().int().positive().prefault(50_000_000).describe('Samples that one query may load.'),
      max_series: z.number().int().positive().prefault(1_000_000).describe('Series that one query may touch.'),
    })
    .prefault({}),
})
