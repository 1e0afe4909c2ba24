import { z } from 'zod'
import { defineSection } from '../../config/section.ts'
import type { ConfigOf } from '../../config/section.ts'
import type { TenantId } from '../../model/tenant.ts'

const limit = (text: string): z.ZodNumber => z.number().int().min(0).describe(text)

const FIELDS = {
  max_global_series_per_user: limit('Active series that a tenant may have; 0 = no limit.'),
  max_global_series_per_metric: limit('Active series that one metric of a tenant may have; 0 = no limit.'),
  max_label_names_per_series: limit('Labels of one series, the metric name included; 0 = no limit.'),
  max_label_name_length: limit('Bytes of a label name; 0 = no limit.'),
  max_label_value_length: limit('Bytes of a label value; 0 = no limit.'),
}

/** What the process takes from each tenant. Keys are Mimir's, whose users know them. */
export const limitsSection = defineSection({
  key: 'limits',
  summary:
    'What each tenant may send. A refused row is told to its sender, counted, and shown on the cardinality page.',
  reload: 'restart',
  schema: z
    .strictObject({
      // A series takes about 1 KB of memory, so a million fits where Bongsu runs by default.
      max_global_series_per_user: FIELDS.max_global_series_per_user.prefault(1_000_000),
      // No healthy metric has a fifth of all series: this stops the one label that explodes before it takes the tenant down.
      max_global_series_per_metric: FIELDS.max_global_series_per_metric.prefault(200_000),
      max_label_names_per_series: FIELDS.max_label_names_per_series.prefault(64),
      max_label_name_length: FIELDS.max_label_name_length.prefault(1024),
      max_label_value_length: FIELDS.max_label_value_length.prefault(4096),
      overrides: z
        .record(z.string(), z.strictObject(FIELDS).partial())
        .describe('By tenant: limits of its own.')
        .prefault({}),
    })
    .prefault({}),
})

export type LimitsConfig = ConfigOf<typeof limitsSection>

/** The limits of one tenant; 0 = none. */
export interface TenantLimits {
  readonly series: number
  readonly seriesPerMetric: number
  readonly labelNames: number
  readonly nameBytes: number
  readonly valueBytes: number
}

export function limitsOf(config: LimitsConfig, tenant: TenantId): TenantLimits {
  const own = config.overrides[tenant] ?? {}
  return {
    series: own.max_global_series_per_user ?? config.max_global_series_per_user,
    seriesPerMetric: own.max_global_series_per_metric ?? config.max_global_series_per_metric,
    labelNames: own.max_label_names_per_series ?? config.max_label_names_per_series,
    nameBytes: own.max_label_name_length ?? config.max_label_name_length,
    valueBytes: own.max_label_value_length ?? config.max_label_value_length,
  }
}
