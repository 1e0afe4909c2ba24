/**
 * The write-ahead log: makes writes durable before they are acknowledged, many at a time. Writers that arrive while groups
 * are being written and synced wait together for the next one, so one write to the disk serves all of them.
 */
import type { Clock } from '../../core/clock.ts'
import { deferred } from '../../core/deferred.ts'
import type { Deferred } from '../../core/deferred.ts'
import { messageOf } from '../../core/errors.ts'
import { diskFull, storeStopped, storeUnavailable } from '../errors.ts'
import { makeCrc32 } from './crc32.ts'
import { FRAME_HEADER_BYTES, sealFrame } from './frame.ts'
import { RecordEncoder } from './record.ts'
import type { WalWrite } from './record.ts'
import { SegmentFile } from './segment.ts'

export interface WalOptions {
  readonly folder: string
  /** Size at which a segment is sealed. */
  readonly segmentBytes: number
}

/** A segment that takes no more frames: its parts wait for the database. */
export interface SealedSegment<P> {
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** What the writers handed over, in the order of their durability. */
  readonly parts: readonly P[]
  /** Left by an earlier process, which may have begun to write it to the database. */
  readonly isLeft: boolean
}

export interface WalDeps<P> {
  readonly clock: Clock
  /** Called for each sealed segment, in order. */
  readonly onSealed: (segment: SealedSegment<P>) => void
  /** Called, before their writers hear of it, with the parts that did not become durable, the latest first. */
  readonly onRefused: (parts: readonly P[]) => void
  /** Seconds that a group took to become durable. */
  readonly onSynced: (seconds: number) => void
  /** Instead of `SegmentFile.create`: for tests of faults. */
  readonly createFile?: (folder: string, sequence: number) => Promise<LogFile>
}

/** What a segment is written to: `SegmentFile`. */
export interface LogFile {
  readonly name: string
  readonly path: string
  /** Where the next frame goes. */
  readonly end: number
  append(frame: Buffer): Promise<void>
  cut(bytes: number): Promise<void>
  close(): Promise<void>
  /** Deletes it, closed. */
  remove(): Promise<void>
}

interface Group<P> {
  buffer: Buffer
  used: number
  parts: P[]
  waiters: Deferred<void>[]
  /** Of the write; undefined while it is under way, or has not begun. */
  outcome: 'durable' | { readonly error: unknown } | undefined
}

interface OpenSegment<P> {
  readonly file: LogFile
  readonly parts: P[]
  readonly openedAt: number
  /** Bytes of the frames that are durable, all those before them too. */
  durable: number
}

const BUFFER_BYTES = 1 << 20
/** A buffer that one big group made larger than this is not kept. */
const KEPT_BYTES = 8 << 20
/** Frames that are written at the same time: the second is on its way to the disk while the first is synced. */
const IN_FLIGHT = 2

/**
 * `P` is what a writer wants to find again in the sealed segment.
 *
 * Frames are written up to `IN_FLIGHT` at a time, and acknowledged in their order: a frame counts when it and all before it are
 * durable, for a replay ends at the first that is not whole. When one fails, all behind it fail too.
 */
export class Wal<P> {
  readonly #options: WalOptions
  readonly #deps: WalDeps<P>
  readonly #encoder = new RecordEncoder()
  readonly #crc32 = makeCrc32()
  #filling: Group<P> = newGroup()
  #flights: Group<P>[] = []
  readonly #spare: Group<P>[] = []
  #segment: OpenSegment<P> | undefined
  #sequence = 0
  /** What needs the log for itself, with no frame on its way: a new segment, a seal, a failure. Never rejects. */
  #turn: Promise<void> | undefined
  #isPumping = false
  #sealing: Deferred<void> | undefined
  #isOpen = false

  constructor(options: WalOptions, deps: WalDeps<P>) {
    this.#options = options
    this.#deps = deps
  }

