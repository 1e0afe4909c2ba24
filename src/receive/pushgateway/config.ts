import { z } from 'zod'
import { defineSection } from '../../config/section.ts'
import { bytes, duration } from '../../config/values.ts'

export const pushgatewaySection = defineSection({
  key: 'pushgateway',
  summary:
    'Takes metrics that batch jobs push, as the Prometheus Pushgateway does, and keeps writing them until they are deleted.',
  reload: 'restart',
  schema: z
    .strictObject({
      interval: duration
        .prefault('15s')
        .refine((interval) => interval >= 1000, 'must be at least 1s')
        .describe('How often the pushed values are written as samples.'),
      max_body_size: bytes.prefault('16MB').describe('Largest body of a push, before and after decompression.'),
      max_groups: z
        .int()
        .min(1)
        .prefault(10_000)
        .describe('Groups that are kept; a push that would make one more is refused.'),
      max_series: z
        .int()
        .min(1)
        .prefault(200_000)
        .describe('Series of all groups together; a push that would exceed it is refused.'),
    })
    .prefault({}),
})
