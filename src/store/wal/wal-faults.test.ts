/** The log over files that end their writes in any order and fail at any of them. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { deferred } from '../../core/deferred.ts'
import type { Deferred } from '../../core/deferred.ts'
import { makeCrc32 } from './crc32.ts'
import { readFrames } from './frame.ts'
import { decodeRecords } from './record.ts'
import type { WalWrite } from './record.ts'
import { Wal } from './wal.ts'
import type { LogFile, SealedSegment } from './wal.ts'

/** A disk whose writes end when told. A write that fails leaves half of its bytes. */
class Disk {
  readonly files: MemoryFile[] = []
  readonly pending: { readonly file: MemoryFile; readonly frame: Buffer; readonly at: number; done: Deferred<void> }[] =
    []
  refusesFiles = false
  /** When files are closed. */
  closing: Promise<void> = Promise.resolve()

  create = (_folder: string, sequence: number): Promise<LogFile> => {
    if (this.refusesFiles) return Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' }))
    const file = new MemoryFile(this, `segment-${sequence}`)
    this.files.push(file)
    return Promise.resolve(file)
  }

  end(which: number, fails: boolean): void {
    const [write] = this.pending.splice(which % this.pending.length, 1)
    if (write === undefined) return
    const { file, frame, at, done } = write
    file.put(frame.subarray(0, fails ? frame.length / 2 : frame.length), at)
    if (fails) done.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' }))
    else done.resolve()
  }
}

class MemoryFile implements LogFile {
  readonly path = '/nowhere'
  readonly name: string
  readonly #disk: Disk
  bytes = Buffer.alloc(0)
  end = 0

  constructor(disk: Disk, name: string) {
    this.#disk = disk
    this.name = name
  }

  append(frame: Buffer): Promise<void> {
    const done = deferred()
    this.#disk.pending.push({ file: this, frame: Buffer.from(frame), at: this.end, done })
    this.end += frame.length
    return done.promise
  }

  put(bytes: Buffer, at: number): void {
    if (this.bytes.length < at + bytes.length) {
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc(at + bytes.length - this.bytes.length)])
    }
    bytes.copy(this.bytes, at)
  }

  cut(bytes: number): Promise<void> {
    this.bytes = this.bytes.subarray(0, bytes)
    return Promise.resolve()
  }

  close(): Promise<void> {
    return this.#disk.closing
  }

  remove(): Promise<void> {
    return Promise.resolve()
  }

  /** Numbers of the records that a replay would read. */
  replayed(): number[] {
    const { payloads } = readFrames(this.bytes, makeCrc32())
    return payloads.flatMap(decodeRecords).flatMap(({ timestamps }) => [...timestamps])
  }
}

function record(n: number): WalWrite {
  return {
    tenant: 't',
    fillIds: (words) => words.fill(n),
    timestamps: Float64Array.of(n),
    values: Float64Array.of(n),
    starts: undefined,
    series: [],
    histograms: [],
    exemplars: [],
    metadata: [],
  }
}

