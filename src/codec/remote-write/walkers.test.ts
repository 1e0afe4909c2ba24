/** The walker in WebAssembly against the one in plain JavaScript. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsWalker } from '../../../test/support/remote-write-js-walker.ts'
import { MemorySeriesTable } from '../../../test/support/memory-metrics.ts'
import { writeRequestV1, writeRequestV2 } from '../../../test/support/remote-write-message.ts'
import type { Pairs, SeriesInput } from '../../../test/support/remote-write-message.ts'
import { BongsuError } from '../../core/errors.ts'
import { DEFAULT_TENANT } from '../../model/tenant.ts'
import { compressSnappy } from '../snappy.ts'
import { RemoteWriteDecoder } from './decoder.ts'
import { openKernel } from './kernel.ts'
import type { SeriesWalker, WriteVersion } from './walk.ts'

const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'job', 'ü', '日本', 'x'.repeat(130), 'y'.repeat(16), 'z'.repeat(17)),
  fc.string({ maxLength: 6, unit: 'binary' }),
)
const labels: fc.Arbitrary<Pairs> = fc
  .tuple(fc.constantFrom('up', 'requests', 'latency'), fc.array(fc.tuple(text, text), { maxLength: 5 }))
  .map(([name, pairs]) => [['__name__', name], ...pairs] as const)
const time = fc.integer({ min: -10, max: 2 ** 45 })
const value = fc.oneof(
  fc.double(),
  fc.constantFrom(0x7ff0000000000002n, 0x7ff8000000000001n, 0xfff8000000000000n, 0x8000000000000000n),
)
const sample = fc.record({ value, timestamp: time, startTimestamp: time }, { requiredKeys: ['value', 'timestamp'] })
const histogram = fc.constantFrom(
  { timestamp: 5, sum: 2, countInt: 3, positiveSpans: [{ offset: 0, length: 2 }], positiveDeltas: [1, 1] },
  { timestamp: 6, sum: 2, countInt: 99, positiveSpans: [{ offset: 0, length: 2 }], positiveDeltas: [1, 1] },
  { timestamp: 7, sum: 0x7ff0000000000002n, startTimestamp: 3 },
  { timestamp: 8, sum: 1, countFloat: 1.5, zeroCountFloat: 1.5, resetHint: 3 },
)
const exemplar = fc.record({ labels, value: fc.double({ noNaN: true }), timestamp: time })
const metadata = fc.record({ type: fc.nat(7), help: text, unit: text })
const series: fc.Arbitrary<SeriesInput> = fc.record(
  {
    labels,
    samples: fc.array(sample, { maxLength: 4 }),
    histograms: fc.array(histogram, { maxLength: 2 }),
    exemplars: fc.array(exemplar, { maxLength: 2 }),
    metadata,
    createdTimestamp: time,
  },
  { requiredKeys: ['labels'] },
)
/** Several requests over a small pool of series, so that most are known and many come in an order already seen. */
const requests = fc
  .tuple(
    fc.array(series, { minLength: 1, maxLength: 6 }),
    fc.array(fc.array(fc.nat(5), { maxLength: 8 }), { maxLength: 6 }),
  )
  .map(([pool, orders]) => orders.map((order) => order.map((i) => pool[i % pool.length] as SeriesInput)))

const kernel = (): SeriesWalker => openKernel({ maxCacheBytes: 4 << 20, seed: 99 })
const encode = (version: WriteVersion, input: readonly SeriesInput[]): Buffer =>
  version === 1 ? writeRequestV1(input) : writeRequestV2(input)

class Side {
  readonly table = new MemorySeriesTable()
  readonly #decoder: RemoteWriteDecoder

  constructor(walker: SeriesWalker) {
    this.#decoder = new RemoteWriteDecoder({ maxRawBytes: 1 << 20 }, { walker })
  }

  /** All that a decoded request says, comparable bit by bit; the code of the error when it is refused as a whole. */
  decode(body: Uint8Array, version: WriteVersion): unknown {
    try {
      const { batch, refusals } = this.#decoder.decode([body], version, DEFAULT_TENANT, this.table)
      const { refs, timestamps, values, startTimestamps } = batch.samples
      const bits = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')
      return { ...batch, samples: { refs, timestamps, bits, startTimestamps }, refusals }
    } catch (error) {
      if (error instanceof BongsuError) return error.code
      throw error
    }
  }
}

describe.each([1, 2] as const)('walkers of version %i', (version) => {
  test('say the same of any run of requests', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(requests, (run) => {
        const js = new Side(new JsWalker())
        const wasm = new Side(kernel())
        for (const request of run) {
          const body = compressSnappy(encode(version, request))
          expect(wasm.decode(body, version)).toEqual(js.decode(body, version))
        }
        expect(wasm.table.resolved).toBe(js.table.resolved)
      }),
      { numRuns: 150 },
    )
  })

  test('survive messages with changed bytes, and agree where both can read them', { timeout: 60_000 }, () => {
    const wasm = new Side(kernel())
    const js = new Side(new JsWalker())
    const change = fc.tuple(fc.nat(1 << 16), fc.nat(255))
    fc.assert(
      fc.property(
        fc.array(series, { maxLength: 4 }),
        fc.array(change, { maxLength: 4 }),
        fc.nat(1 << 16),
        (input, changes, cut) => {
          const message = encode(version, input)
          if (message.length === 0) return
          for (const [at, byte] of changes) message[at % message.length] = byte
          const body = compressSnappy(message.subarray(0, cut % 3 === 0 ? cut % message.length : message.length))
          const a = wasm.decode(body, version)
          const b = js.decode(body, version)
          const bothRead = typeof a !== 'string' && typeof b !== 'string'
          expect(bothRead ? a : undefined).toEqual(bothRead ? b : undefined)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('survive bodies with changed bytes', () => {
    const wasm = new Side(kernel())
    const body = compressSnappy(
      encode(version, [{ labels: [['__name__', 'up']], samples: [{ value: 1, timestamp: 2 }] }]),
    )
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(255), fc.nat(body.length), (at, byte, length) => {
        const changed = Buffer.from(body)
        changed[at] = byte
        expect(wasm.decode(changed.subarray(0, length), version)).toBeDefined()
      }),
    )
  })

  test('survive noise', () => {
    const wasm = new Side(kernel())
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        expect(wasm.decode(body, version)).toBeDefined()
        expect(wasm.decode(compressSnappy(body), version)).toBeDefined()
      }),
    )
  })
})
