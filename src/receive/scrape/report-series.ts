/** The series that a scraper writes about each scrape itself. */
import type { LabelSet } from '../../model/labels.ts'
import type { MetadataRow, SeriesRef, SeriesTable } from '../../signals/metrics.ts'

export interface ScrapeReport {
  readonly up: boolean
  readonly seconds: number
  readonly scraped: number
  readonly postRelabeling: number
  readonly seriesAdded: number
  readonly timeoutSeconds: number
  readonly sampleLimit: number
  /** -1 when the body was over its limit, 0 after any other failure. */
  readonly bodyBytes: number
}

interface ReportSeries {
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly value: (report: ScrapeReport) => number
}

const SERIES: readonly ReportSeries[] = [
  {
    name: 'up',
    help: 'Health of the scrape target: 1 when the last scrape succeeded, else 0.',
    unit: 'targets',
    value: (r) => (r.up ? 1 : 0),
  },
  { name: 'scrape_duration_seconds', help: 'How long the last scrape took.', unit: 'seconds', value: (r) => r.seconds },
  {
    name: 'scrape_samples_scraped',
    help: 'Samples that the last scrape found.',
    unit: 'samples',
    value: (r) => r.scraped,
  },
  {
    name: 'scrape_samples_post_metric_relabeling',
    help: 'Samples that metric relabeling left.',
    unit: 'samples',
    value: (r) => r.postRelabeling,
  },
  {
    name: 'scrape_series_added',
    help: 'Series of the last scrape that were not in the one before.',
    unit: 'series',
    value: (r) => r.seriesAdded,
  },
]
/** With `extra_scrape_metrics`. */
const EXTRA: readonly ReportSeries[] = [
  {
    name: 'scrape_timeout_seconds',
    help: 'The scrape timeout of the target.',
    unit: 'seconds',
    value: (r) => r.timeoutSeconds,
  },
  {
    name: 'scrape_sample_limit',
    help: 'The sample limit of the target, 0 for none.',
    unit: 'samples',
    value: (r) => r.sampleLimit,
  },
  {
    name: 'scrape_body_size_bytes',
    help: 'Uncompressed size of the last page; -1 over its limit, 0 after another failure.',
    unit: 'bytes',
    value: (r) => r.bodyBytes,
  },
]

/** The report series of one target, and their refs. */
export class Reporter {
  readonly #series: readonly ReportSeries[]
  readonly #labels: readonly LabelSet[]
  #refs: readonly (SeriesRef | undefined)[] = []
  #generation = -1
  #described = false

  constructor(target: LabelSet, extra: boolean) {
    this.#series = extra ? [...SERIES, ...EXTRA] : SERIES
    this.#labels = this.#series.map(({ name }) => target.with({ __name__: name }))
  }

  /** Whether the series have ever been written. */
  get used(): boolean {
    return this.#generation !== -1
  }

  /** Each series' ref and value, in a fixed order; series that the table refuses are left out. */
  *rows(table: SeriesTable, report: ScrapeReport): Iterable<readonly [ref: SeriesRef, value: number]> {
    const refs = this.refs(table)
    for (const [i, { value }] of this.#series.entries()) {
      const ref = refs[i]
      if (ref !== undefined) yield [ref, value(report)]
    }
  }

  refs(table: SeriesTable): readonly (SeriesRef | undefined)[] {
    if (table.generation === this.#generation) return this.#refs
    this.#refs = this.#labels.map((labels) => {
      const ref = table.resolve(labels)
      return typeof ref === 'number' ? ref : undefined
    })
    this.#generation = table.generation
    return this.#refs
  }

  /** Metadata of the report series, until they were stored once. */
  metadata(): readonly MetadataRow[] {
    if (this.#described) return []
    return this.#series.map(({ name, help, unit }) => ({ metric: name, type: 'gauge', help, unit }))
  }

  stored(): void {
    this.#described = true
  }
}
