import { readAttributes } from '../../codec/otlp/field-regions.ts'
import type { MetricKind, PointView } from '../../codec/otlp/metrics-views.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { SeriesRef, SeriesTable } from '../../signals/metrics.ts'
import type { DeltaState, DeltaStates } from './delta.ts'
import type { Refusal } from './refusals.ts'
import type { KnownMetric, KnownResource, KnownScope, KnownSeries, SeriesCache } from './series-cache.ts'
import type { Translation } from './translation.ts'

export interface ResolverDeps {
  readonly translation: Translation
  readonly cache: SeriesCache
  readonly table: SeriesTable
  /** Undefined: there is no delta temporality. */
  readonly deltas: DeltaStates | undefined
}

/** Where a point stands. */
export interface PointContext {
  readonly resource: KnownResource
  readonly scope: KnownScope
  readonly metric: KnownMetric
  readonly kind: MetricKind
  readonly delta: boolean
}

/** One series of a point: what is put behind the metric's name, and a label of its own (`le`, `quantile`). */
export interface Part {
  readonly suffix: string
  readonly label?: readonly [name: string, value: string]
}

/** What the series of a point depend on besides its attributes. */
export interface Shape {
  readonly bounds: readonly number[]
  readonly hasSum: boolean
  /** In the order of the refs. */
  readonly parts: () => readonly Part[]
}

/** The shape of points that are one series each. */
export const SINGLE: Shape = { bounds: [], hasSum: false, parts: () => [{ suffix: '' }] }

/** The series of a point, from the cache or made; a refusal when they can't be had. */
export function resolveSeries(
  point: PointView,
  shape: Shape,
  context: PointContext,
  deps: ResolverDeps,
): KnownSeries | Refusal {
  const { series } = context.metric
  const key = point.attributes.key()
  const known = series.get(key)
  if (known !== undefined && known.hasSum === shape.hasSum && sameNumbers(known.bounds, shape.bounds)) {
    if (known.delta?.evicted !== true) return known
  }
  const made = makeSeries(point, shape, context, deps)
  if ('reason' in made) return made
  if (known === undefined) deps.cache.size++
  series.set(key, made)
  return made
}

function makeSeries(point: PointView, shape: Shape, context: PointContext, deps: ResolverDeps): KnownSeries | Refusal {
  const { resource, scope, metric } = context
  if ('message' in resource.labels) return { reason: 'unnamable', message: resource.labels.message }
  if (!(scope.labels instanceof Map)) return { reason: 'unnamable', message: messageIn(scope.labels) }
  const labels = deps.translation.pointLabels(readAttributes(point.attributes), resource.labels, scope.labels)
  if (!(labels instanceof Map)) return { reason: 'unnamable', message: labels.message }
  const refs = resolveParts(metric.metadata.metric, labels, shape.parts(), deps.table)
  if ('reason' in refs) return refs
  const series = { refs, bounds: [...shape.bounds], hasSum: shape.hasSum, delta: undefined }
  if (!context.delta) return series
  const delta = deltaState(context, labels, deps.deltas)
  return 'reason' in delta ? delta : { ...series, delta }
}

function resolveParts(
  name: string,
  labels: ReadonlyMap<string, string>,
  parts: readonly Part[],
  table: SeriesTable,
): SeriesRef[] | Refusal {
  const refs: SeriesRef[] = []
  for (const { suffix, label } of parts) {
    const all = new Map(labels).set(METRIC_NAME, name + suffix)
    if (label !== undefined) all.set(label[0], label[1])
    const ref = table.resolve(LabelSet.from(all))
    if (typeof ref !== 'number') return { reason: ref.code, message: ref.message }
    refs.push(ref)
  }
  return refs
}

function deltaState(
  { kind, metric }: PointContext,
  labels: ReadonlyMap<string, string>,
  deltas: DeltaStates | undefined,
): DeltaState | Refusal {
  const family = LabelSet.from(new Map(labels).set(METRIC_NAME, metric.metadata.metric))
  const state = deltas?.stateOf(`${kind} ${family.key()}`)
  return state ?? { reason: 'delta_limit', message: `no room for another delta series: ${family.toString()}` }
}

function messageIn(labels: object): string {
  return 'message' in labels ? String(labels.message) : ''
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}
