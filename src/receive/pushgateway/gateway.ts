/** Keeps what was pushed and writes it as samples, again and again, until it is deleted. */
import { every } from '../../core/clock.ts'
import type { Clock } from '../../core/clock.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { Component } from '../../core/lifecycle.ts'
import type { Log } from '../../core/log.ts'
import type { Counter, Telemetry } from '../../core/telemetry.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { ConfigOf } from '../../config/section.ts'
import type { MetricsConsumer } from '../../signals/metrics.ts'
import type { pushgatewaySection } from './config.ts'
import { metadataOf, toBatch } from './emission.ts'
import type { Emission } from './emission.ts'
import { allFamilies, goneSeries, groupKey, seriesOf } from './group.ts'
import type { Group, Grouping, PushedSeries } from './group.ts'
import { GroupStore } from './group-store.ts'
import { readPage } from './page.ts'

export interface PushgatewayOptions extends ConfigOf<typeof pushgatewaySection> {
  /** Where the groups are kept over a restart, a file each; it is made if need be. */
  readonly folder: string
}

export interface PushgatewayDeps {
  readonly consumer: MetricsConsumer
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

export interface Push {
  readonly tenant: TenantId
  readonly grouping: Grouping
  readonly body: Buffer
  readonly contentType: string | undefined
  /** True: the group then holds nothing but this push (PUT); false: other metrics of the group stay (POST). */
  readonly replace: boolean
}

export class Pushgateway implements Component {
  readonly name = 'pushgateway'
  readonly #options: PushgatewayOptions
  readonly #deps: PushgatewayDeps
  readonly #store: GroupStore
  readonly #pushes: Counter<'outcome'>
  readonly #failedWrites: Counter
  readonly #rejected: Counter<'code'>
  readonly #stopping = new AbortController()
  #work: Promise<void> = Promise.resolve()
  /** Series whose staleness markers could not be written yet. */
  readonly #owed = new Map<TenantId, readonly PushedSeries[]>()
  /** UnixMs of the newest samples written: later ones must be later. */
  #lastWritten = 0

