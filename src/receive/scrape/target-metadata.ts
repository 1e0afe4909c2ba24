import type { MetadataRow, MetricType } from '../../signals/metrics.ts'

/** Metadata of a family stays this many scrapes after the family vanished. */
const KEPT_SCRAPES = 10

interface Family {
  type: MetricType
  help: string
  unit: string
  seen: number
}

/** What one target tells of its metric families. Follows the metadata cache of prometheus/scrape/scrape.go. */
export class TargetMetadata {
  readonly #families = new Map<string, Family>()
  readonly #changed = new Set<string>()

  setType(metric: string, type: MetricType, scrape: number): void {
    const family = this.#family(metric, scrape)
    if (family.type !== type) this.#changed.add(metric)
    family.type = type
  }

  setHelp(metric: string, help: string, scrape: number): void {
    const family = this.#family(metric, scrape)
    if (family.help !== help) this.#changed.add(metric)
    family.help = help
  }

  setUnit(metric: string, unit: string, scrape: number): void {
    const family = this.#family(metric, scrape)
    if (family.unit !== unit) this.#changed.add(metric)
    family.unit = unit
  }

  /** In no particular order. */
  list(): readonly MetadataRow[] {
    return [...this.#families].map(([metric, family]) => rowOf(metric, family))
  }

  find(metric: string): MetadataRow | undefined {
    const family = this.#families.get(metric)
    return family === undefined ? undefined : rowOf(metric, family)
  }

  /** What is new or different since it was last stored. */
  changes(): readonly MetadataRow[] {
    return [...this.#changed].flatMap((metric) => this.find(metric) ?? [])
  }

  /** The changes were stored. */
  stored(scrape: number): void {
    this.#changed.clear()
    for (const [metric, { seen }] of this.#families) {
      if (scrape - seen > KEPT_SCRAPES) this.#families.delete(metric)
    }
  }

  #family(metric: string, scrape: number): Family {
    let family = this.#families.get(metric)
    if (family === undefined) {
      family = { type: 'unknown', help: '', unit: '', seen: scrape }
      this.#families.set(metric, family)
      this.#changed.add(metric)
    }
    family.seen = scrape
    return family
  }
}

function rowOf(metric: string, { type, help, unit }: Family): MetadataRow {
  return { metric, type, help, unit }
}
