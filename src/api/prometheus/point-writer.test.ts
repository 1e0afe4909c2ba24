import { beforeAll, describe, expect, test } from 'vitest'
import { formatGoPlain } from '../../core/go-number.ts'
import { seededRandom } from '../../../test/support/random.ts'
import { MAX_CELLS, PointWriter } from './point-writer.ts'
import { formatTimestamp } from './timestamp.ts'

let writer: PointWriter
beforeAll(() => {
  writer = PointWriter.open()
})

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Compares with V8's own digits. */
function check(values: Float64Array): void {
  const times = Float64Array.from(values, (_, i) => 1_435_781_430_781 + i * 15_000)
  writer.useTimes(times)
  const written = text(writer.row({ values, kinds: undefined, from: 0, to: values.length }, 0))
  const want = Array.from(values, (value, i) => `[${formatTimestamp(times[i] as number)},"${formatGoPlain(value)}"],`)
  expect(written === want.join('')).toBe(true)
}

describe('PointWriter', () => {
  test('writes the shortest digits of any bits', () => {
    const random = seededRandom(20)
    for (let round = 0; round < 12; round++) {
      check(new Float64Array(Uint32Array.from({ length: MAX_CELLS * 2 }, () => random.next() * 2 ** 32).buffer))
    }
  })

  const random = seededRandom(21)
  const kinds: [name: string, value: (i: number) => number][] = [
    ['integers', (i) => i * 7919],
    ['integers around 2^53', (i) => 2 ** 53 + (i - MAX_CELLS / 2) * 2],
    ['two decimals', () => Math.round(random.next() * 1e9) / 100],
    ['three decimals of large numbers', () => Math.round(random.next() * 1e15) / 1000],
    ['six decimals', () => Math.round(random.next() * 1e9) / 1e6],
    ['quotients', () => Math.round(random.next() * 1e6) / 300],
    ['any size', (i) => random.next() * 10 ** (i % 80) * 1e-40],
    ['powers of two and their neighbours', (i) => 2 ** ((i % 2100) - 1074) * (1 + ((i % 3) - 1) * Number.EPSILON)],
    ['powers of ten', (i) => -Number(`1e${(i % 640) - 325}`)],
    ['the smallest', (i) => i * 5e-324],
    ['special ones', (i) => [NaN, Infinity, -Infinity, -0, 0, 1e21, 1e-6, 1e-7, Number.MAX_VALUE][i % 9] ?? 1e20],
  ]
  test.each(kinds)('writes %s', (_, value) => {
    check(Float64Array.from({ length: MAX_CELLS }, (_value, i) => value(i)))
  })

  test('leaves out cells without a float, and keeps the times of the others', () => {
    writer.useTimes(Float64Array.of(-1, 0, 10, 1000))
    const values = Float64Array.of(9, 1, 2, 3, 4)
    const cells = { values, kinds: Uint8Array.of(1, 1, 0, 2, 1), from: 1, to: 5 }
    expect(text(writer.row(cells, 0))).toBe('[-0.001,"1"],[1,"4"],')
  })

  test('writes a column at one time and tells where each point ends', () => {
    writer.useTimes(Float64Array.of(1500))
    const cells = { values: Float64Array.of(1, 2.5, 3), kinds: Uint8Array.of(1, 0, 1), from: 0, to: 3 }
    const { text: written, ends } = writer.column(cells)
    expect([text(written), ...ends]).toEqual(['[1.500,"1"],[1.500,"3"],', 12, 12, 24])
  })

  test('notices times that changed in place', () => {
    const times = Float64Array.of(1000, 2000)
    const cells = { values: Float64Array.of(1, 2), kinds: undefined, from: 0, to: 2 }
    writer.useTimes(times)
    expect(text(writer.row(cells, 0))).toBe('[1,"1"],[2,"2"],')
    times[1] = 3000
    writer.useTimes(times)
    expect(text(writer.row(cells, 0))).toBe('[1,"1"],[3,"2"],')
  })
})
