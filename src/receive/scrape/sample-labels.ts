/** From the labels that a target exposes to those that are stored. Follows mutateSampleLabels and verifyLabelLimits, prometheus/scrape/scrape.go@v3.14. */
import { Buffer } from 'node:buffer'
import { compareUtf8 } from '../../core/utf8.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import { isLabelName, isMetricName } from '../../model/names.ts'
import { compileRelabeling } from '../../pipeline/relabel/relabel.ts'
import type { ScrapeConfig } from './config.ts'
import { badSeries, labelLimit } from './errors.ts'

/** What decides about a series' labels; two jobs that agree here can share what is cached of a target. */
export const LABEL_RULES = [
  'honor_labels',
  'metric_relabel_configs',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'metric_name_validation_scheme',
] as const satisfies readonly (keyof ScrapeConfig)[]
export type LabelRules = Pick<ScrapeConfig, (typeof LABEL_RULES)[number]>

/**
 * The labels that an exposed series is stored under, or undefined when relabeling drops it. Throws `scrape.bad_series` or
 * `scrape.label_limit`, which fail the whole scrape.
 */
export type Labeler = (exposed: LabelSet) => LabelSet | undefined

/** Compiles the rules of a job for one of its targets (`target`: its public labels). */
export function compileLabeler(rules: LabelRules, target: LabelSet): Labeler {
  const relabel = compileRelabeling(rules.metric_relabel_configs, rules.metric_name_validation_scheme)
  const attach = rules.honor_labels ? underlay : displacing
  const shared = new SharedNames()
  return (exposed) => {
    const labels = relabel(merged(exposed, target, shared) ?? attach(exposed, target))
    if (labels === undefined || labels.size === 0) return undefined
    checkNames(labels, rules)
    checkLimits(labels, rules)
    return labels
  }
}

/** `honor_labels`: the exposed label wins. */
function underlay(exposed: LabelSet, target: LabelSet): LabelSet {
  return LabelSet.from([...target.entries(), ...exposed.entries()])
}

/** The target's label wins; the exposed one moves to `exported_<name>`, with the prefix again while that name is taken. */
function displacing(exposed: LabelSet, target: LabelSet): LabelSet {
  const labels = new Map(exposed.entries())
  const displaced: [name: string, value: string][] = []
  for (const [name, value] of target.entries()) {
    const before = exposed.get(name)
    if (before !== undefined) displaced.push([name, before])
    labels.set(name, value)
  }
  // Short names first: `a` must get `exported_a` before a displaced `exported_a` looks for its place.
  displaced.sort(([a], [b]) => a.length - b.length)
  for (const [name, value] of displaced) {
    let free = `exported_${name}`
    while (labels.has(free)) free = `exported_${free}`
    labels.set(free, value)
  }
  return LabelSet.from(labels)
}

/** Both together, when no name is in both: the usual case, and the first thing done to every new series. */
function merged({ pairs: a }: LabelSet, { pairs: b }: LabelSet, shared: SharedNames): LabelSet | undefined {
  const pairs: string[] = []
  let i = 0
  let k = 0
  while (i < a.length && k < b.length) {
    const order = compareUtf8(a[i] as string, b[k] as string)
    if (order === 0) return undefined
    if (order < 0) shared.push(pairs, a[i++] as string, a[i++] as string)
    else pairs.push(b[k++] as string, b[k++] as string)
  }
  while (i < a.length) shared.push(pairs, a[i++] as string, a[i++] as string)
  while (k < b.length) pairs.push(b[k++] as string)
  return LabelSet.fromSorted(pairs)
}

const MOST_NAMES = 10_000

/** Names of labels and metrics are few, and on every series of a target: each is kept in memory once. */
class SharedNames {
  readonly #names = new Map<string, string>()

  push(pairs: string[], name: string, value: string): void {
    const own = this.#shared(name)
    pairs.push(own, own === METRIC_NAME ? this.#shared(value) : value)
  }

  #shared(name: string): string {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    if (this.#names.size >= MOST_NAMES) this.#names.clear() // a target that makes up ever new names
    this.#names.set(name, name)
    return name
  }
}

function checkNames(labels: LabelSet, { metric_name_validation_scheme: scheme }: LabelRules): void {
  const { name, pairs } = labels
  if (name === '') throw badSeries({ detail: 'missing metric name (__name__ label)' })
  if (scheme === 'utf8') return // what was read from a page is UTF-8, and rules can't make anything else of it
  const valid =
    isMetricName(name, scheme) &&
    pairs.every((part, i) => i % 2 === 1 || part === METRIC_NAME || isLabelName(part, scheme))
  if (!valid) throw badSeries({ detail: `invalid metric name or label names: ${labels.toString()}` })
}

function checkLimits(labels: LabelSet, rules: LabelRules): void {
  const metric = labels.name.slice(0, 50)
  const { label_limit: count, label_name_length_limit: names, label_value_length_limit: values } = rules
  if (count > 0 && labels.size > count) {
    throw labelLimit({
      detail: `label_limit exceeded (metric: ${metric}, number of labels: ${labels.size}, limit: ${count})`,
    })
  }
  if (names === 0 && values === 0) return
  for (const [name, value] of labels.entries()) {
    const where = `metric: ${metric}, label name: ${name.slice(0, 50)}`
    const nameBytes = Buffer.byteLength(name)
    if (names > 0 && nameBytes > names) {
      throw labelLimit({ detail: `label_name_length_limit exceeded (${where}, length: ${nameBytes}, limit: ${names})` })
    }
    const bytes = Buffer.byteLength(value)
    if (values > 0 && bytes > values) {
      const shown = JSON.stringify(value.slice(0, 50))
      throw labelLimit({
        detail: `label_value_length_limit exceeded (${where}, value: ${shown}, length: ${bytes}, limit: ${values})`,
      })
    }
  }
}
