import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { unixMs } from '../../core/time.ts'
import { LabelSet } from '../../model/labels.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { isStale, setStale, STALE_NAN } from '../../model/stale.ts'
import { makeCrc32, tableCrc32 } from './crc32.ts'
import { FRAME_HEADER_BYTES, readFrames, sealFrame } from './frame.ts'
import { decodeRecords, RecordEncoder } from './record.ts'
import type { WalRecord, WalWrite } from './record.ts'
import { listSegments } from './segment.ts'
import { Wal } from './wal.ts'
import type { SealedSegment } from './wal.ts'

const crc32 = makeCrc32()

function frame(payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + payload.length)
  bytes.set(payload, FRAME_HEADER_BYTES)
  sealFrame(bytes, crc32)
  return bytes
}

describe('frames', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 })

  test('are read back as they were written, and a tail torn at any byte is cut at the last whole frame', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (all, cut) => {
        const frames = all.map(frame)
        const bytes = Buffer.concat(frames)
        const torn = bytes.subarray(0, bytes.length === 0 ? 0 : cut % (bytes.length + 1))
        const read = readFrames(torn, crc32)
        let end = 0
        const whole: Buffer[] = []
        for (const one of frames) {
          if (end + one.length > torn.length) break
          end += one.length
          whole.push(one.subarray(FRAME_HEADER_BYTES))
        }
        expect(read.end).toBe(end)
        expect(read.payloads.map((one) => [...one])).toEqual(whole.map((one) => [...one]))
      }),
    )
  })

  test('with one bit turned are not read, and all others are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (all, at) => {
          const bytes = Buffer.concat(all.map(frame))
          const bit = at % (bytes.length * 8)
          let place = 0
          let damaged = 0
          for (const [i, one] of all.entries()) {
            if (Math.floor(bit / 8) >= place) damaged = i
            place += FRAME_HEADER_BYTES + one.length
          }
          const start = all.slice(0, damaged).reduce((sum, one) => sum + FRAME_HEADER_BYTES + one.length, 0)
          const inReserved = Math.floor(bit / 8) - start >= 12 && Math.floor(bit / 8) - start < 16
          bytes[Math.floor(bit / 8)] = (bytes[Math.floor(bit / 8)] as number) ^ (1 << (bit % 8))
          const read = readFrames(bytes, crc32)
          const lost = FRAME_HEADER_BYTES + (all[damaged]?.length ?? 0)
          expect(read.damaged + bytes.length - read.end).toBe(inReserved ? 0 : lost)
          expect(read.payloads.length).toBe(all.length - (inReserved ? 0 : 1))
        },
      ),
    )
  })

  test('have a checksum that is the same in plain JavaScript', () => {
    const plain = tableCrc32()
    expect(plain(Buffer.from('123456789'))).toBe(0xcbf43926)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => plain(bytes) === crc32(bytes)))
  })
})

const HISTOGRAM: NativeHistogram = {
  schema: 3,
  zeroThreshold: 0.001,
  zeroCount: 2,
  count: 9,
  sum: -1.5,
  stale: false,
  integer: true,
  positive: { offsets: [0, 2], lengths: [1, 2], counts: [1, 2, 3] },
  negative: { offsets: [-4], lengths: [1], counts: [1] },
  customValues: [],
  resetHint: 'not_reset',
}

function records(count: number): WalRecord[] {
  return Array.from({ length: count }, (_, n) => {
    const values = Float64Array.from({ length: n }, (_unused, i) => i / 3)
    if (n > 1) setStale(values, 1)
    return {
      tenant: `tenant-${n}`,
      ids: Uint32Array.from({ length: n * 2 }, (_unused, i) => i * 1000 + n),
      timestamps: Float64Array.from({ length: n }, (_unused, i) => 1_700_000_000_000 + i),
      values,
      starts: n % 2 === 0 ? undefined : new Float64Array(n).fill(7),
      series: n === 0 ? [] : [LabelSet.of({ __name__: '온도', n: String(n) })],
      histograms: n === 2 ? [{ hi: 1, lo: 2, timestamp: 5, start: 6, value: HISTOGRAM }] : [],
      exemplars:
        n === 1 ? [{ hi: 3, lo: 4, timestamp: unixMs(5), value: NaN, labels: LabelSet.of({ trace_id: 'x' }) }] : [],
      metadata: n === 1 ? [{ metric: 'm', type: 'counter', help: 'line\nline', unit: '' }] : [],
    }
  })
}

function toWrite({ ids, ...rest }: WalRecord): WalWrite {
  return { ...rest, fillIds: (words) => words.set(ids) }
}

