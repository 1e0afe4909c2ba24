import { z } from 'zod'
import { defineSection } from '../../config/section.ts'
import type { ConfigOf } from '../../config/section.ts'
import { bytes, duration } from '../../config/values.ts'

/** How metrics are taken in, kept in memory and handed to the database. */
export const headSection = defineSection({
  key: 'head',
  summary: 'Recent samples kept in memory, and the log that makes a write durable before it is acknowledged.',
  reload: 'restart',
  schema: z
    .strictObject({
      max_bytes: bytes
        .describe(
          'Memory for recent samples and the series index. Older samples are read from the database; those that were asked for lately stay in a quarter as much beside it.',
        )
        .prefault('1GiB'),
      max_age: duration.describe('Samples older than this leave the memory.').prefault('6h'),
      idle_series_timeout: duration
        .describe('A series without samples in memory and without a new one for this long is not active any more.')
        .prefault('1h'),
      // Prometheus takes nothing out of order unless told; yet a sender that retries one of several parallel requests, or a
      // collector that comes back after a network fault, is late by minutes, and the compliance suite of remote write sends
      // samples an hour late. Two hours cover all, and cost nothing: the tables hold rows in any order.
      out_of_order_time_window: duration
        .describe('How much older than the newest sample of its series a sample may be; 0s = not at all.')
        .prefault('2h'),
      max_exemplars: z
        .number()
        .int()
        .min(0)
        .describe('Exemplars kept in memory, all tenants together.')
        .prefault(100_000),
      flush_interval: duration
        .describe('How long acknowledged rows may stay in the log before they go to the database.')
        .prefault('30s'),
      flush_bytes: bytes.describe('Size at which rows go to the database before the interval ends.').prefault('64MiB'),
      max_pending_bytes: bytes
        .describe('Rows acknowledged and not yet in the database; beyond it, writes are answered with 429.')
        .prefault('512MiB'),
    })
    .prefault({}),
})

export type HeadConfig = ConfigOf<typeof headSection>
