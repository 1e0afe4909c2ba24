import { unreachable } from '../../core/errors.ts'
import { isLabelName, isMetricName } from '../../model/names.ts'
import { escapeName } from './escaping.ts'
import type { EscapingScheme } from './escaping.ts'
import { classicBuckets } from './family.ts'
import type { Family, FamilyBucket, FamilyExemplar, FamilyMetric } from './family.ts'
import { formatGoFloat, formatGoOpenMetrics } from '../../core/go-number.ts'

type Labels = FamilyMetric['labels']
type Dialect = 'text' | 'openmetrics'

const TEXT_TYPES: Readonly<Record<Family['type'], string>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'histogram',
  summary: 'summary',
  info: 'gauge',
  stateset: 'gauge',
  unknown: 'untyped',
}

/** Suffix that OpenMetrics wants on the series of these types, and not on their family's name. */
const SERIES_SUFFIXES: Readonly<Partial<Record<Family['type'], string>>> = { counter: '_total', info: '_info' }

/** Writes a family in the Prometheus text format 0.0.4. Follows MetricFamilyToText, prometheus/common/expfmt. */
export function writeText(family: Family, escaping: EscapingScheme): string {
  const { help, type } = family
  const name = escapeName(family.name, escaping)
  const head = help === undefined ? '' : `# HELP ${quoted(name)} ${escapeText(help, false)}\n`
  const lines = family.metrics.map((metric) =>
    new MetricWriter('text', name, escapedLabels(metric, escaping)).write(type),
  )
  return `${head}# TYPE ${quoted(name)} ${TEXT_TYPES[type]}\n${lines.join('')}`
}

/**
 * Writes a family in OpenMetrics 1.0.0; `finishOpenMetrics` must end the page. With `created`, start timestamps are written as
 * `_created` lines. A counter (or info) without the suffix that its type demands is written as unknown.
 */
export function writeOpenMetrics(family: Family, escaping: EscapingScheme, created = false): string {
  const { help, unit } = family
  const escaped = escapeName(family.name, escaping)
  const suffix = SERIES_SUFFIXES[family.type]
  const fits = suffix === undefined || escaped.endsWith(suffix)
  const type = fits ? family.type : 'unknown'
  const name = fits && suffix !== undefined ? escaped.slice(0, -suffix.length) : escaped
  const shown = quoted(name)
  let page = help === undefined ? '' : `# HELP ${shown} ${escapeText(help, true)}\n`
  page += `# TYPE ${shown} ${type}\n`
  // A unit must be the end of the name.
  if (unit !== undefined && unit !== '' && name.endsWith(`_${unit}`))
    page += `# UNIT ${shown} ${escapeText(unit, true)}\n`
  for (const metric of family.metrics) {
    const writer = new MetricWriter('openmetrics', name, escapedLabels(metric, escaping))
    page += writer.write(type)
    if (created && CREATED.has(type)) page += writer.created()
  }
  return page
}

const CREATED: ReadonlySet<Family['type']> = new Set(['counter', 'histogram', 'summary'])

export function finishOpenMetrics(): string {
  return '# EOF\n'
}

function escapedLabels(metric: FamilyMetric, escaping: EscapingScheme): FamilyMetric {
  return { ...metric, labels: metric.labels.map(([name, value]) => [escapeName(name, escaping), value] as const) }
}

/** Lines of one metric. */
class MetricWriter {
  readonly #dialect: Dialect
  readonly #name: string
  readonly #metric: FamilyMetric
  readonly #float: (value: number) => string

  constructor(dialect: Dialect, name: string, metric: FamilyMetric) {
    this.#dialect = dialect
    this.#name = name
    this.#metric = metric
    this.#float = dialect === 'text' ? plainFloat : formatGoOpenMetrics
  }

  write(type: Family['type']): string {
    const { value } = this.#metric
    const gauge = this.#dialect === 'openmetrics' && type === 'gaugehistogram' ? 'g' : ''
    switch (value.kind) {
      case 'number': {
        const suffix = this.#dialect === 'openmetrics' ? (SERIES_SUFFIXES[type] ?? '') : ''
        return this.#line(suffix, [], this.#float(value.value), value.exemplar)
      }
      case 'summary':
        return [
          ...value.quantiles.map(([quantile, one]) =>
            this.#line('', [['quantile', this.#float(quantile)]], this.#float(one)),
          ),
          this.#line('_sum', [], this.#float(value.sum)),
          this.#line('_count', [], this.#count(value.count)),
        ].join('')
      case 'histogram':
        return this.#histogram(value.buckets, value, gauge)
      case 'native':
        return this.#histogram(classicBuckets(value.histogram), value.histogram, gauge)
      default:
        return unreachable(value)
    }
  }

  created(): string {
    const { startTimestamp, labels } = this.#metric
    if (startTimestamp === undefined) return ''
    return `${series(`${this.#name}_created`, labels)} ${formatGoOpenMetrics(startTimestamp / 1000)}\n`
  }

  #histogram(
    buckets: readonly FamilyBucket[],
    total: { readonly count: number; readonly sum: number },
    gauge: string,
  ): string {
    const whole = buckets.some(({ bound }) => bound === Infinity)
      ? buckets
      : [...buckets, { bound: Infinity, count: total.count }]
    return [
      ...whole.map((bucket) =>
        this.#line('_bucket', [['le', this.#float(bucket.bound)]], this.#count(bucket.count), bucket.exemplar),
      ),
      this.#line(`_${gauge}sum`, [], this.#float(total.sum)),
      this.#line(`_${gauge}count`, [], this.#count(total.count)),
    ].join('')
  }

  #line(suffix: string, added: Labels, value: string, exemplar?: FamilyExemplar): string {
    const { labels, timestamp } = this.#metric
    let line = `${series(this.#name + suffix, [...labels, ...added])} ${value}`
    if (timestamp !== undefined) {
      line += ` ${this.#dialect === 'text' ? String(timestamp) : formatGoOpenMetrics(timestamp / 1000)}`
    }
    if (exemplar !== undefined && this.#dialect === 'openmetrics' && exemplar.labels.length > 0) {
      line += ` # ${series('', exemplar.labels)} ${formatGoOpenMetrics(exemplar.value)}`
      if (exemplar.timestamp !== undefined) line += ` ${formatGoOpenMetrics(exemplar.timestamp / 1000)}`
    }
    return `${line}\n`
  }

  /** Counts are integers in both formats, but for those of float histograms. */
  #count(count: number): string {
    if (!Number.isInteger(count)) return this.#float(count)
    return this.#dialect === 'text' || Math.abs(count) >= 2 ** 53 ? plainFloat(count) : String(count)
  }
}

function plainFloat(value: number): string {
  return value === 0 ? '0' : formatGoFloat(value)
}

function series(name: string, labels: Labels): string {
  const bare = name === '' || isMetricName(name, 'legacy')
  const inside = labels.map(
    ([label, value]) => `${isLabelName(label, 'legacy') ? label : quoted(label)}="${escapeText(value, true)}"`,
  )
  if (!bare) inside.unshift(quoted(name))
  return inside.length === 0 ? name : `${bare ? name : ''}{${inside.join(',')}}`
}

function quoted(name: string): string {
  return isMetricName(name, 'legacy') ? name : `"${escapeText(name, true)}"`
}

function escapeText(text: string, quotes: boolean): string {
  if (!/[\\\n"]/.test(text)) return text
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return quotes ? escaped.replaceAll('"', '\\"') : escaped
}
