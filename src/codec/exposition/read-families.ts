/** A page of text gathered into metric families: for tools, which look at names and types. Follows TextParser, prometheus/common expfmt. */
import type { LabelSet } from '../../model/labels.ts'
import { METRIC_NAME } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { TextCursor } from './text-cursor.ts'

export interface PageFamily {
  readonly name: string
  readonly type: MetricType
  readonly hasHelp: boolean
  /** Without the name; those of a histogram or summary without `le` and `quantile`, each once. */
  readonly metrics: readonly PageMetric[]
}

export interface PageMetric {
  readonly labels: LabelSet
  /** Buckets of a histogram, quantiles of a summary; 0 for others. */
  readonly parts: number
}

/** Suffixes of the series of a family, beside its own name. */
const SUFFIXES: Partial<Readonly<Record<MetricType, readonly string[]>>> = {
  histogram: ['_bucket', '_count', '_sum'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['_count', '_sum'],
}
/** Those of OpenMetrics, where a counter's family has not the name of its series. */
const OPEN_METRICS_SUFFIXES: typeof SUFFIXES = {
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['_count', '_sum', '_created'],
  counter: ['_total', '_created'],
  info: ['_info'],
}

export type PageFormat = 'text' | 'openmetrics'

/** OpenMetrics ends with `# EOF`. */
export function formatOfPage(bytes: Uint8Array): PageFormat {
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(-16).toString('latin1')
  return /(?:^|\n)# EOF\n?$/.test(tail) ? 'openmetrics' : 'text'
}

/** In the order in which the page has them. Throws `exposition.malformed`. */
export function readFamilies(bytes: Uint8Array, format: PageFormat): readonly PageFamily[] {
  const page = new Page(format)
  const cursor = new TextCursor(bytes, { format })
  while (cursor.next()) {
    if (cursor.kind === 'type') page.family(cursor.metric).type = cursor.type
    else if (cursor.kind === 'help') page.family(cursor.metric).hasHelp = cursor.help !== ''
    else if (cursor.kind === 'series') page.add(cursor.labels())
  }
  return page.families()
}

interface OpenFamily {
  readonly name: string
  type: MetricType
  hasHelp: boolean
  readonly metrics: { labels: LabelSet; parts: number }[]
  /** Of histograms and summaries, by labels. */
  readonly byLabels: Map<string, { labels: LabelSet; parts: number }>
}

class Page {
  readonly #families = new Map<string, OpenFamily>()
  readonly #format: PageFormat

  constructor(format: PageFormat) {
    this.#format = format
  }

  family(name: string): OpenFamily {
    let family = this.#families.get(name)
    if (family === undefined) {
      family = { name, type: 'unknown', hasHelp: false, metrics: [], byLabels: new Map() }
      this.#families.set(name, family)
    }
    return family
  }

  add(labels: LabelSet): void {
    const { name } = labels
    const family = this.#familyOf(name)
    const isComposed = family.type === 'histogram' || family.type === 'gaugehistogram' || family.type === 'summary'
    if (!isComposed) {
      if (!name.endsWith('_created') || family.name === name)
        family.metrics.push({ labels: labels.without(METRIC_NAME), parts: 0 })
      return
    }
    const own = family.type === 'summary' ? 'quantile' : 'le'
    const rest = labels.without(METRIC_NAME, own)
    const known = family.byLabels.get(rest.key())
    const metric = known ?? { labels: rest, parts: 0 }
    if (known === undefined) {
      family.metrics.push(metric)
      family.byLabels.set(rest.key(), metric)
    }
    if (labels.has(own)) metric.parts++
  }

  families(): readonly PageFamily[] {
    // As Prometheus' decoder, families without a sample are not told of.
    return [...this.#families.values()]
      .filter(({ metrics }) => metrics.length > 0)
      .map(({ name, type, hasHelp, metrics }) => {
        const isCounter = this.#format === 'openmetrics' && type === 'counter'
        return { name: isCounter ? `${name}_total` : name, type, hasHelp, metrics }
      })
  }

  #familyOf(name: string): OpenFamily {
    if (this.#families.has(name)) return this.family(name)
    const suffixes = this.#format === 'openmetrics' ? OPEN_METRICS_SUFFIXES : SUFFIXES
    const cut = name.lastIndexOf('_')
    const base = cut > 0 ? this.#families.get(name.slice(0, cut)) : undefined
    return base !== undefined && suffixes[base.type]?.includes(name.slice(cut)) === true ? base : this.family(name)
  }
}