describe('records', () => {
  test('are decoded as they were encoded, staleness markers by their bits', () => {
    const encoder = new RecordEncoder()
    const all = records(6)
    const parts = all.map((record) => {
      const write = toWrite(record)
      const length = encoder.prepare(write)
      expect(length % 8).toBe(0)
      const bytes = Buffer.from(new ArrayBuffer(length))
      encoder.write(write, bytes, 0, length)
      return bytes
    })
    const decoded = decodeRecords(Buffer.concat(parts))
    expect(decoded).toEqual(all)
    expect([...new Uint32Array(decoded[2]?.values.buffer as ArrayBuffer)].slice(2)).toEqual([2, 0x7ff00000])
  })

  test('bring a stale histogram back as stale', () => {
    const encoder = new RecordEncoder()
    const value = { ...HISTOGRAM, stale: true, sum: STALE_NAN }
    const record = toWrite({
      ...(records(1)[0] as WalRecord),
      histograms: [{ hi: 1, lo: 2, timestamp: 5, start: 0, value }],
    })
    const bytes = Buffer.from(new ArrayBuffer(encoder.prepare(record)))
    encoder.write(record, bytes, 0, bytes.length)
    const back = decodeRecords(bytes)[0]?.histograms[0]?.value
    expect(back?.stale && isStale(back.sum)).toBe(true)
  })
})

describe('the write-ahead log', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bongsu-wal-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  function open(segmentBytes = 1e9): { wal: Wal<number>; sealed: SealedSegment<number>[]; refused: number[][] } {
    const sealed: SealedSegment<number>[] = []
    const refused: number[][] = []
    const wal = new Wal<number>(
      { folder, segmentBytes },
      {
        clock: systemClock,
        onSealed: (segment) => sealed.push(segment),
        onRefused: (parts) => refused.push([...parts]),
        onSynced: () => undefined,
      },
    )
    wal.open(1)
    return { wal, sealed, refused }
  }
  const some = toWrite(records(4)[3] as WalRecord)

  test('has on disk what it said was durable, and seals segments in order', async () => {
    const { wal, sealed } = open(300)
    await Promise.all(Array.from({ length: 20 }, (_, i) => wal.append(some, i)))
    await wal.append(some, 20)
    await wal.append(some, 21)
    await wal.close()
    expect(sealed.flatMap(({ parts }) => parts)).toEqual(Array.from({ length: 22 }, (_, i) => i))
    expect(sealed.length).toBeGreaterThan(1)
    const left = await listSegments(folder)
    expect(left.map(({ name }) => name)).toEqual(sealed.map(({ name }) => name))
    for (const [i, { path }] of left.entries()) {
      const { payloads, end } = readFrames(await readFile(path), crc32)
      expect(end).toBe(sealed[i]?.bytes)
      expect(payloads.flatMap(decodeRecords).length).toBe(sealed[i]?.parts.length)
    }
  })

  test('makes one group of the writers that wait', async () => {
    const { wal, sealed } = open()
    await Promise.all(Array.from({ length: 50 }, (_, i) => wal.append(some, i)))
    await wal.close()
    const { payloads } = readFrames(await readFile(sealed[0]?.path ?? ''), crc32)
    expect(payloads.length).toBeLessThanOrEqual(2)
  })

  test('takes a record larger than its buffer', async () => {
    const { wal, sealed } = open()
    const rows = 200_000
    const big = {
      ...some,
      timestamps: new Float64Array(rows),
      values: new Float64Array(rows),
      starts: undefined,
      fillIds: () => undefined,
    }
    await Promise.all([wal.append(some, 0), wal.append(big, 1), wal.append(some, 2)])
    await wal.close()
    const { payloads } = readFrames(await readFile(sealed[0]?.path ?? ''), crc32)
    expect(payloads.flatMap(decodeRecords).map(({ timestamps }) => timestamps.length)).toEqual([3, rows, 3])
  })

  test('refuses all waiting writers when it can not write, the latest first, and works again afterwards', async () => {
    const { wal, sealed, refused } = open()
    await rm(folder, { recursive: true })
    const outcomes = await Promise.allSettled([wal.append(some, 1), wal.append(some, 2), wal.settled()])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect((outcomes[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'store.unavailable', retry: true })
    expect(refused.flat()).toEqual([2, 1])
    await listSegments(folder)
    await wal.append(some, 3)
    await wal.close()
    expect(sealed.map(({ parts }) => parts)).toEqual([[3]])
    expect(await readdir(folder)).toHaveLength(1)
  })

  test('is settled when all that was appended is durable', async () => {
    const { wal } = open()
    let isDurable = false
    const appended = wal.append(some, 1).then(() => (isDurable = true))
    await wal.settled()
    expect(isDurable).toBe(true)
    await appended
    await wal.settled()
    await wal.close()
  })
})