  /** False before `open` and after `close`: appends are refused. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Bytes not yet in a sealed segment. */
  get bytes(): number {
    return this.#filling.used + (this.#segment?.file.end ?? 0)
  }

  /** Parts that are durable and not sealed yet. */
  get openParts(): readonly P[] {
    return this.#segment?.parts ?? []
  }

  /** Writes go to segments numbered from `sequence` on. */
  open(sequence: number): void {
    this.#sequence = sequence
    this.#isOpen = true
  }

  /**
   * Encodes `record` at once, and resolves when it is durable. Rejects with `store.disk_full` or `store.unavailable`, then
   * nothing of it is kept, nor of any write that was waiting: later writes may rest on what the failed ones brought in.
   */
  append(record: WalWrite, part: P): Promise<void> {
    if (!this.#isOpen) return Promise.reject(storeStopped())
    const group = this.#filling
    const length = this.#encoder.prepare(record)
    reserve(group, length)
    this.#encoder.write(record, group.buffer, group.used, length)
    group.used += length
    group.parts.push(part)
    return this.#wait(group)
  }

  /** Resolves when all that was appended so far is durable; rejects when it could not become so. */
  settled(): Promise<void> {
    const isIdle = this.#flights.length + this.#filling.waiters.length === 0 && this.#turn === undefined
    return isIdle ? Promise.resolve() : this.#wait(this.#filling)
  }

  /** Seals the segment that holds what was appended so far; resolves then. */
  async seal(): Promise<void> {
    await this.settled().catch(() => undefined) // told to its writers
    this.#sealing ??= deferred()
    const sealed = this.#sealing.promise
    this.#pumpSoon()
    await sealed
  }

  /** Seals the current segment when it is older than `age` milliseconds. */
  async sealOlder(age: number): Promise<void> {
    if (this.#segment !== undefined && this.#deps.clock.monotonic() - this.#segment.openedAt >= age) await this.seal()
  }

  /** Refuses further writes, makes durable what waits, and seals. */
  async close(): Promise<void> {
    this.#isOpen = false
    await this.seal()
  }

  #wait(group: Group<P>): Promise<void> {
    const waiter = deferred()
    group.waiters.push(waiter)
    this.#pumpSoon()
    return waiter.promise
  }

  // Not at once: writers that come in the same turn of the event loop's task share a frame.
  #pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    queueMicrotask(() => {
      this.#isPumping = false
      this.#pump()
    })
  }

  /** Does what can be done now. Called whenever something changed. */
  #pump(): void {
    if (this.#turn !== undefined) return
    const isQuiet = this.#flights.every(({ outcome }) => outcome !== undefined)
    const failed = this.#flights.find(({ outcome }) => typeof outcome === 'object')
    if (failed !== undefined) {
      if (isQuiet) this.#take(() => this.#refuse((failed.outcome as { error: unknown }).error))
    } else if (this.#isSealDue()) {
      if (isQuiet) this.#take(() => this.#seal())
    } else if (this.#filling.waiters.length > 0 && this.#flights.length < IN_FLIGHT) {
      if (this.#segment === undefined && this.#filling.parts.length > 0) this.#take(() => this.#begin())
      else this.#launch()
    }
  }

  #take(work: () => Promise<void>): void {
    this.#turn = work().finally(() => {
      this.#turn = undefined
      this.#pump()
    })
  }

  #isSealDue(): boolean {
    return this.#sealing !== undefined || (this.#segment?.file.end ?? 0) >= this.#options.segmentBytes
  }

  async #begin(): Promise<void> {
    const create = this.#deps.createFile ?? SegmentFile.create
    try {
      const file = await create(this.#options.folder, this.#sequence++)
      this.#segment = { file, parts: [], openedAt: this.#deps.clock.monotonic(), durable: 0 }
    } catch (error) {
      await this.#refuse(error)
    }
  }

  #launch(): void {
    const group = this.#filling
    this.#filling = this.#spare.pop() ?? newGroup()
    this.#flights.push(group)
    void this.#fly(group)
  }

  // Never rejects: failures go to the waiters.
  async #fly(group: Group<P>): Promise<void> {
    const started = this.#deps.clock.monotonic()
    try {
      await this.#write(group)
      group.outcome = 'durable'
      if (group.parts.length > 0) this.#deps.onSynced((this.#deps.clock.monotonic() - started) / 1000)
    } catch (error) {
      group.outcome = { error }
    }
    this.#land()
  }

  async #write(group: Group<P>): Promise<void> {
    if (group.parts.length === 0) return
    const frame = group.buffer.subarray(0, group.used)
    sealFrame(frame, this.#crc32)
    await this.#segment?.file.append(frame)
  }

  /** Acknowledges what is durable now with all before it. */
  #land(): void {
    for (let group = this.#flights[0]; group?.outcome === 'durable'; group = this.#flights[0]) {
      this.#flights.shift()
      if (this.#segment !== undefined) {
        this.#segment.durable += group.used
        for (const part of group.parts) this.#segment.parts.push(part)
      }
      for (const waiter of group.waiters) waiter.resolve()
      if (group.buffer.length <= KEPT_BYTES && this.#spare.length < IN_FLIGHT) this.#spare.push(cleared(group))
    }
    this.#pump()
  }

  // Those behind the failed frame may have been told "repeated" because of its rows: they go down with it, also when they were
  // written. When the file can not be cut, a whole frame that nobody was told of may be replayed: its senders will have sent it
  // again.
  async #refuse(cause: unknown): Promise<void> {
    if (this.#segment !== undefined) await this.#segment.file.cut(this.#segment.durable).catch(() => undefined)
    const groups = [...this.#flights, this.#filling]
    this.#flights = []
    this.#filling = newGroup()
    this.#deps.onRefused(groups.flatMap(({ parts }) => parts).reverse())
    const error = refusal(cause)
    for (const { waiters } of groups) for (const waiter of waiters) waiter.reject(error)
    await this.#close() // the file had a fault: whatever comes next goes to a new one
  }

  async #seal(): Promise<void> {
    const sealing = this.#sealing
    this.#sealing = undefined
    await this.#close()
    sealing?.resolve()
  }

  async #close(): Promise<void> {
    const segment = this.#segment
    if (segment === undefined) return
    const { file, parts, durable } = segment
    await file.close().catch(() => undefined) // all that counts is synced
    // Not before: who asks for open parts in the meantime must not find them nowhere.
    this.#segment = undefined
    if (parts.length === 0) await file.remove().catch(() => undefined) // an empty leftover does no harm
    else this.#deps.onSealed({ name: file.name, path: file.path, bytes: durable, parts, isLeft: false })
  }
}

function newGroup<P>(): Group<P> {
  return {
    buffer: Buffer.from(new ArrayBuffer(BUFFER_BYTES)),
    used: 0,
    parts: [],
    waiters: [],
    outcome: undefined,
  }
}

function cleared<P>({ buffer }: Group<P>): Group<P> {
  return { buffer, used: 0, parts: [], waiters: [], outcome: undefined }
}

function reserve<P>(group: Group<P>, bytes: number): void {
  if (group.used === 0) group.used = FRAME_HEADER_BYTES
  if (group.used + bytes <= group.buffer.length) return
  const grown = Buffer.from(new ArrayBuffer(Math.max(group.buffer.length * 2, group.used + bytes)))
  group.buffer.copy(grown, 0, 0, group.used)
  group.buffer = grown
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

function refusal(cause: unknown): Error {
  const { code = '' } = cause as { code?: string }
  const detail = `write-ahead log: ${messageOf(cause)}`
  return NO_ROOM.has(code) ? diskFull({ detail }, { cause }) : storeUnavailable({ detail }, { cause })
}
