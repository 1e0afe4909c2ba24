/**
 * The head: the recent samples of all tenants in memory. It is complete for every time from `watermark` on; older rows are in
 * the tables only. Bounded in bytes: eviction raises the watermark, first for readers at once, then chunk by chunk.
 */
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../core/clock.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { RejectionCode } from '../../signals/ingest.ts'
import { openHeadMemory } from './cells.ts'
import { ChunkArena } from './chunks.ts'
import type { HeadConfig } from './config.ts'
import { ExemplarRing } from './exemplars.ts'
import type { HeadMemory } from './head-memory.ts'
import { limitsOf } from './limits.ts'
import type { LimitsConfig } from './limits.ts'
import { sampledChunkTimes } from './eviction.ts'
import { TenantHead } from './tenant-head.ts'

/** Keeps what its holder relies on: rows from `watermark` on, and the labels of every ref that it has seen. */
export interface Pin {
  readonly watermark: number
  release(): void
}

export interface HeadDeps {
  readonly clock: Clock
  /** Told of each label set that a limit or a check refused. */
  readonly onSeriesRefused?: (code: RejectionCode) => void
}

interface Retired {
  readonly tenant: TenantHead
  readonly refs: readonly number[]
  readonly waitsFor: Set<Pin>
}

/** Memory that is reserved for chunks, of what is allowed: the bound is one that evictions keep to, not every moment. */
const RESERVE = 1.25
/** Series looked at in one turn of the event loop. */
const SLICE = 20_000
/** The part of the chunks that an eviction frees, so that it is not at it all the time. */
const EVICT_SHARE = 0.12
/** Steps in which the age bound moves. */
const AGE_STEP = 300_000
/** A pass over idle series voids all refs, and each decoder resolves its series anew: so it waits for enough of them, or long. */
const RETIRE_SHARE = 0.02
const RETIRE_AFTER_MS = 900_000
/** A series leaves when it was idle at two checks: so one that was just registered has this long to get its first sample. */
const IDLE_CHECK_MS = 60_000

export class Head {
  readonly #config: HeadConfig
  readonly #limits: LimitsConfig
  readonly #deps: HeadDeps
  readonly #arena: ChunkArena
  readonly #tenants = new Map<TenantId, TenantHead>()
  readonly #pins = new Set<Pin>()
  readonly #retired = new Set<Retired>()
  readonly exemplars: ExemplarRing
  /** Mark of a tenant that took no write yet. No process of before gave out one as high, if it wrote less than 1,000 times a ms. */
  readonly firstMark: number
  readonly #outlived = new FinalizationRegistry<Pin>((pin) => pin.release())
  #watermark = -Infinity
  #sweptTo = -Infinity
  #generations = 0
  #lastRetired = 0
  #lastIdleCheck = 0

  constructor(options: { head: HeadConfig; limits: LimitsConfig }, deps: HeadDeps) {
    this.#config = options.head
    this.#limits = options.limits
    this.#deps = deps
    this.#arena = new ChunkArena(openHeadMemory(options.head.max_bytes * RESERVE))
    this.firstMark = deps.clock.now() * 1_000
    this.exemplars = new ExemplarRing(options.head.max_exemplars)
  }

  /** Rows from here on are all in memory. */
  get watermark(): number {
    return this.#watermark
  }

  /** What the kernel reads chunks from, and copies them to. */
  get memory(): HeadMemory | undefined {
    return this.#arena.memory
  }

  get tenants(): IterableIterator<TenantHead> {
    return this.#tenants.values()
  }

  get series(): number {
    return this.#sum((tenant) => tenant.registry.count)
  }

  get sampleCount(): number {
    return this.#sum((tenant) => tenant.samples.count)
  }

  get chunks(): number {
    return this.#arena.chunks
  }

  /** Bytes of samples, histograms and the index. */
  get bytes(): number {
    return this.#arena.bytes + this.#indexBytes()
  }

