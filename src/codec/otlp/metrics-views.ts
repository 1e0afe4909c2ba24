/**
 * What a reader of an ExportMetricsServiceRequest sees: views on its bytes that are reused from one message to the next.
 * Source: opentelemetry-proto 1.11, metrics/v1/metrics.proto.
 */
import type { Buffer } from 'node:buffer'
import { FieldRegions, readAttributes } from './field-regions.ts'

/** `unspecified` is also what unknown numbers are read as. */
export type Temporality = 'unspecified' | 'delta' | 'cumulative'
export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary'

/** Bit 0 of a point's flags: the series had no value at this time (a staleness marker). */
export const NO_RECORDED_VALUE = 1

export interface ScopeContent {
  readonly name: string
  readonly version: string
  readonly schemaUrl: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
}

/** Fields 1 (scope) and 3 (schema_url) of a ScopeMetrics. */
export class ScopeView {
  readonly fields = new FieldRegions()

  read(): ScopeContent {
    const content = { name: '', version: '', schemaUrl: '', attributes: new FieldRegions() }
    content.attributes.reset(this.fields.bytes)
    this.fields.read((reader) => {
      if (reader.field === 3) {
        content.schemaUrl = reader.string()
        return
      }
      const outer = reader.enter()
      for (let start = reader.pos; reader.next(); start = reader.pos) {
        if (reader.field === 1) content.name = reader.string()
        else if (reader.field === 2) content.version = reader.string()
        else {
          reader.skip()
          if (reader.field === 3) content.attributes.add(start, reader.pos)
        }
      }
      reader.leave(outer)
    })
    return { ...content, attributes: readAttributes(content.attributes) }
  }
}

/** Field 1 (resource) of a ResourceMetrics. */
export class ResourceView {
  readonly fields = new FieldRegions()

  readAttributes(): [name: string, value: string][] {
    const attributes = new FieldRegions()
    attributes.reset(this.fields.bytes)
    this.fields.read((reader) => {
      const outer = reader.enter()
      for (let start = reader.pos; reader.next(); start = reader.pos) {
        reader.skip()
        if (reader.field === 1) attributes.add(start, reader.pos)
      }
      reader.leave(outer)
    })
    return readAttributes(attributes)
  }
}

/** Fields 1 to 3 (name, description, unit) of a Metric, and what its data say about all their points. */
export class MetricView {
  readonly fields = new FieldRegions()
  kind: MetricKind = 'gauge'
  temporality: Temporality = 'unspecified'
  monotonic = false

  read(): { name: string; description: string; unit: string } {
    const text = { name: '', description: '', unit: '' }
    this.fields.read((reader) => {
      if (reader.field === 1) text.name = reader.string()
      else if (reader.field === 2) text.description = reader.string()
      else text.unit = reader.string()
    })
    return text
  }
}

/** What points of all kinds have. Times are unsigned nanoseconds in two 32-bit halves; 0 = not given. */
export class PointView {
  readonly attributes = new FieldRegions()
  readonly exemplars = new FieldRegions()
  startHi = 0
  startLo = 0
  timeHi = 0
  timeLo = 0
  flags = 0

  resetPoint(bytes: Buffer): void {
    this.attributes.reset(bytes)
    this.exemplars.reset(bytes)
    this.startHi = this.startLo = this.timeHi = this.timeLo = this.flags = 0
  }
}

export class NumberView extends PointView {
  /** 0 when the point has none. */
  value = 0
}

export class HistogramView extends PointView {
  count = 0
  /** Undefined when not given. */
  sum: number | undefined
  bucketCounts: number[] = []
  bounds: number[] = []
}

export interface ExponentialBuckets {
  offset: number
  counts: number[]
}

export class ExponentialView extends PointView {
  count = 0
  sum: number | undefined
  scale = 0
  zeroCount = 0
  /** 0 when not given. */
  zeroThreshold = 0
  readonly positive: ExponentialBuckets = { offset: 0, counts: [] }
  readonly negative: ExponentialBuckets = { offset: 0, counts: [] }
}

export class SummaryView extends PointView {
  count = 0
  sum = 0
  readonly quantiles: number[] = []
  readonly values: number[] = []
}

/**
 * Sees a request in order: a resource, its scopes, their metrics, their points. Every view is valid during the call only.
 * What a visitor throws ends the reading.
 */
export interface MetricsVisitor {
  resource(resource: ResourceView): void
  scope(scope: ScopeView): void
  /** Only metrics with data (of whatever kind) are shown. */
  metric(metric: MetricView): void
  number(point: NumberView): void
  histogram(point: HistogramView): void
  exponential(point: ExponentialView): void
  summary(point: SummaryView): void
  /** After the last point of a resource. */
  resourceEnd(): void
}
