import { readAttributes } from '../../codec/otlp/field-regions.ts'
import type { MetricKind, PointView } from '../../codec/otlp/metrics-views.ts'
import { compareUtf8 } from '../../core/utf8.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { SeriesRef, SeriesTable } from '../../signals/metrics.ts'
import type { DeltaState, DeltaStates } from './delta.ts'
import type { Refusal } from './refusals.ts'
import type { KnownMetric, KnownResource, KnownScope, KnownSeries, SeriesCache } from './series-cache.ts'
import type { Translation } from './translation.ts'

export interface ResolverDeps {
  readonly tenant: TenantId
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
  const { metric } = context
  const known = knownSeries(point, metric)
  if (known !== undefined && known.hasSum === shape.hasSum && sameNumbers(known.bounds, shape.bounds)) {
    if (known.delta?.evicted !== true) return known
  }
  const position = known?.position ?? metric.order.length
  const made = makeSeries(point, shape, context, position, deps)
  if ('reason' in made) return made
  if (known === undefined) deps.cache.size++
  metric.series.set(made.key, made)
  metric.order[position] = made
  metric.cursor = position + 1
  return made
}

/** Tries the series that followed last time first: comparing bytes is cheaper than making a key and looking it up. */
function knownSeries(point: PointView, metric: KnownMetric): KnownSeries | undefined {
  const expected = metric.order[metric.cursor]
  const found =
    expected !== undefined && point.attributes.hasKey(expected.key)
      ? expected
      : metric.series.get(point.attributes.key())
  if (found !== undefined) metric.cursor = found.position + 1
  return found
}

function makeSeries(
  point: PointView,
  shape: Shape,
  context: PointContext,
  position: number,
  deps: ResolverDeps,
): KnownSeries | Refusal {
  const { resource, scope, metric } = context
  if ('message' in resource.labels) return { reason: 'unnamable', message: resource.labels.message }
  if (!(scope.labels instanceof Map)) return { reason: 'unnamable', message: messageIn(scope.labels) }
  const labels = deps.translation.pointLabels(readAttributes(point.attributes), resource.labels, scope.labels)
  if (!(labels instanceof Map)) return { reason: 'unnamable', message: labels.message }
  // First, so that no series is registered for a point that can't be added up.
  const delta = context.delta ? deltaState(context, labels, deps) : undefined
  if (delta !== undefined && 'reason' in delta) return delta
  const refs = resolveParts(metric.metadata.metric, labels, shape.parts(), deps.table)
  if ('reason' in refs) return refs
  const { bounds, hasSum } = shape
  return { key: point.attributes.key(), position, refs, bounds: [...bounds], hasSum, delta }
}

function resolveParts(
  name: string,
  labels: ReadonlyMap<string, string>,
  parts: readonly Part[],
  table: SeriesTable,
): SeriesRef[] | Refusal {
  const { pairs } = LabelSet.from(labels)
  const refs: SeriesRef[] = []
  for (const { suffix, label } of parts) {
    const own = name + suffix
    const named = own === '' ? pairs : withPair(pairs, METRIC_NAME, own)
    const ref = table.resolve(LabelSet.fromSorted(label === undefined ? named : withPair(named, label[0], label[1])))
    if (typeof ref !== 'number') return { reason: ref.code, message: ref.message }
    refs.push(ref)
  }
  return refs
}

/** Sorted pairs with one more, or another value of one; `value` is not empty. */
function withPair(pairs: readonly string[], name: string, value: string): string[] {
  let at = 0
  while (at < pairs.length && compareUtf8(pairs[at] as string, name) < 0) at += 2
  const rest = pairs[at] === name ? at + 2 : at
  return [...pairs.slice(0, at), name, value, ...pairs.slice(rest)]
}

function deltaState(
  { kind, metric }: PointContext,
  labels: ReadonlyMap<string, string>,
  { deltas, tenant }: ResolverDeps,
): DeltaState | Refusal {
  const family = LabelSet.from(new Map(labels).set(METRIC_NAME, metric.metadata.metric))
  const state = deltas?.stateOf(`${tenant} ${kind} ${family.key()}`)
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
