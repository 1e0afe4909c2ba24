/** The queries that were run in this browser, with the moment of their last run, and which of them are favourites. */

export interface HistoryEntry {
  readonly query: string
  /** Unix ms. */
  readonly at: number
  readonly favourite: boolean
}

/** Favourites stay beyond that. */
const KEPT = 200

/** Reads what is stored: entries, or the plain queries of earlier versions. Anything else is no history. */
export function parseHistory(stored: string | null): readonly HistoryEntry[] {
  let value: unknown
  try {
    value = JSON.parse(stored ?? '[]')
  } catch {
    return []
  }
  if (!Array.isArray(value)) return []
  return (value as unknown[]).flatMap((one): HistoryEntry[] => {
    if (typeof one === 'string') return [{ query: one, at: 0, favourite: false }]
    const { query, at, favourite } = (one ?? {}) as Partial<HistoryEntry>
    if (typeof query !== 'string') return []
    return [{ query, at: typeof at === 'number' ? at : 0, favourite: favourite === true }]
  })
}

/** Newest first; a query that was there moves up and keeps its star. */
export function remembered(entries: readonly HistoryEntry[], query: string, at: number): readonly HistoryEntry[] {
  const before = entries.find((one) => one.query === query)
  const next = [{ query, at, favourite: before?.favourite ?? false }, ...entries.filter((one) => one !== before)]
  return next.filter(({ favourite }, i) => favourite || i < KEPT)
}

export function starred(entries: readonly HistoryEntry[], query: string): readonly HistoryEntry[] {
  return entries.map((one) => (one.query === query ? { ...one, favourite: !one.favourite } : one))
}

export function forgotten(entries: readonly HistoryEntry[], query: string): readonly HistoryEntry[] {
  return entries.filter((one) => one.query !== query)
}

/** Without anything but the favourites. */
export function cleared(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  return entries.filter(({ favourite }) => favourite)
}