  constructor(options: PushgatewayOptions, deps: PushgatewayDeps) {
    this.#options = options
    this.#deps = deps
    this.#store = new GroupStore(options, { folder: options.folder })
    const { telemetry } = deps
    this.#pushes = telemetry.counter({
      name: 'bongsu_pushgateway_pushes_total',
      help: 'Pushes, by outcome: taken, refused, deleted.',
      labels: ['outcome'],
    })
    this.#failedWrites = telemetry.counter({
      name: 'bongsu_pushgateway_failed_writes_total',
      help: 'Rounds in which the pushed values could not be written as samples.',
    })
    this.#rejected = telemetry.counter({
      name: 'bongsu_pushgateway_rejected_rows_total',
      help: 'Pushed values that the store refused, by reason.',
      labels: ['code'],
    })
    telemetry.gauge({ name: 'bongsu_pushgateway_groups_count', help: 'Groups held.' }).read(() => this.#store.size)
  }

  /** Reads the groups of before. Throws `pushgateway.group_unreadable`. */
  async start(): Promise<void> {
    await this.#store.load()
    this.#work = every(this.#deps.clock, this.#options.interval, this.#stopping.signal, () => this.#writeAll())
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the push gateway stops'))
    await this.#work
    await this.#store.settled()
  }

  /** The groups of a tenant, in order of their first push. */
  groups(tenant: TenantId): readonly Group[] {
    return this.#store.of(tenant)
  }

  /**
   * Resolves once the push is safe on disk; its values are then written now and at every interval. Throws
   * `exposition.malformed`, `pushgateway.refused`, `pushgateway.limit` and `pushgateway.not_saved`.
   */
  async push({ tenant, grouping, body, contentType, replace }: Push): Promise<void> {
    const now = this.#deps.clock.now()
    const key = groupKey(tenant, grouping)
    const before = this.#store.get(key)
    const empty: Group = { tenant, grouping, families: new Map(), createdAt: now, pushedAt: 0, failedAt: 0 }
    let group: Group
    try {
      const pushed = readPage(body, contentType, grouping, now)
      const families = replace || before === undefined ? pushed : new Map([...before.families, ...pushed])
      group = { ...(before ?? empty), families, pushedAt: now }
      this.#store.check(key, group)
    } catch (error) {
      await this.#refused(key, before ?? empty, now)
      throw error
    }
    await this.#store.put(key, group)
    this.#pushes.inc(1, { outcome: 'taken' })
    await this.#write(tenant, [group], goneSeries(before, group))
  }

  /** Forgets a group, if there is one; its series end with staleness markers. Throws `pushgateway.not_saved`. */
  async delete(tenant: TenantId, grouping: Grouping): Promise<void> {
    const key = groupKey(tenant, grouping)
    const before = this.#store.get(key)
    this.#pushes.inc(1, { outcome: 'deleted' })
    // Also when there is none in memory: its file may still be there, from a removal that failed.
    await this.#store.delete(key)
    if (before !== undefined) await this.#write(tenant, [], goneSeries(before, undefined))
  }

  /** A refused push leaves the group as it was, but for the time of the failure. */
  async #refused(key: string, group: Group, now: number): Promise<void> {
    this.#pushes.inc(1, { outcome: 'refused' })
    if (!this.#store.hasRoomFor(key)) return
    const after = { ...group, failedAt: now }
    await this.#store.put(key, after)
    await this.#write(group.tenant, [after], [])
  }

  async #writeAll(): Promise<void> {
    for (const tenant of new Set([...this.#store.tenants(), ...this.#owed.keys()])) {
      if (this.#stopping.signal.aborted) return
      await this.#write(tenant, this.#store.of(tenant), [])
    }
  }

  #emission(tenant: TenantId, groups: readonly Group[], gone: readonly PushedSeries[]): Emission {
    this.#lastWritten = Math.max(this.#deps.clock.now(), this.#lastWritten + 1)
    return {
      current: groups.flatMap(seriesOf),
      gone: [...this.#stillOwed(tenant), ...gone],
      metadata: metadataOf(groups.flatMap(allFamilies)),
      timestamp: this.#lastWritten,
    }
  }

  /** Without those that were pushed again meanwhile. */
  #stillOwed(tenant: TenantId): readonly PushedSeries[] {
    const owed = this.#owed.get(tenant)
    if (owed === undefined) return []
    const alive = new Set(
      this.#store
        .of(tenant)
        .flatMap(seriesOf)
        .map(({ labels }) => labels.key()),
    )
    return owed.filter(({ labels }) => !alive.has(labels.key()))
  }

  /** The groups themselves are safe, so what can't be written now is left to the next round. */
  async #write(tenant: TenantId, groups: readonly Group[], gone: readonly PushedSeries[]): Promise<void> {
    const { consumer, clock, log } = this.#deps
    const emission = this.#emission(tenant, groups, gone)
    this.#owed.delete(tenant)
    const { batch, refused } = toBatch(emission, consumer.seriesTable(tenant))
    for (const { code } of refused) this.#rejected.inc(1, { code })
    try {
      const ctx = { tenant, signal: AbortSignal.timeout(this.#options.interval * 2), receivedAt: clock.now() }
      const { rejections } = await consumer.consumeMetrics(batch, ctx)
      for (const { code } of rejections) this.#rejected.inc(1, { code })
    } catch (error) {
      this.#failedWrites.inc()
      const owed = [...(this.#owed.get(tenant) ?? []), ...emission.gone]
      if (owed.length > 0) this.#owed.set(tenant, owed)
      const isTold = error instanceof BongsuError && error.retry // by the store, once for all receivers
      log[isTold ? 'debug' : 'error']('pushed values could not be written', {
        tenant,
        error: error instanceof BongsuError ? error.message : ((error as Error).stack ?? messageOf(error)),
      })
    }
  }
}
