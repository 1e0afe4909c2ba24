import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BongsuError } from '../core/errors.ts'
import { ProtoReader } from './protobuf.ts'
import { ProtoWriter } from './protobuf-writer.ts'

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Walks a message of any shape the way a decoder would, entering every length-delimited field. */
function walk(reader: ProtoReader, depth = 0): void {
  while (reader.next()) {
    if (reader.wire !== 2 || depth > 20) {
      reader.skip()
      continue
    }
    const outer = reader.enter()
    walk(reader, depth + 1)
    reader.leave(outer)
  }
}

/** The code of the error that `run` throws, or 'ok'. */
function outcome(run: () => void): unknown {
  try {
    run()
    return 'ok'
  } catch (error) {
    return error instanceof BongsuError ? error.code : error
  }
}

describe('ProtoReader', () => {
  test('reads what the specification shows', () => {
    const reader = new ProtoReader(hex('08 96 01 12 07 74 65 73 74 69 6e 67'))
    expect([reader.next(), reader.field, reader.int32()]).toEqual([true, 1, 150])
    expect([reader.next(), reader.field, reader.string()]).toEqual([true, 2, 'testing'])
    expect(reader.next()).toBe(false)
  })

  const bad: [name: string, bytes: string, want: string][] = [
    ['a varint without an end', '08 ff ff', 'malformed protobuf at byte 1: unexpected end'],
    ['a varint of 11 bytes', '08 ff ff ff ff ff ff ff ff ff ff 01', 'varint overflows 64 bits'],
    ['a length beyond the end', '12 05 61', 'malformed protobuf at byte 2: unexpected end'],
    ['a length of 2^32 - 1', '12 ff ff ff ff 0f', 'unexpected end'],
    ['field number 0', '00 01', 'illegal field number 0'],
    ['a group without an end', '0b 08 01', 'unexpected end of a group'],
    ['the end of another group', '0b 14', 'group 1 is ended by 2'],
    ['wire type 6', '0e', 'unexpected wire type 6'],
    ['groups in groups without end', '0b'.repeat(1000), 'groups are nested too deeply'],
  ]
  test.each(bad)('refuses %s', (_, bytes, want) => {
    const reader = new ProtoReader(hex(bytes))
    expect(() => {
      while (reader.next()) reader.skip()
    }).toThrow(want)
  })

  test('refuses a field of another wire type', () => {
    const reader = new ProtoReader(hex('0d 00 00 00 00'))
    reader.next()
    expect(() => reader.double()).toThrow('wrong wire type 5 for field 1')
  })

  test('keeps the low word of a NaN', () => {
    const reader = new ProtoReader(hex('09 02 00 00 00 00 00 f0 7f'))
    reader.next()
    expect(reader.wordAt(reader.fixed64Offset())).toBe(2)
  })

  test('a message that is cut or changed is an error or is read to its end, never a crash', () => {
    const whole = new ProtoWriter()
      .string(1, 'a')
      .message(2, (inner) => inner.double(3, 1).sint64(4, -7))
      .finish()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(whole.length), (noise, cut) => {
        const reader = new ProtoReader(Buffer.concat([whole.subarray(0, cut), noise]))
        const ended = outcome(() => walk(reader))
        expect(ended === 'codec.protobuf_malformed' || reader.pos === reader.end).toBe(true)
      }),
    )
  })
})

describe('ProtoWriter', () => {
  const round = (write: (writer: ProtoWriter) => void): ProtoReader => {
    const writer = new ProtoWriter()
    write(writer)
    const reader = new ProtoReader(writer.finish())
    reader.next()
    return reader
  }

  test('writes integers that read back, at every width', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(round((w) => w.int64(1, value)).int64Exact()).toBe(value)
        expect(round((w) => w.sint64(1, value)).sint64Exact()).toBe(value)
        expect(round((w) => w.fixed64(1, value)).sfixed64Exact()).toBe(value)
        expect(round((w) => w.uint64(1, BigInt.asUintN(64, value))).uint64Exact()).toBe(BigInt.asUintN(64, value))
      }),
    )
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(round((w) => w.int64(1, value)).int64()).toBe(value)
        expect(round((w) => w.sint64(1, value)).sint64()).toBe(value)
        expect(round((w) => w.uint64(1, Math.abs(value))).uint64()).toBe(Math.abs(value))
      }),
    )
  })

  test('writes packed numbers that read back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.double()), (integers, doubles) => {
        const readIntegers: number[] = []
        round((w) => w.packedSint64(1, integers)).sint64s(readIntegers)
        expect(readIntegers).toEqual(integers)
        const readDoubles: number[] = []
        round((w) => w.packedDoubles(1, doubles)).doubles(readDoubles)
        expect(readDoubles).toEqual(doubles)
      }),
    )
  })

  test('writes text of any length and script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(round((w) => w.string(1, text)).string()).toBe(text)
      }),
    )
  })
})
