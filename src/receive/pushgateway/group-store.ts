import { mkdir } from 'node:fs/promises'
import { defineError } from '../../core/errors.ts'
import type { TenantId } from '../../model/tenant.ts'
import { pushRefused } from './page.ts'
import { allFamilies, groupKey } from './group.ts'
import type { Group } from './group.ts'
import { readGroups, removeGroup, writeGroup } from './group-file.ts'

export const pushLimit = defineError<{ what: string; limit: number }>({
  code: 'pushgateway.limit',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ what, limit }) => `the limit of ${limit} ${what} would be exceeded`,
  advice: 'Delete groups of jobs that no longer run, or raise pushgateway.max_groups or pushgateway.max_series.',
})

export interface GroupLimits {
  readonly max_groups: number
  readonly max_series: number
}

/** All groups, in memory and on disk. A change is safe once its promise resolves. */
export class GroupStore {
  readonly #limits: GroupLimits
  readonly #folder: string
  readonly #groups = new Map<string, Group>()
  /** The last write of each group that is not done. */
  readonly #writing = new Map<string, Promise<void>>()

  constructor(limits: GroupLimits, { folder }: { readonly folder: string }) {
    this.#limits = limits
    this.#folder = folder
  }

  /** Makes the folder if need be, and reads what is there. Throws `pushgateway.group_unreadable`. */
  async load(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    for (const group of await readGroups(this.#folder)) this.#groups.set(groupKey(group.tenant, group.grouping), group)
  }

  get size(): number {
    return this.#groups.size
  }

  get(key: string): Group | undefined {
    return this.#groups.get(key)
  }

  of(tenant: TenantId): readonly Group[] {
    return [...this.#groups.values()].filter((group) => group.tenant === tenant)
  }

  tenants(): readonly TenantId[] {
    return [...new Set([...this.#groups.values()].map(({ tenant }) => tenant))]
  }

  hasRoomFor(key: string): boolean {
    return this.#groups.has(key) || this.#groups.size < this.#limits.max_groups
  }

  /** Whether `group` may take its place beside the others. Throws `pushgateway.limit` or `pushgateway.refused`. */
  check(key: string, group: Group): void {
    if (!this.hasRoomFor(key)) throw pushLimit({ what: 'groups', limit: this.#limits.max_groups })
    const others = [...this.#groups].filter(([other]) => other !== key).map(([, other]) => other)
    const series = [...others, group].reduce((sum, one) => sum + countSeries(one), 0)
    if (series > this.#limits.max_series) throw pushLimit({ what: 'series', limit: this.#limits.max_series })
    for (const other of others) if (other.tenant === group.tenant) checkTypes(other, group)
  }

  put(key: string, group: Group): Promise<void> {
    this.#groups.set(key, group)
    return this.#save(key)
  }

  delete(key: string): Promise<void> {
    this.#groups.delete(key)
    return this.#save(key)
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writing.values())
  }

  /** Writes of one group follow each other, and each writes what the group is by then. */
  #save(key: string): Promise<void> {
    const before = this.#writing.get(key) ?? Promise.resolve()
    const mine = before
      .catch(() => undefined) // told to whoever waits for that write
      .then(() => {
        const group = this.#groups.get(key)
        return group === undefined ? removeGroup(this.#folder, key) : writeGroup(this.#folder, key, group)
      })
      .finally(() => {
        if (this.#writing.get(key) === mine) this.#writing.delete(key)
      })
    this.#writing.set(key, mine)
    return mine
  }
}

function countSeries(group: Group): number {
  let count = 0
  for (const { series } of allFamilies(group)) count += series.length
  return count
}

function checkTypes(other: Group, group: Group): void {
  for (const { name, type } of group.families.values()) {
    const known = other.families.get(name)
    if (known === undefined || known.type === type) continue
    throw pushRefused({ reason: `metric ${name} is a ${type}, but a ${known.type} in another group` })
  }
}
