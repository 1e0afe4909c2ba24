import { z } from 'zod'
import { defineSection } from '../config/section.ts'
import type { ConfigOf } from '../config/section.ts'
import { bytes, duration } from '../config/values.ts'

const atLeastOne = (text: string): z.ZodNumber => z.number().int().positive().describe(text)

/** Limits of every query, and how PromQL behaves. */
export const querySection = defineSection({
  key: 'query',
  summary: 'Limits and defaults of queries.',
  reload: 'restart',
  schema: z
    .strictObject({
      timeout: duration.prefault('2m').describe('A query that runs longer is ended, time in line included.'),
      lookback_delta: duration
        .prefault('5m')
        .describe('How old the newest sample of a series may be to count as its value.'),
      max_samples: atLeastOne('Samples that one query may load, all its selectors together.').prefault(50_000_000),
      max_series: atLeastOne('Series that one selector of a query may touch.').prefault(1_000_000),
      max_memory: bytes.prefault('2GiB').describe('Memory for the intermediate results of one query.'),
      max_concurrent: atLeastOne('Queries that run at once; others wait in line.').prefault(20),
      max_concurrent_per_tenant: atLeastOne('Queries of one tenant that run at once.').prefault(20),
      max_waiting: atLeastOne('Queries of one tenant that may wait in line; more are answered with 429.').prefault(200),
      range_cache: bytes
        .prefault('64MiB')
        .describe(
          'Memory for results of range queries, so that a dashboard has only its new steps computed; 0B = none.',
        ),
      experimental: z
        .boolean()
        .prefault(true)
        .describe('Functions, aggregations and modifiers that Prometheus has behind feature flags.'),
      delayed_name_removal: z
        .boolean()
        .prefault(false)
        .describe('The metric name is dropped at the end of a query only (promql-delayed-name-removal of Prometheus).'),
      use_start_timestamps: z
        .boolean()
        .prefault(false)
        .describe('Start timestamps of samples tell of counter resets (use-start-timestamps of Prometheus).'),
      type_and_unit_labels: z
        .boolean()
        .prefault(false)
        .describe('The label __type__ and not the name tells what is a counter (type-and-unit-labels of Prometheus).'),
    })
    .prefault({}),
})

export type QueryConfig = ConfigOf<typeof querySection>
