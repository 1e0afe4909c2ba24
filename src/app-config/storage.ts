/** `storage` and `runtime` of Prometheus. What has a key of ours too is acted on (`prometheus-keys.ts`); the rest tunes what is not here. Follows prometheus/config/config.go@v3.14. */
import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import { count, duration, sizeWithUnit } from '../config/values.ts'

const OTHER_STORE = { why: "not acted on: it tunes Prometheus' own store; see `store` and `head`" }

const retention = z.strictObject({
  time: duration.optional().describe('how long samples are kept: store.retention.metrics'),
  size: sizeWithUnit
    .optional()
    .meta({ notActedOn: { why: 'not acted on yet: samples are kept by time only' } })
    .describe('how much room they may take'),
  percentage: z
    .number()
    .min(0, { error: 'must be from 0 to 100' })
    .max(100, { error: 'must be from 0 to 100' })
    .optional()
    .meta({ notActedOn: { why: 'not acted on yet: samples are kept by time only' } })
    .describe('how much of the disk they may take'),
})

const tsdb = z.strictObject({
  out_of_order_time_window: duration
    .optional()
    .describe('how old a sample may be that comes late: head.out_of_order_time_window'),
  stale_series_compaction_threshold: z
    .number()
    .optional()
    .meta({ notActedOn: OTHER_STORE })
    .describe('share of stale series that starts a compaction'),
  chunk_encoding: z
    .strictObject({ floats: z.enum(['xor', 'xor2']).optional().describe('xor or xor2') })
    .optional()
    .meta({ notActedOn: OTHER_STORE })
    .describe('encoding of chunks'),
  retention: retention.optional().describe('how much is kept'),
})

export const storageSection = defineSection({
  key: 'storage',
  summary: "Settings of Prometheus' own store. Those that `store` and `head` have too are acted on, and win over them.",
  reload: 'restart',
  schema: z.strictObject({
    tsdb: tsdb.optional().describe("Prometheus' time series database"),
    exemplars: z
      .strictObject({ max_exemplars: count.prefault(100_000).describe('exemplars kept in memory: head.max_exemplars') })
      .optional()
      .describe('exemplars'),
  }),
})

export const runtimeSection = defineSection({
  key: 'runtime',
  summary: 'Settings of the Go runtime of Prometheus.',
  reload: 'live',
  schema: z
    .strictObject({ gogc: z.int().optional().describe('target of the garbage collector, in percent') })
    .meta({ notActedOn: { why: 'not acted on: there is no Go runtime here' } }),
})
