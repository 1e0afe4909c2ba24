import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compressSnappy, uncompressSnappy } from './snappy.ts'

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')
const plenty = 1 << 20

describe('snappy', () => {
  const cases: [name: string, block: string, want: string][] = [
    ['an empty block', '00', ''],
    ['a literal', '03 08 616263', 'abc'],
    ['a copy with a one-byte offset', '08 0c 61626364 01 04', 'abcdabcd'],
    ['a copy that overlaps itself', '09 00 61 1e 0100', 'aaaaaaaaa'],
    ['a copy with a four-byte offset', '08 0c 61626364 0f 04000000', 'abcdabcd'],
    ['a literal whose length has its own byte', `3e f0 3d ${'61'.repeat(62)}`, 'a'.repeat(62)],
  ]
  test.each(cases)('undoes %s', (_, block, want) => {
    expect(uncompressSnappy(hex(block), plenty).toString()).toBe(want)
  })

  const corrupt: [name: string, block: string][] = [
    ['nothing at all', ''],
    ['a length that never ends', 'ffffffffffff'],
    ['a length beyond 32 bits', 'ffffffff7f'],
    ['less than declared', '04 08 616263'],
    ['more than declared', '02 08 616263'],
    ['a literal beyond the end', '03 08 6162'],
    ['a literal whose length is cut off', '03 f4 01'],
    ['a copy without its offset', '08 0c 61626364 01'],
    ['a copy from before the beginning', '08 0c 61626364 01 05'],
    ['a copy from nowhere', '08 0c 61626364 01 00'],
    ['a copy beyond the declared length', '06 0c 61626364 01 04'],
  ]
  test.each(corrupt)('refuses %s', (_, block) => {
    expect(() => uncompressSnappy(hex(block), plenty)).toThrow('not a valid snappy block')
  })

  test('checks the declared length before it makes room', () => {
    expect(() => uncompressSnappy(compressSnappy(Buffer.alloc(1001)), 1000)).toThrow('larger than 1000 bytes')
    expect(uncompressSnappy(compressSnappy(Buffer.alloc(1000)), 1000).length).toBe(1000)
    // Two bytes can't stand for 16 million, whatever the limit is.
    expect(() => uncompressSnappy(hex('ffffff07 00'), 1 << 30)).toThrow('not a valid snappy block')
  })

  test('undoes what it compresses', () => {
    const repetitive = fc
      .array(fc.tuple(fc.uint8Array({ maxLength: 90 }), fc.integer({ min: 1, max: 20 })), { maxLength: 30 })
      .map((parts) => Buffer.concat(parts.flatMap(([part, times]) => Array.from({ length: times }, () => part))))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), repetitive), (bytes) => {
        expect(uncompressSnappy(compressSnappy(bytes), plenty).equals(bytes)).toBe(true)
      }),
    )
  })

  test('makes repetitive text much smaller', () => {
    const text = Buffer.from('http_requests_total{job="api"}'.repeat(3000))
    expect(compressSnappy(text).length).toBeLessThan(text.length / 15)
  })
})
