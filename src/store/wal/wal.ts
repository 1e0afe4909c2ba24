/**
 * The write-ahead log: makes writes durable before they are acknowledged, many at a time. Writers that arrive while a group
 * is being written and synced wait together for the next one, so an fdatasync serves all of them.
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
import { removeSegment, SegmentFile } from './segment.ts'

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
}

export interface WalDeps<P> {
  readonly clock: Clock
  /** Called for each sealed segment, in order. */
  readonly onSealed: (segment: SealedSegment<P>) => void
  /** Called, before their writers hear of it, with the parts that did not become durable, the latest first. */
  readonly onRefused: (parts: readonly P[]) => void
  /** Seconds that a group took to become durable. */
  readonly onSynced: (seconds: number) => void
}

interface Group<P> {
  buffer: Buffer
  used: number
  parts: P[]
  waiters: Deferred<void>[]
}

interface OpenSegment<P> {
  readonly file: SegmentFile
  readonly parts: P[]
  readonly openedAt: number
}

const BUFFER_BYTES = 1 << 20
/** A buffer that one big group made larger than this is not kept. */
const KEPT_BYTES = 8 << 20

/** `P` is what a writer wants to find again in the sealed segment. */
export class Wal<P> {
  readonly #options: WalOptions
  readonly #deps: WalDeps<P>
  readonly #encoder = new RecordEncoder()
  readonly #crc32 = makeCrc32()
  #filling: Group<P> = newGroup()
  #spare: Group<P> = newGroup()
  #segment: OpenSegment<P> | undefined
  #sequence = 0
  #committing: Promise<void> | undefined
  #isSealWanted = false
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
    return this.#filling.used + (this.#segment?.file.bytes ?? 0)
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
    if (this.#committing === undefined) return Promise.resolve()
    return this.#wait(this.#filling)
  }

  /** Seals the current segment once the group in flight is written; resolves then. */
  async seal(): Promise<void> {
    this.#isSealWanted = true
    this.#kick()
    await this.#committing
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
    this.#kick()
    return waiter.promise
  }

  #kick(): void {
    this.#committing ??= this.#commitAll()
  }

  // Never rejects: failures go to the waiters.
  async #commitAll(): Promise<void> {
    await Promise.resolve() // `#committing` is set before the first group can end
    while (this.#filling.waiters.length > 0 || this.#isSealWanted) {
      if (this.#isSealWanted || (this.#segment?.file.bytes ?? 0) >= this.#options.segmentBytes) await this.#seal()
      const group = this.#filling
      if (group.waiters.length === 0) continue
      this.#filling = this.#spare
      try {
        await this.#commit(group)
        for (const waiter of group.waiters) waiter.resolve()
      } catch (error) {
        await this.#refuse(group, error)
      }
      this.#spare = cleared(group)
    }
    this.#committing = undefined
  }

  async #commit(group: Group<P>): Promise<void> {
    if (group.parts.length === 0) return
    const started = this.#deps.clock.monotonic()
    this.#segment ??= {
      file: await SegmentFile.create(this.#options.folder, this.#sequence++),
      parts: [],
      openedAt: started,
    }
    const frame = group.buffer.subarray(0, group.used)
    sealFrame(frame, this.#crc32)
    await this.#segment.file.append(frame)
    for (const part of group.parts) this.#segment.parts.push(part)
    this.#deps.onSynced((this.#deps.clock.monotonic() - started) / 1000)
  }

  // Those who came while the group was written may have been told "repeated" because of its rows: they go down with it.
  async #refuse(group: Group<P>, cause: unknown): Promise<void> {
    const waiting = this.#filling
    this.#filling = newGroup()
    this.#deps.onRefused([...group.parts, ...waiting.parts].reverse())
    const error = refusal(cause)
    for (const waiter of [...group.waiters, ...waiting.waiters]) waiter.reject(error)
    await this.#seal() // the file had a fault: whatever comes next goes to a new one
  }

  async #seal(): Promise<void> {
    this.#isSealWanted = false
    const segment = this.#segment
    this.#segment = undefined
    if (segment === undefined) return
    const { file, parts } = segment
    await file.close().catch(() => undefined) // all that counts is synced
    if (parts.length === 0) await removeSegment(file.path).catch(() => undefined) // an empty leftover does no harm
    else this.#deps.onSealed({ name: file.name, path: file.path, bytes: file.bytes, parts })
  }
}

function newGroup<P>(): Group<P> {
  return { buffer: Buffer.from(new ArrayBuffer(BUFFER_BYTES)), used: 0, parts: [], waiters: [] }
}

function cleared<P>(group: Group<P>): Group<P> {
  if (group.buffer.length > KEPT_BYTES) return newGroup()
  return { buffer: group.buffer, used: 0, parts: [], waiters: [] }
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
