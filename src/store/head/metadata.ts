import type { MetadataRow } from '../../signals/metrics.ts'

/** Targets may disagree about a family; more than a few voices tell nobody anything. */
const MAX_ROWS = 10
/** Beyond any sane number of metric families: the place where a runaway sender stops costing memory. */
const MAX_FAMILIES = 200_000

/** Type, help and unit of one tenant's metric families. */
export class MetadataStore {
  readonly #families = new Map<string, MetadataRow[]>()

  /** Adds what is new; false when it was known, or there is no room. */
  add(row: MetadataRow): boolean {
    const rows = this.#families.get(row.metric)
    if (rows === undefined) {
      if (this.#families.size >= MAX_FAMILIES) return false
      this.#families.set(row.metric, [row])
      return true
    }
    if (rows.some((one) => sameMetadata(one, row))) return false
    if (rows.length >= MAX_ROWS) rows.shift()
    rows.push(row)
    return true
  }

  remove(row: MetadataRow): void {
    const rows = this.#families.get(row.metric)?.filter((one) => !sameMetadata(one, row)) ?? []
    if (rows.length === 0) this.#families.delete(row.metric)
    else this.#families.set(row.metric, rows)
  }

  of(metric: string): readonly MetadataRow[] {
    return this.#families.get(metric) ?? []
  }

  names(): string[] {
    return [...this.#families.keys()]
  }
}

function sameMetadata(a: MetadataRow, b: MetadataRow): boolean {
  return a.type === b.type && a.help === b.help && a.unit === b.unit
}
