import { defineError } from '../core/errors.ts'
import type { UnixMs } from '../core/time.ts'
import type { TenantId } from '../model/tenant.ts'

/** What travels with a batch on the way in. */
export interface IngestContext {
  readonly tenant: TenantId
  readonly signal: AbortSignal
  readonly receivedAt: UnixMs
}

/** Why a row was not kept. Bounded set: it is a label value of `bongsu_ingest_rejected_rows_total`. */
export type RejectionCode =
  | 'out_of_order'
  | 'too_old'
  | 'too_far_in_future'
  | 'duplicate_timestamp'
  | 'invalid_labels'
  | 'invalid_value'
  | 'label_limit'
  | 'label_name_too_long'
  | 'label_value_too_long'
  | 'series_limit'
  | 'metric_series_limit'
  | 'series_removed'

/** A row that was not kept, and why; `message` names the series and the limit or value at fault. */
export interface Rejection {
  readonly code: RejectionCode
  readonly message: string
}

/** What became of a batch. Rows that are not listed as rejected are durable. */
export interface IngestResult {
  /** Rows kept (a repeated identical sample counts as kept). */
  readonly accepted: number
  /** All rejected rows, counted. */
  readonly rejected: number
  /** The first rejected rows (at most 100), by their index in the batch's samples, then its histograms. */
  readonly rejections: readonly (Rejection & { readonly row: number })[]
}

/** What travels with a query. */
export interface QueryContext {
  readonly tenant: TenantId
  readonly signal: AbortSignal
  readonly limits: QueryLimits
}

export interface QueryLimits {
  /** Samples that a query may load; beyond it fails with `query.too_many_samples`. */
  readonly maxSamples: number
  /** Series that a query may touch; beyond it fails with `query.too_many_series`. */
  readonly maxSeries: number
  /** Bytes that the intermediate results of a query may take; beyond it fails with `query.too_much_memory`. */
  readonly maxBytes: number
}

/** Thrown by queriers, and by a query that asks several times. */
export const tooManySamples = defineError<{ limit: number }>({
  code: 'query.too_many_samples',
  status: 422,
  blame: 'caller',
  retry: false,
  message: ({ limit }) => `the query would load more than ${limit} samples`,
  advice: 'Narrow the selector or the range, or raise query.max_samples.',
})

export const tooManySeries = defineError<{ limit: number }>({
  code: 'query.too_many_series',
  status: 422,
  blame: 'caller',
  retry: false,
  message: ({ limit }) => `the query would touch more than ${limit} series`,
  advice: 'Narrow the selector, or raise query.max_series.',
})

/** Thrown by consumers when their bounded queue is full. Receivers answer it with their protocol's word for 429. */
export const overloaded = defineError<{ queue: string; limitBytes: number }>({
  code: 'ingest.overloaded',
  status: 429,
  blame: 'nobody',
  retry: true,
  message: ({ queue, limitBytes }) => `the ${queue} queue is full (${limitBytes} bytes)`,
  advice: 'Send again a little later; if it lasts, the store writes more slowly than data arrive.',
})
