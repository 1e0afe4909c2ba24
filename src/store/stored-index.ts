/**
 * Which series of the tables a selector chooses, remembered: finding them reads label sets, which takes several times as long
 * as reading the samples of a few of them, and a dashboard asks for the same selectors over and over.
 */
import type { Matcher, Selector } from '../model/matcher.ts'
import { METRIC_NAME } from '../model/labels.ts'
import type { TenantId } from '../model/tenant.ts'
import { metricHash } from './head/identity.ts'
import type { SeriesScope } from './metrics-sql.ts'
import { dayOf } from './metrics-tables.ts'
import type { StoredList } from './stored-list.ts'

/** Series in all remembered lists: 12 bytes each, and more for those whose labels were read. */
const MAX_SERIES = 500_000
const MAX_LISTS = 2_000

/** Rows that were added to the table of series. */
export interface SeriesAdded {
  readonly tenant: TenantId
  readonly days: ReadonlySet<number>
  /** Their metrics' hashes. */
  readonly metrics: ReadonlySet<number>
}

interface Remembered {
  readonly tenant: TenantId
  readonly firstDay: number
  readonly lastDay: number
  /** The only metric that the selector can choose, undefined when it does not name one. */
  readonly metric: number | undefined
  readonly list: StoredList
}

/**
 * Good for as long as all rows are written by this process, and told of by `added` once they are in the table. Rows that the
 * retention takes away are not: a series without samples does no harm.
 */
export class StoredIndex {
  /** The one that was used least recently comes first. */
  readonly #lists = new Map<string, Remembered>()
  #series = 0
  /** Grows with every row that was added. */
  #version = 0

  /** The series of the scope, by `read` when they are not known. */
  async find({ tenant, selector, range }: SeriesScope, read: () => Promise<StoredList>): Promise<StoredList> {
    const [firstDay, lastDay] = [dayOf(range.start), dayOf(range.end - 1)]
    const chosen = JSON.stringify([tenant, selector.map(({ name, op, value }) => [name, op, value])])
    const keyOf = (first: number, last: number): string => `${first} ${last} ${chosen}`
    // A day more does no harm: its series have no samples in the range.
    for (const [before, after] of [
      [0, 0],
      [1, 0],
      [0, 1],
    ] as const) {
      const known = this.#use(keyOf(firstDay - before, lastDay + after))
      if (known !== undefined) return known
    }
    const key = keyOf(firstDay, lastDay)
    const version = this.#version
    const list = await read()
    if (version === this.#version && !this.#lists.has(key)) {
      this.#remember(key, { tenant, firstDay, lastDay, metric: metricOf(selector), list })
    }
    return list
  }

  added({ tenant, days, metrics }: SeriesAdded): void {
    this.#version++
    for (const [key, one] of this.#lists) {
      if (one.tenant !== tenant || (one.metric !== undefined && !metrics.has(one.metric))) continue
      for (const day of days) if (day >= one.firstDay && day <= one.lastDay) this.#forget(key, one)
    }
  }

  #use(key: string): StoredList | undefined {
    const known = this.#lists.get(key)
    if (known === undefined) return undefined
    this.#lists.delete(key)
    this.#lists.set(key, known)
    return known.list
  }

  #remember(key: string, one: Remembered): void {
    this.#lists.set(key, one)
    this.#series += one.list.size
    for (const [oldest, { list }] of this.#lists) {
      if (this.#series <= MAX_SERIES && this.#lists.size <= MAX_LISTS) return
      this.#lists.delete(oldest)
      this.#series -= list.size
    }
  }

  #forget(key: string, { list }: Remembered): void {
    if (this.#lists.delete(key)) this.#series -= list.size
  }
}

function metricOf(selector: Selector): number | undefined {
  const isName = ({ name, op }: Matcher): boolean => name === METRIC_NAME && op === '='
  const named = selector.find(isName)
  return named === undefined ? undefined : metricHash(named.value)
}
