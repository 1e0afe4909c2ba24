/** Metrics whose refusals are told apart; beyond it they count together under ''. */
const MAX_METRICS = 100
/** Refusals after which the label is looked for again: finding it reads all series of the metric. */
const RECHECK = 10_000

interface Refused {
  label: string
  count: number
}

/** Counts series that a limit refused, by metric and the label that made it explode. */
export class Refusals {
  readonly #byMetric = new Map<string, Refused>()

  /** Counts one and tells the label; `find` is called for few of the refusals. */
  note(metric: string, find: () => string): string {
    const known = this.#byMetric.get(metric)
    if (known !== undefined) {
      known.count++
      if (known.count % RECHECK === 0) known.label = find()
      return known.label
    }
    if (this.#byMetric.size >= MAX_METRICS) {
      const rest = this.#byMetric.get('') ?? { label: '', count: 0 }
      rest.count++
      this.#byMetric.set('', rest)
      return ''
    }
    const label = find()
    this.#byMetric.set(metric, { label, count: 1 })
    return label
  }

  /** Largest first. */
  list(): { readonly metric: string; readonly label: string; readonly count: number }[] {
    return [...this.#byMetric].map(([metric, refused]) => ({ metric, ...refused })).sort((a, b) => b.count - a.count)
  }
}
