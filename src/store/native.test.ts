import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, Column } from './engine.ts'
import { BlockDecoder, decodeBlocks, DecodeMemory, numbersFrom } from './native-decode.ts'
import { encodeBlock, int64From } from './native-encode.ts'

const encode = (columns: readonly Column[], rows: number): Uint8Array => Buffer.concat(encodeBlock(columns, rows))
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

const strings = ['', 'a', 'ö', '\n\n', '日本語', 'x'.repeat(43), '😀'.repeat(200), 'y'.repeat(70_000)]
const two: Column[] = [
  { name: 'id', type: 'UInt64', data: BigUint64Array.of(0n, 2n ** 64n - 1n) },
  { name: 'ts', type: "DateTime64(3, 'UTC')", data: BigInt64Array.of(-1n, 1_700_000_000_000n) },
  { name: 'val', type: 'Float64', data: Float64Array.of(-0, Infinity) },
  { name: 'tenant', type: 'LowCardinality(String)', data: ['a', 'b'] },
  { name: 'code', type: 'FixedString(3)', data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
  {
    name: 'labels',
    type: 'Map(LowCardinality(String), String)',
    data: {
      ends: BigUint64Array.of(2n, 3n),
      items: [
        ['k', 'l', 'k'],
        ['1', '2', '3'],
      ],
    },
  },
  {
    name: 'nested',
    type: 'Array(Array(Int16))',
    data: {
      ends: BigUint64Array.of(0n, 2n),
      items: [{ ends: BigUint64Array.of(1n, 3n), items: [Int16Array.of(-1, 2, 3)] }],
    },
  },
]

describe('the Native codec', () => {
  test("writes ClickHouse's own bytes for a column of each kind", () => {
    // SELECT toUInt16(258) AS n, 'ab' AS s, [7]::Array(UInt8) AS a FORMAT Native
    const want = hex(
      '03 01 016e 0655496e743136 0201 0173 06537472696e67 026162 0161 0c41727261792855496e743829 0100000000000000 07',
    )
    const columns: Column[] = [
      { name: 'n', type: 'UInt16', data: Uint16Array.of(258) },
      { name: 's', type: 'String', data: ['ab'] },
      { name: 'a', type: 'Array(UInt8)', data: { ends: BigUint64Array.of(1n), items: [Uint8Array.of(7)] } },
    ]
    expect(Buffer.from(encode(columns, 1)).toString('hex')).toBe(Buffer.from(want).toString('hex'))
  })

  test('gives back what it was given', () => {
    const [block] = decodeBlocks(encode(two, 2))
    expect(block?.rows).toBe(2)
    for (const { name, data } of two) expect({ [name]: block?.columns[name] }).toEqual({ [name]: data })
  })

  test('keeps strings of every length and alphabet', () => {
    const columns: Column[] = [
      { name: 's', type: 'String', data: strings },
      { name: 'l', type: 'LowCardinality(String)', data: strings },
    ]
    const [block] = decodeBlocks(encode(columns, strings.length))
    expect(block?.columns['s']).toEqual(strings)
    expect(block?.columns['l']).toEqual(strings)
  })

  test.each([1, 256, 257, 65_536, 65_537])('keeps a dictionary of %i entries', (size) => {
    const data = Array.from({ length: size + 1 }, (_, i) => `v${i % size}`)
    const [block] = decodeBlocks(encode([{ name: 'l', type: 'LowCardinality(String)', data }], data.length))
    expect(block?.columns['l']).toEqual(data)
  })

  test.each(['String', 'LowCardinality(String)'])('repeats a constant of type %s', (type) => {
    const [block] = decodeBlocks(encode([{ name: 'c', type, data: { constant: 'ab' } }], 3))
    expect(block?.columns['c']).toEqual(['ab', 'ab', 'ab'])
  })

  test('keeps the bits of NaNs', () => {
    const bits = BigUint64Array.of(0x7ff0000000000002n, 0x7ff8000000000001n, 0xfff8000000000000n)
    const [block] = decodeBlocks(encode([{ name: 'v', type: 'Float64', data: new Float64Array(bits.buffer) }], 3))
    const back = block?.columns['v'] as Float64Array
    expect(new BigUint64Array(back.buffer.slice(back.byteOffset, back.byteOffset + 24))).toEqual(bits)
  })

  test('converts whole numbers to Int64 and back, also negative ones', () => {
    const values = Float64Array.of(0, -1, 1, 4_294_967_296, -4_294_967_297, 2 ** 53 - 1, -(2 ** 53), 1_700_000_000_123)
    const ints = int64From(values)
    expect([...ints]).toEqual([...values].map(BigInt))
    expect(numbersFrom(ints)).toEqual(values)
  })

  const misfits: [name: string, column: Column][] = [
    ['too few rows', { name: 'c', type: 'UInt8', data: Uint8Array.of(1) }],
    ['another array', { name: 'c', type: 'UInt16', data: Int16Array.of(1, 2) }],
    ['numbers for strings', { name: 'c', type: 'String', data: Uint8Array.of(1, 2) }],
    ['strings for numbers', { name: 'c', type: 'UInt8', data: ['1', '2'] }],
    ['an unknown type', { name: 'c', type: 'Nullable(UInt8)', data: Uint8Array.of(1, 2) }],
    [
      'a map without values',
      { name: 'c', type: 'Map(String, String)', data: { ends: BigUint64Array.of(0n, 0n), items: [[]] } },
    ],
  ]
  test.each(misfits)('refuses %s as a bug, naming the column', (_, column) => {
    expect(() => encode([column], 2)).toThrow(/BUG: column c: /)
  })
})

describe('the Native decoder', () => {
  const whole = Buffer.concat([encode(two, 2), encode(two, 2)])
  const expected = decodeBlocks(whole)

  test('takes bytes in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const decoder = new BlockDecoder()
        const blocks: Block[] = []
        let at = 0
        for (const size of sizes) {
          blocks.push(...decoder.push(whole.subarray(at, at + size)))
          at += size
        }
        blocks.push(...decoder.push(whole.subarray(at)))
        decoder.end()
        expect(blocks).toEqual(expected)
      }),
    )
  })

  test('takes pieces out of one buffer, and gives blocks that hold until the next, in the memory of a result before', () => {
    const memory = new DecodeMemory()
    const size = fc.integer({ min: 1, max: 400 })
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 }), (sizes, last) => {
        const decoder = new BlockDecoder(memory)
        const buffer = Buffer.alloc(400)
        const blocks: Block[] = []
        for (let at = 0, i = 0; at < whole.length; i++) {
          const count = whole.copy(buffer, 0, at, Math.min(whole.length, at + (sizes[i] ?? last)))
          for (const block of decoder.push(buffer.subarray(0, count))) blocks.push(structuredClone(block))
          buffer.fill(0xff)
          at += count
        }
        decoder.end()
        expect(blocks).toEqual(expected.map((block) => structuredClone(block)))
      }),
    )
  })

  /** What becomes of bytes: the number of blocks, or the code of the error. */
  const outcome = (bytes: Uint8Array): unknown => {
    try {
      return decodeBlocks(bytes).length
    } catch (error) {
      return (error as { code?: unknown }).code
    }
  }

  test('says so when the bytes end early, at every place', () => {
    const one = encode(two, 2)
    const outcomes = Array.from({ length: one.length - 1 }, (_, i) => outcome(one.subarray(0, i + 1)))
    expect(new Set(outcomes)).toEqual(new Set(['store.malformed_block']))
  })

  test('ends on garbage: with blocks or store.malformed_block, and never slowly', () => {
    const garbage = fc.uint8Array({ maxLength: 200 })
    const spoilt = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
      const copy = Uint8Array.from(whole)
      copy[at] = byte
      return copy
    })
    const property = fc.property(fc.oneof(garbage, spoilt), (bytes) => {
      expect(outcome(bytes)).toSatisfy((is) => typeof is === 'number' || is === 'store.malformed_block')
    })
    fc.assert(property, { numRuns: 2000 })
  })

  test('leaves out headers without rows', () => {
    expect(
      decodeBlocks(
        encode(
          two.map((column) => ({ ...column })),
          0,
        ),
      ),
    ).toEqual([])
  })
})