type Step =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'end'; readonly which: number; readonly fails: boolean }
  | { readonly do: 'seal' | 'settled' }
  | { readonly do: 'disk'; readonly refuses: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(5),
      fails: fc.integer({ max: 4, min: 0 }).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('seal' as const, 'settled' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disk' as const), refuses: fc.boolean() }) },
)

/** Lets all that is due run: the log waits for nothing but promises. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve()
}

class Rig {
  readonly disk = new Disk()
  readonly sealed: SealedSegment<number>[] = []
  readonly undone: number[] = []
  readonly outcomes = new Map<number, 'acknowledged' | 'refused'>()
  /** Writes that the head would hold, the newest last: what the log must take out from the end. */
  readonly held: number[] = []
  readonly promises: Promise<unknown>[] = []
  readonly faults: string[] = []
  appended = 0
  readonly wal = new Wal<number>(
    { folder: '/nowhere', segmentBytes: 400 },
    {
      clock: systemClock,
      onSealed: (segment) => this.sealed.push(segment),
      onRefused: (parts) => this.#undo(parts),
      onSynced: () => undefined,
      createFile: this.disk.create,
    },
  )

  constructor() {
    this.wal.open(1)
  }

  async run(one: Step): Promise<void> {
    if (one.do === 'append') for (let i = 0; i < one.count; i++) this.#append()
    else if (one.do === 'end') this.disk.end(one.which, one.fails)
    else if (one.do === 'disk') this.disk.refusesFiles = one.refuses
    else if (one.do === 'seal') this.promises.push(this.wal.seal())
    else this.promises.push(this.#settle())
    await quiet()
  }

  /** What a crash at this moment would leave: all that was acknowledged is read again. */
  check(): void {
    const onDisk = new Set(this.disk.files.flatMap((file) => file.replayed()))
    for (const [n, outcome] of this.outcomes)
      if (outcome === 'acknowledged' && !onDisk.has(n)) this.faults.push(`${n} is not on the disk`)
  }

  async finish(): Promise<void> {
    this.disk.refusesFiles = false
    const state = { isClosed: false }
    void this.wal.close().then(() => (state.isClosed = true))
    for (let i = 0; i < 200 && !state.isClosed; i++) {
      if (this.disk.pending.length > 0) this.disk.end(0, false)
      await quiet()
    }
    if (!state.isClosed) this.faults.push('does not close')
    else await Promise.all(this.promises)
  }

  #append(): void {
    const n = ++this.appended
    this.held.push(n)
    const done = this.wal.append(record(n), n).then(
      () => this.outcomes.set(n, 'acknowledged'),
      () => {
        if (!this.undone.includes(n)) this.faults.push(`${n} heard of it before it was taken out`)
        this.outcomes.set(n, 'refused')
      },
    )
    this.promises.push(done)
  }

  async #settle(): Promise<void> {
    const before = this.appended
    try {
      await this.wal.settled()
    } catch {
      return // told to the writers too
    }
    for (let n = 1; n <= before; n++) if (!this.outcomes.has(n)) this.faults.push(`settled before ${n}`)
  }

  #undo(parts: readonly number[]): void {
    const newest = this.held.splice(this.held.length - parts.length).reverse()
    if (newest.join() !== parts.join()) this.faults.push(`took out ${parts.join()}, not ${newest.join()}`)
    this.undone.push(...parts)
  }
}

test('whatever fails in whatever order, what is acknowledged is on the disk, and the rest is taken back, the latest first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const rig = new Rig()
      for (const one of steps) {
        await rig.run(one)
        rig.check()
      }
      await rig.finish()
      expect(rig.faults).toEqual([])
      const acknowledged = [...rig.outcomes].filter(([, outcome]) => outcome === 'acknowledged').map(([n]) => n)
      expect(rig.outcomes.size).toBe(rig.appended)
      expect(rig.sealed.flatMap(({ parts }) => parts)).toEqual(acknowledged.toSorted((a, b) => a - b))
      expect(rig.undone.toSorted((a, b) => a - b)).toEqual(
        [...rig.outcomes]
          .filter(([, outcome]) => outcome === 'refused')
          .map(([n]) => n)
          .toSorted((a, b) => a - b),
      )
      // Nothing that was refused is read again, and a segment knows its length.
      expect(rig.disk.files.flatMap((file) => file.replayed())).toEqual(acknowledged.toSorted((a, b) => a - b))
      for (const { name, bytes } of rig.sealed) {
        expect(rig.disk.files.find((file) => file.name === name)?.bytes.length).toBe(bytes)
      }
    }),
    { numRuns: 150 },
  )
})

test('two frames are on their way at once, and the second is acknowledged only when the first is durable', async () => {
  const rig = new Rig()
  await rig.run({ do: 'append', count: 1 })
  await rig.run({ do: 'append', count: 1 })
  await rig.run({ do: 'append', count: 2 })
  expect(rig.disk.pending.length).toBe(2)
  await rig.run({ do: 'end', which: 1, fails: false })
  expect([...rig.outcomes.keys()]).toEqual([])
  await rig.run({ do: 'end', which: 0, fails: false })
  expect([...rig.outcomes.keys()]).toEqual([1, 2])
  expect(rig.disk.pending.length).toBe(1)
  await rig.finish()
})

test('what is being sealed is among the open parts until it is among the sealed', async () => {
  const rig = new Rig()
  const closed = deferred()
  rig.disk.closing = closed.promise
  await rig.run({ do: 'append', count: 2 })
  await rig.run({ do: 'end', which: 0, fails: false })
  await rig.run({ do: 'seal' })
  expect([rig.wal.openParts, rig.sealed]).toEqual([[1, 2], []])
  closed.resolve()
  await quiet()
  expect(rig.wal.openParts).toEqual([])
  expect(rig.sealed.map(({ parts }) => parts)).toEqual([[1, 2]])
})
