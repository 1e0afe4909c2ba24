/** Bongsu's own API, in zod: shared by the server, which validates with it, and the page, which takes its types. */
import { z } from 'zod'

/** UnixMs; null = there is none yet. */
const moment = z.number().nullable()

/** GET /api/bongsu/status: what the status page shows and what tells "nothing received yet" from "nothing found". */
export const statusSchema = z.object({
  version: z.string(),
  nodeVersion: z.string(),
  /** UnixMs. */
  startedAt: z.number(),
  uptimeSeconds: z.number(),
  /** The tenant that this answer is about. */
  tenant: z.string(),
  process: z.object({
    residentBytes: z.number(),
    heapUsedBytes: z.number(),
    /** User and system CPU since the start. */
    cpuSeconds: z.number(),
  }),
  store: z.object({
    /** `embedded` (chDB in this process) or `remote` (a ClickHouse server). */
    kind: z.enum(['embedded', 'remote']),
    /** The database's own version, null = unknown. */
    version: z.string().nullable(),
    /** Samples kept, of all tenants; null = unknown. */
    samples: z.number().nullable(),
    /** Bytes on disk; null = unknown. */
    diskBytes: z.number().nullable(),
    /** 0 = for ever. */
    retentionSeconds: z.number(),
  }),
  /** The samples taken in since the start. */
  ingest: z.object({
    acceptedSamples: z.number(),
    rejectedSamples: z.number(),
    lastAcceptedAt: moment,
  }),
  /** What this tenant has in the head. */
  head: z.object({ series: z.number(), minTime: moment, maxTime: moment }),
})

export type Status = z.output<typeof statusSchema>

const count = z.object({ name: z.string(), value: z.number() })

/**
 * GET /api/bongsu/cardinality?limit=N&match=SELECTOR: the `Cardinality` of signals/metrics.ts. `limit` bounds each list
 * (default 20); `match` is one selector in PromQL's spelling, absent = every series.
 */
export const cardinalitySchema = z.object({
  series: z.number(),
  labelPairs: z.number(),
  minTime: moment,
  maxTime: moment,
  byMetric: z.array(count),
  /** Number of distinct values of each label name. */
  valuesByLabel: z.array(count),
  /** Number of series that carry each label name. */
  seriesByLabel: z.array(count),
  /** Number of series of each `name=value`. */
  byPair: z.array(count),
  /** Bytes of all values of each label name. */
  bytesByLabel: z.array(count),
  /** The tenant's limits, 0 = none. */
  limits: z.object({ series: z.number(), seriesPerMetric: z.number() }),
  /** Refusals since the start. */
  refusals: z.array(z.object({ metric: z.string(), label: z.string(), count: z.number() })),
})

export type CardinalityAnswer = z.output<typeof cardinalitySchema>
