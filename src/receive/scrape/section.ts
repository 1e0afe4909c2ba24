import { z } from 'zod'
import { defineSection } from '../../config/section.ts'

/** What holds for all scrapes and is no key of Prometheus' file: there these are command-line flags. */
export const scraperSection = defineSection({
  key: 'scrape',
  summary: 'What holds for every scrape, beside `global`.',
  reload: 'restart',
  schema: z
    .strictObject({
      start_timestamps: z
        .boolean()
        .prefault(false)
        .describe(
          'read _created lines of OpenMetrics as start timestamps of their series, and not as series of their own; ' +
            "Prometheus' feature flag created-timestamp-zero-ingestion",
        ),
    })
    .prefault({}),
})
