/**
 * Which labels and names OTLP data get. Follows createAttributes, setResourceContext, setScopeContext and
 * addResourceTargetInfo, prometheus/storage/remote/otlptranslator/prometheusremotewrite@v3.14.
 */
import { labelName } from '../../codec/otlp/label-name.ts'
import { metricName } from '../../codec/otlp/metric-name.ts'
import type { NamedType } from '../../codec/otlp/metric-name.ts'
import type { ScopeContent } from '../../codec/otlp/metrics-views.ts'
import { compareUtf8 } from '../../core/utf8.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { OtlpConfig } from './config.ts'

export type Attributes = readonly (readonly [name: string, value: string])[]
/** Labels by name; an empty value means that there is none. */
export type Labels = ReadonlyMap<string, string>

/** What a resource gives to each of its series. */
export interface ResourceLabels {
  /** Only where the point has no label of that name. */
  readonly promoted: Labels
  /** job and instance: always. */
  readonly identity: Labels
}

/** Data that can't have a name: `message` says which attribute or metric. */
export interface Unnamable {
  readonly message: string
}

const IDENTIFYING: readonly string[] = ['service.namespace', 'service.name', 'service.instance.id']
const MAX_CACHED_NAMES = 10_000

/** The rules of one `otlp` section. */
export class Translation {
  readonly config: OtlpConfig
  readonly #utf8: boolean
  readonly #suffixes: boolean
  readonly #labelNames = new Map<string, string | undefined>()

  constructor(config: OtlpConfig) {
    this.config = config
    const strategy = config.translation_strategy
    this.#utf8 = strategy === 'NoUTF8EscapingWithSuffixes' || strategy === 'NoTranslation'
    this.#suffixes = strategy === 'UnderscoreEscapingWithSuffixes' || strategy === 'NoUTF8EscapingWithSuffixes'
  }

  metricName(name: string, unit: string, type: NamedType): string | Unnamable {
    const built = metricName(name, unit, type, { utf8: this.#utf8, suffixes: this.#suffixes })
    return built ?? { message: `metric name ${quote(name)} has no character that a name may have` }
  }

  resourceLabels(attributes: Attributes): ResourceLabels | Unnamable {
    const { config } = this
    const all = config.promote_all_resource_attributes
    const listed = all ? config.ignore_resource_attributes : config.promote_resource_attributes
    const promoted = new Map<string, string>()
    for (const [name, value] of attributes) {
      if (listed.includes(name) === all) continue
      const label = this.#labelName(name)
      if (typeof label !== 'string') return label
      promoted.set(label, value)
    }
    return { promoted, identity: identityOf(new Map(attributes)) }
  }

  scopeLabels(scope: ScopeContent): Labels | Unnamable {
    const labels = new Map<string, string>()
    if (!this.config.promote_scope_metadata || scope.name === '') return labels
    for (const [name, value] of scope.attributes) {
      const label = this.#labelName(`otel_scope_${name}`)
      if (typeof label !== 'string') return label
      labels.set(label, value)
    }
    labels.set('otel_scope_name', scope.name)
    labels.set('otel_scope_version', scope.version)
    labels.set('otel_scope_schema_url', scope.schemaUrl)
    return labels
  }

  /** All labels of a point's series but the metric name. */
  pointLabels(attributes: Attributes, resource: ResourceLabels, scope: Labels): Map<string, string> | Unnamable {
    const labels = this.#attributeLabels(attributes)
    if (!(labels instanceof Map)) return labels
    for (const [name, value] of resource.promoted) if ((labels.get(name) ?? '') === '') labels.set(name, value)
    for (const [name, value] of resource.identity) labels.set(name, value)
    for (const [name, value] of scope) labels.set(name, value)
    return labels
  }

  /** The series that holds a resource's attributes; undefined when it would say nothing or belong to no target. */
  targetInfo(attributes: Attributes): LabelSet | Unnamable | undefined {
    const names = new Set(attributes.map(([name]) => name))
    if (attributes.length === IDENTIFYING.filter((name) => names.has(name)).length) return undefined
    const kept = this.config.keep_identifying_resource_attributes
      ? attributes
      : attributes.filter(([name]) => !IDENTIFYING.includes(name))
    const labels = this.#attributeLabels(kept)
    if (!(labels instanceof Map)) return labels
    for (const [name, value] of identityOf(new Map(attributes))) labels.set(name, value)
    labels.set(METRIC_NAME, 'target_info')
    const set = LabelSet.from(labels)
    return set.has('job') || set.has('instance') ? set : undefined
  }

  /** Attributes whose names become the same label are joined with ';', in order of their own names. */
  #attributeLabels(attributes: Attributes): Map<string, string> | Unnamable {
    const sorted = attributes.filter(([name]) => name !== METRIC_NAME).sort(([a], [b]) => compareUtf8(a, b))
    const labels = new Map<string, string>()
    for (const [name, value] of sorted) {
      const label = this.#utf8 ? name : this.#labelName(name)
      if (typeof label !== 'string') return label
      const before = this.#utf8 ? '' : (labels.get(label) ?? '')
      labels.set(label, before === '' ? value : `${before};${value}`)
    }
    return labels
  }

  #labelName(attribute: string): string | Unnamable {
    let label = this.#labelNames.get(attribute)
    if (label === undefined && !this.#labelNames.has(attribute)) {
      label = labelName(attribute, {
        utf8: this.#utf8,
        underscoreSanitization: this.config.label_name_underscore_sanitization,
        preserveMultipleUnderscores: this.config.label_name_preserve_multiple_underscores,
      })
      if (this.#labelNames.size >= MAX_CACHED_NAMES) this.#labelNames.clear()
      this.#labelNames.set(attribute, label)
    }
    return label ?? { message: `attribute name ${quote(attribute)} has no character that a label name may have` }
  }
}

function identityOf(attributes: Labels): Labels {
  const labels = new Map<string, string>()
  const service = attributes.get('service.name')
  const namespace = attributes.get('service.namespace')
  if (service !== undefined) labels.set('job', namespace === undefined ? service : `${namespace}/${service}`)
  const instance = attributes.get('service.instance.id')
  if (instance !== undefined) labels.set('instance', instance)
  // An empty value would take the place of a label that a point has under that name.
  for (const [name, value] of labels) if (value === '') labels.delete(name)
  return labels
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}
