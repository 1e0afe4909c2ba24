import type { UnixMs } from '../../core/time.ts'
import type { LabelSet } from '../../model/labels.ts'
import type { TenantId } from '../../model/tenant.ts'

export interface Exemplar {
  readonly labels: LabelSet
  readonly value: number
  readonly timestamp: UnixMs
}

export interface StoredExemplar {
  readonly tenant: TenantId
  /** Equal exactly for the same series of the same tenant. */
  readonly key: string
  readonly series: LabelSet
  readonly exemplar: Exemplar
}

/** The newest exemplars of all tenants, at most `capacity` of them. */
export class ExemplarRing {
  readonly #capacity: number
  readonly #ring: StoredExemplar[] = []
  readonly #newest = new Map<string, StoredExemplar>()
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#ring.length
  }

  /** The newest exemplar of a series, if still held. */
  newest(key: string): StoredExemplar | undefined {
    return this.#newest.get(key)
  }

  add(stored: StoredExemplar): void {
    if (this.#capacity === 0) return
    const old = this.#ring[this.#next]
    if (old !== undefined && this.#newest.get(old.key) === old) this.#newest.delete(old.key)
    this.#ring[this.#next] = stored
    this.#next = (this.#next + 1) % this.#capacity
    this.#newest.set(stored.key, stored)
  }

  /** Takes out exemplars that did not become durable. */
  remove(dropped: ReadonlySet<StoredExemplar>): void {
    const kept = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].filter(
      (one) => !dropped.has(one),
    )
    this.#ring.length = 0
    this.#newest.clear()
    this.#next = 0
    for (const one of kept) this.add(one)
  }

  of(tenant: TenantId): StoredExemplar[] {
    return this.#ring.filter((one) => one.tenant === tenant)
  }
}

/** Whether both say the same thing of the same moment: scrapes show an exemplar again until a newer one replaces it. */
export function sameExemplar(a: Exemplar, b: Exemplar): boolean {
  return a.timestamp === b.timestamp && Object.is(a.value, b.value) && a.labels.equals(b.labels)
}
