/**
 * Bongsu's own metrics (`bongsu_*`, and `process_*` under the names of all client libraries). A metric is registered once with its help text, from which
 * `docs/reference/metrics.md` is generated; label values must come from a bounded set.
 */
import { Bug } from './errors.ts'

export type MetricKind = 'counter' | 'gauge' | 'histogram'

export interface MetricSpec<L extends string> {
  /** `bongsu_<room>_<noun>_<unit>[_total]` */
  readonly name: string
  readonly help: string
  readonly labels?: readonly L[]
}

type Values<L extends string> = Readonly<Record<L, string>>

export interface Counter<L extends string = never> {
  inc(by?: number, labels?: Values<L>): void
  /** Read at scrape time instead of being counted here; `from` never goes back. */
  read(from: () => number, labels?: Values<L>): void
}
export interface Gauge<L extends string = never> {
  set(value: number, labels?: Values<L>): void
  /** Read at scrape time instead of being set. */
  read(from: () => number, labels?: Values<L>): void
}
export interface Histogram<L extends string = never> {
  observe(value: number, labels?: Values<L>): void
}

interface Family {
  readonly kind: MetricKind
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly children: Map<string, Child>
  readonly buckets: readonly number[]
}
interface Child {
  readonly labels: string
  readonly values: Readonly<Record<string, string>>
  value: number
  read?: () => number
  counts?: number[]
  sum: number
}

/** One metric as it stands, by its label values. */
export interface GatheredFamily {
  readonly name: string
  readonly help: string
  readonly kind: MetricKind
  readonly metrics: readonly {
    readonly labels: Readonly<Record<string, string>>
    /** Of counters and gauges. */
    readonly value: number
    /** Of histograms: counts up to each bound, the last one that of all. */
    readonly buckets: readonly { readonly bound: number; readonly count: number }[]
    readonly sum: number
  }[]
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The registry of own metrics. One a process, given to components as a dependency. */
export class Telemetry {
  readonly #families = new Map<string, Family>()

  counter<L extends string = never>(spec: MetricSpec<L>): Counter<L> {
    const family = this.#family('counter', spec)
    if (family.labels.length === 0) child(family, {})
    return {
      inc: (by = 1, labels) => void (child(family, labels ?? {}).value += by),
      read: (from, labels) => void (child(family, labels ?? {}).read = from),
    }
  }

  gauge<L extends string = never>(spec: MetricSpec<L>): Gauge<L> {
    const family = this.#family('gauge', spec)
    return {
      set: (value, labels) => void (child(family, labels ?? {}).value = value),
      read: (from, labels) => void (child(family, labels ?? {}).read = from),
    }
  }

  /** Buckets default to request durations in seconds. */
  histogram<L extends string = never>(spec: MetricSpec<L> & { readonly buckets?: readonly number[] }): Histogram<L> {
    const family = this.#family('histogram', spec, spec.buckets ?? SECONDS)
    return {
      observe: (value, labels) => {
        const c = child(family, labels ?? {})
        c.counts ??= Array.from({ length: family.buckets.length + 1 }, () => 0)
        const at = family.buckets.findIndex((bound) => value <= bound)
        const slot = at === -1 ? family.buckets.length : at
        c.counts[slot] = (c.counts[slot] ?? 0) + 1
        c.sum += value
      },
    }
  }

  /** Name, kind, help and labels of every metric, in order of name: the source of the generated reference. */
  describe(): readonly { name: string; kind: MetricKind; help: string; labels: readonly string[] }[] {
    return [...this.#families.values()]
      .map(({ name, kind, help, labels }) => ({ name, kind, help, labels }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The Prometheus text format 0.0.4. */
  expose(): string {
    let text = ''
    for (const family of this.#families.values()) {
      text += `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.kind}\n`
      for (const c of family.children.values()) text += lines(family, c)
    }
    return text
  }

  /** What `expose` tells, as data; in order of name. */
  gather(): readonly GatheredFamily[] {
    return [...this.#families.values()]
      .map((family) => ({
        name: family.name,
        help: family.help,
        kind: family.kind,
        metrics: [...family.children.values()].map((c) => ({
          labels: c.values,
          value: c.read?.() ?? c.value,
          buckets: cumulative(family, c),
          sum: c.sum,
        })),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #family<L extends string>(kind: MetricKind, spec: MetricSpec<L>, buckets: readonly number[] = []): Family {
    const known = this.#families.get(spec.name)
    if (known !== undefined) {
      if (known.kind !== kind) throw new Bug(`metric ${spec.name} is registered as ${known.kind}`)
      return known
    }
    const { name, help, labels = [] } = spec
    const family: Family = { kind, name, help, labels, children: new Map(), buckets }
    this.#families.set(name, family)
    return family
  }
}

function child(family: Family, labels: Readonly<Record<string, string>>): Child {
  let key = ''
  for (const name of family.labels) key += `${labels[name] ?? ''}\0`
  let found = family.children.get(key)
  if (found === undefined) {
    const text = family.labels.map((name) => `${name}="${escape(labels[name] ?? '')}"`).join(',')
    const values = Object.fromEntries(family.labels.map((name) => [name, labels[name] ?? '']))
    found = { labels: text, values, value: 0, sum: 0 }
    family.children.set(key, found)
  }
  return found
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function lines(family: Family, c: Child): string {
  const braces = (extra: string): string => {
    const all = [c.labels, extra].filter((part) => part !== '').join(',')
    return all === '' ? '' : `{${all}}`
  }
  if (family.kind !== 'histogram') return `${family.name}${braces('')} ${number(c.read?.() ?? c.value)}\n`
  const buckets = cumulative(family, c)
  const total = buckets.at(-1)?.count ?? 0
  let text = ''
  for (const { bound, count } of buckets) {
    text += `${family.name}_bucket${braces(`le="${number(bound)}"`)} ${count}\n`
  }
  return `${text}${family.name}_sum${braces('')} ${number(c.sum)}\n${family.name}_count${braces('')} ${total}\n`
}

function cumulative(family: Family, { counts = [] }: Child): { readonly bound: number; readonly count: number }[] {
  let total = 0
  return counts.map((count, i) => ({ bound: family.buckets[i] ?? Infinity, count: (total += count) }))
}

function number(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}
