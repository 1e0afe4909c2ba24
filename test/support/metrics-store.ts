import { systemClock } from '../../src/core/clock.ts'
import type { Clock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { durationMs, unixMs } from '../../src/core/time.ts'
import type { NativeHistogram } from '../../src/model/histogram.ts'
import { LabelSet } from '../../src/model/labels.ts'
import type { Selector } from '../../src/model/matcher.ts'
import { isStale } from '../../src/model/stale.ts'
import { DEFAULT_TENANT } from '../../src/model/tenant.ts'
import type { TenantId } from '../../src/model/tenant.ts'
import type { IngestContext, IngestResult, QueryContext } from '../../src/signals/ingest.ts'
import type {
  MetricsBatch,
  MetricsConsumer,
  MetricsQuerier,
  SampleBlock,
  SampleColumns,
} from '../../src/signals/metrics.ts'
import type { Engine } from '../../src/store/engine.ts'
import { headSection } from '../../src/store/head/config.ts'
import type { HeadConfig } from '../../src/store/head/config.ts'
import { limitsSection } from '../../src/store/head/limits.ts'
import type { LimitsConfig } from '../../src/store/head/limits.ts'
import { samplesOf } from './head-rows.ts'
import { MetricsStore } from '../../src/write/metrics-store.ts'

export const never = new AbortController().signal

export interface StoreSetup {
  readonly engine: Engine
  readonly walFolder: string
  readonly head?: Partial<HeadConfig>
  readonly limits?: Partial<LimitsConfig>
  readonly clock?: Clock
}

/** A metrics store that is not started. It flushes only when told, unless the setup says otherwise. */
export function metricsStore({ engine, walFolder, head, limits, clock = systemClock }: StoreSetup): MetricsStore {
  const manual = { flush_interval: durationMs(3_600_000), max_age: durationMs(3e11) }
  return new MetricsStore(
    {
      head: { ...headSection.schema.parse({}), ...manual, ...head },
      limits: { ...limitsSection.schema.parse({}), ...limits },
      walFolder,
    },
    { engine, clock, log: silentLog, telemetry: new Telemetry() },
  )
}

export function ingest(tenant: TenantId = DEFAULT_TENANT): IngestContext {
  return { tenant, signal: never, receivedAt: unixMs(Date.now()) }
}

export function query(limits: Partial<QueryContext['limits']> = {}, tenant: TenantId = DEFAULT_TENANT): QueryContext {
  return { tenant, signal: never, limits: { maxSamples: 1e9, maxSeries: 1e9, maxBytes: 1e10, ...limits } }
}

/** `[series, time, value, start]`; the series as a record of labels. */
export type Row = readonly [
  labels: Readonly<Record<string, string>>,
  t: number,
  value: number | NativeHistogram,
  start?: number,
]

/** A batch. Throws when a series is refused. */
export function batchOf(
  consumer: MetricsConsumer,
  rows: readonly Row[],
  tenant: TenantId = DEFAULT_TENANT,
): MetricsBatch {
  const table = consumer.seriesTable(tenant)
  const columnsOf = (some: readonly Row[]): Omit<SampleColumns, 'values'> => ({
    refs: Uint32Array.from(some, ([labels]) => {
      const ref = table.resolve(LabelSet.of(labels))
      if (typeof ref !== 'number') throw new Error(ref.message)
      return ref
    }),
    timestamps: Float64Array.from(some, ([, t]) => t),
    ...(some.some(([, , , start]) => start !== undefined)
      ? { startTimestamps: Float64Array.from(some, ([, , , start = 0]) => start) }
      : {}),
  })
  const floats = rows.filter(([, , value]) => typeof value === 'number')
  const histograms = rows.filter(([, , value]) => typeof value !== 'number')
  return {
    samples: { ...columnsOf(floats), values: Float64Array.from(floats, ([, , value]) => value as number) },
    histograms: { ...columnsOf(histograms), values: histograms.map(([, , value]) => value as NativeHistogram) },
    exemplars: [],
    metadata: [],
    generation: table.generation,
  }
}

export function write(consumer: MetricsConsumer, rows: readonly Row[], tenant?: TenantId): Promise<IngestResult> {
  return consumer.consumeMetrics(batchOf(consumer, rows, tenant), ingest(tenant))
}

/** All samples of a selector, as `series -> [[t, value], ...]`. Throws when a series comes twice. */
export async function select(
  querier: MetricsQuerier,
  selector: Selector,
  start = -1e15,
  end = 1e15,
  ctx = query(),
): Promise<Record<string, [number, number][]>> {
  const found: Record<string, [number, number][]> = {}
  const range = { start: unixMs(start), end: unixMs(end) }
  const selection = await querier.select(selector, range, { starts: false }, ctx)
  for await (const block of selection.read()) {
    for (const [i, row] of block.rows.entries()) {
      const key = selection.labels.at(row).toString()
      if (found[key] !== undefined) throw new Error(`${key} came twice`)
      found[key] = samplesOf(block, i)
    }
  }
  selection.close()
  return found
}

/** A sample as `selectAll` shows it: staleness markers by name, histograms by their count. */
export type Shown = readonly [t: number, value: number | string, start: number]

/** Floats, then histograms, of all series of a selector, with starts. Checks what a block promises of itself. */
export async function selectAll(
  querier: MetricsQuerier,
  selector: Selector,
  start = -1e15,
  end = 1e15,
  ctx = query(),
): Promise<Record<string, Shown[]>> {
  const found: Record<string, Shown[]> = {}
  const range = { start: unixMs(start), end: unixMs(end) }
  const selection = await querier.select(selector, range, { starts: true }, ctx)
  for await (const block of selection.read()) {
    checkBlock(block)
    for (const [i, row] of block.rows.entries()) {
      const key = selection.labels.at(row).toString()
      if (found[key] !== undefined) throw new Error(`${key} came twice`)
      const from = block.offsets[i] as number
      found[key] = samplesOf(block, i).map(([t, value], k) => [
        t,
        isStale(value) ? 'stale' : value,
        block.starts?.[from + k] ?? 0,
      ])
      for (let at = block.histograms?.offsets[i] ?? 0; at < (block.histograms?.offsets[i + 1] ?? 0); at++) {
        const { timestamps, starts, values } = block.histograms as NonNullable<SampleBlock['histograms']>
        const value = values[at] as NativeHistogram
        found[key].push([
          timestamps[at] as number,
          value.stale ? 'stale' : `count ${value.count}`,
          starts[at] as number,
        ])
      }
    }
  }
  selection.close()
  return found
}

function checkBlock(block: SampleBlock): void {
  if (block.hasNaN !== block.values.some(Number.isNaN)) throw new Error('hasNaN is wrong')
  if (block.starts?.every((start) => start === 0) === true) throw new Error('starts without any')
}