  /** The tenant's part, made when it has none. */
  tenant(id: TenantId): TenantHead {
    let tenant = this.#tenants.get(id)
    if (tenant === undefined) {
      tenant = new TenantHead(
        { tenant: id, limits: limitsOf(this.#limits, id), outOfOrderWindow: this.#config.out_of_order_time_window },
        {
          arena: this.#arena,
          watermark: () => this.#watermark,
          firstMark: this.firstMark,
          nextGeneration: () => ++this.#generations,
          onRefused: (code) => this.#deps.onSeriesRefused?.(code),
        },
      )
      this.#tenants.set(id, tenant)
    }
    return tenant
  }

  /** The tenant's part, if it has one. */
  find(id: TenantId): TenantHead | undefined {
    return this.#tenants.get(id)
  }

  /** For a reader. */
  pin(): Pin {
    return this.#pin(this.#watermark)
  }

  /** For rows on their way to the tables: they need the labels, and no row in memory. */
  pinLabels(): Pin {
    return this.#pin(Infinity)
  }

  /** For labels that are read after their reader let go of the rows: they last as long as somebody can reach `holder`. */
  keepLabelsOf(holder: object): void {
    this.#outlived.register(holder, this.pinLabels())
  }

  /** Raises the watermark: readers from now on take older rows from the tables. Never lowers it. */
  raiseWatermark(to: number): void {
    this.#watermark = Math.max(this.#watermark, to)
  }

  /** One round of upkeep: evicts by age and bytes, then lets idle series go. Gives the event loop back in between. */
  async maintain(signal: AbortSignal): Promise<void> {
    const now = this.#deps.clock.now()
    this.raiseWatermark(Math.floor((now - this.#config.max_age) / AGE_STEP) * AGE_STEP)
    const excess = this.#arena.bytes - this.#chunkBudget()
    if (excess > 0) {
      const share = Math.min(1, excess / this.#arena.bytes + EVICT_SHARE)
      this.raiseWatermark(this.#timeOfOldest(share))
    }
    await this.#sweep(signal)
    await this.#retireIdle(now, signal)
    await this.#reuseRetired(signal)
  }

  #pin(watermark: number): Pin {
    const pin: Pin = {
      watermark,
      release: () => {
        this.#pins.delete(pin)
        for (const retired of this.#retired) retired.waitsFor.delete(pin)
      },
    }
    this.#pins.add(pin)
    return pin
  }

  #chunkBudget(): number {
    return Math.max(this.#config.max_bytes - this.#indexBytes(), this.#config.max_bytes / 4)
  }

  #indexBytes(): number {
    return this.#sum(
      (tenant) => tenant.registry.bytes + tenant.histograms.bytes + tenant.starts.bytes + tenant.registry.size * 17,
    )
  }

  #timeOfOldest(share: number): number {
    const times = sampledChunkTimes([...this.#tenants.values()]).sort()
    return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? -Infinity
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    let before = this.#watermark
    for (const pin of this.#pins) before = Math.min(before, pin.watermark)
    if (before <= this.#sweptTo) return
    for (const tenant of this.#tenants.values()) {
      tenant.histograms.evict(before)
      tenant.starts.evict(before)
      for (let ref = 0; ref < tenant.registry.size; ref++) {
        if (tenant.samples.firstTime(ref) < before) tenant.samples.evict(ref, before)
        if (ref % SLICE === SLICE - 1) await setImmediate()
        if (signal.aborted) return
      }
    }
    this.#sweptTo = before
  }

  async #retireIdle(now: number, signal: AbortSignal): Promise<void> {
    if (now - this.#lastIdleCheck < IDLE_CHECK_MS) return
    this.#lastIdleCheck = now
    const since = now - this.#config.idle_series_timeout
    const isDue = now - this.#lastRetired >= RETIRE_AFTER_MS
    const busy = new Set([...this.#retired].map(({ tenant }) => tenant))
    for (const tenant of this.#tenants.values()) {
      if (busy.has(tenant)) continue
      for (let from = 0; from < tenant.registry.size; from += SLICE) {
        tenant.noteIdle(since, from, from + SLICE)
        await setImmediate()
        if (signal.aborted) return
      }
      const refs = tenant.idleRefs(since)
      if (refs.length === 0 || (!isDue && refs.length < tenant.registry.count * RETIRE_SHARE)) continue
      tenant.retire(refs)
      this.#retired.add({ tenant, refs, waitsFor: new Set(this.#pins) })
      this.#lastRetired = now
    }
  }

  // Who pinned before series left may still read their labels: the refs are given out anew when all of those have let go.
  async #reuseRetired(signal: AbortSignal): Promise<void> {
    for (const retired of this.#retired) {
      if (retired.waitsFor.size > 0) continue
      for (const _ of retired.tenant.registry.reuse(retired.refs)) {
        await setImmediate()
        if (signal.aborted) return
      }
      this.#retired.delete(retired)
    }
  }

  #sum(of: (tenant: TenantHead) => number): number {
    let total = 0
    for (const tenant of this.#tenants.values()) total += of(tenant)
    return total
  }
}
