/** Reads chunks as Prometheus does, bit by bit and with 64-bit integers: slow, and nothing in common with the writer. Follows prometheus/tsdb/chunkenc. */
import type { NativeHistogram } from '../../src/model/histogram.ts'

/** The bits of a double. */
export type DoubleBits = bigint

class Bits {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, header: number) {
    this.#bytes = bytes
    this.#at = header * 8
  }

  bit(): boolean {
    const byte = this.#bytes[this.#at >> 3]
    if (byte === undefined) throw new Error('the chunk ends too early')
    return ((byte >> (7 - (this.#at++ & 7))) & 1) === 1
  }

  unsigned(count: number): bigint {
    let value = 0n
    for (let i = 0; i < count; i++) value = (value << 1n) | (this.bit() ? 1n : 0n)
    return value
  }

  /** Two's complement, but with the greatest positive number in place of the least negative one. */
  signed(count: number): bigint {
    const value = this.unsigned(count)
    return value > 1n << BigInt(count - 1) ? value - (1n << BigInt(count)) : value
  }

  uvarint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.unsigned(8)
      value |= (byte & 0x7fn) << shift
      if (byte < 0x80n) return value
    }
  }

  varint(): bigint {
    const value = this.uvarint()
    return (value >> 1n) ^ -(value & 1n)
  }

  ones(most: number): number {
    let count = 0
    while (count < most && this.bit()) count++
    return count
  }

  varbitUint(): bigint {
    const size = [0, 3, 6, 9, 12, 18, 25, 56, 64][this.ones(8)] as number
    return this.unsigned(size)
  }

  varbitInt(): bigint {
    const size = [0, 3, 6, 9, 12, 18, 25, 56, 64][this.ones(8)] as number
    if (size === 64) return BigInt.asIntN(64, this.unsigned(64))
    return size === 0 ? 0n : this.signed(size)
  }

  atEnd(): boolean {
    return this.#bytes.length * 8 - this.#at < 8
  }
}

class Xor {
  value: DoubleBits
  #leading = 0
  #trailing = 0

  constructor(first: DoubleBits) {
    this.value = first
  }

  next(bits: Bits): DoubleBits {
    if (!bits.bit()) return this.value
    if (bits.bit()) {
      this.#leading = Number(bits.unsigned(5))
      const significant = Number(bits.unsigned(6)) || 64
      this.#trailing = 64 - this.#leading - significant
    }
    const delta = bits.unsigned(64 - this.#leading - this.#trailing)
    this.value ^= delta << BigInt(this.#trailing)
    return this.value
  }
}

const countOf = (data: Uint8Array): number => (data[0] as number) * 256 + (data[1] as number)

export function readFloatChunk(data: Uint8Array): { time: number; bits: DoubleBits }[] {
  const bits = new Bits(data, 2)
  const rows: { time: number; bits: DoubleBits }[] = []
  let time = 0n
  let delta = 0n
  let column: Xor | undefined
  for (let i = 0; i < countOf(data); i++) {
    if (column === undefined) {
      time = bits.varint()
      column = new Xor(bits.unsigned(64))
    } else {
      if (i === 1) delta = bits.uvarint()
      else {
        const size = [0, 14, 17, 20, 64][bits.ones(4)] as number
        if (size === 64) delta += BigInt.asIntN(64, bits.unsigned(64))
        else if (size > 0) delta += bits.signed(size)
      }
      time += delta
      column.next(bits)
    }
    rows.push({ time: Number(time), bits: column.value })
  }
  if (!bits.atEnd()) throw new Error('the chunk goes on behind its last sample')
  return rows
}

export interface ReadHistogram {
  readonly time: number
  readonly sum: DoubleBits
  readonly histogram: Omit<NativeHistogram, 'sum' | 'integer'>
}

const STALE = 0x7ff0000000000002n
const HINTS = { 0: 'unknown', 1: 'unknown', 2: 'unknown', 3: 'gauge' } as const

export function readHistogramChunk(data: Uint8Array, integer: boolean): ReadHistogram[] {
  const bits = new Bits(data, 3)
  const flags = ((data[2] as number) >> 6) as 0 | 1 | 2 | 3
  const layout = readLayout(bits)
  const samples = integer ? integerSamples(bits, layout, countOf(data)) : floatSamples(bits, layout, countOf(data))
  const rows = [...samples].map(({ time, count, zeroCount, sum, counts }, i): ReadHistogram => {
    const stale = sum === STALE
    const split = layout.positive.lengths.reduce((total, length) => total + length, 0)
    const resetHint = flags === 3 ? 'gauge' : i > 0 ? 'not_reset' : HINTS[flags]
    return {
      time,
      sum,
      histogram: {
        schema: layout.schema,
        zeroThreshold: layout.zeroThreshold,
        customValues: layout.customValues,
        stale,
        count,
        zeroCount,
        positive: { ...layout.positive, counts: counts.slice(0, split) },
        negative: { ...layout.negative, counts: counts.slice(split) },
        resetHint: stale ? 'unknown' : resetHint,
      },
    }
  })
  if (!bits.atEnd()) throw new Error('the chunk goes on behind its last sample')
  return rows
}

interface Layout {
  readonly schema: number
  readonly zeroThreshold: number
  readonly positive: { readonly offsets: number[]; readonly lengths: number[] }
  readonly negative: { readonly offsets: number[]; readonly lengths: number[] }
  readonly customValues: readonly number[]
}

function readLayout(bits: Bits): Layout {
  const power = Number(bits.unsigned(8))
  const zeroThreshold = power === 0 ? 0 : power === 255 ? doubleOf(bits.unsigned(64)) : 2 ** (power - 244)
  const schema = Number(bits.varbitInt())
  const [positive, negative] = [readSpans(bits), readSpans(bits)]
  const customValues =
    schema !== -53
      ? []
      : Array.from({ length: Number(bits.varbitUint()) }, () => {
          const bound = bits.varbitUint()
          return bound === 0n ? doubleOf(bits.unsigned(64)) : Number(bound - 1n) / 1000
        })
  return { schema, zeroThreshold, positive, negative, customValues }
}

function readSpans(bits: Bits): { offsets: number[]; lengths: number[] } {
  const spans: { offsets: number[]; lengths: number[] } = { offsets: [], lengths: [] }
  for (let left = Number(bits.varbitUint()); left > 0; left--) {
    spans.lengths.push(Number(bits.varbitUint()))
    spans.offsets.push(Number(bits.varbitInt()))
  }
  return spans
}

interface Sample {
  readonly time: number
  readonly count: number
  readonly zeroCount: number
  readonly sum: DoubleBits
  readonly counts: number[]
}

const bucketCount = ({ positive, negative }: Layout): number =>
  [...positive.lengths, ...negative.lengths].reduce((total, length) => total + length, 0)

/** A number, how it grows, and how the growth changes. */
class Growth {
  value: bigint
  #growth = 0n

  constructor(first: bigint) {
    this.value = first
  }

  next(bits: Bits): void {
    this.#growth += bits.varbitInt()
    this.value += this.#growth
  }
}

function* integerSamples(bits: Bits, layout: Layout, length: number): Generator<Sample> {
  const time = new Growth(bits.varbitInt())
  const count = new Growth(bits.varbitUint())
  const zeroCount = new Growth(bits.varbitUint())
  const sum = new Xor(bits.unsigned(64))
  const deltas = Array.from({ length: bucketCount(layout) }, () => new Growth(bits.varbitInt()))
  const split = layout.positive.lengths.reduce((total, one) => total + one, 0)
  for (let i = 0; i < length; i++) {
    if (i > 0) {
      for (const column of [time, count, zeroCount]) column.next(bits)
      sum.next(bits)
      if (sum.value !== STALE) for (const column of deltas) column.next(bits)
    }
    let total = 0n
    const counts = deltas.map(({ value }, k) => {
      total = k === split ? value : total + value
      return Number(total)
    })
    yield {
      time: Number(time.value),
      count: Number(count.value),
      zeroCount: Number(zeroCount.value),
      sum: sum.value,
      counts,
    }
  }
}

function* floatSamples(bits: Bits, layout: Layout, length: number): Generator<Sample> {
  const time = new Growth(bits.varbitInt())
  const columns = Array.from({ length: 3 + bucketCount(layout) }, () => new Xor(bits.unsigned(64)))
  for (let i = 0; i < length; i++) {
    if (i > 0) {
      time.next(bits)
      for (const column of columns) column.next(bits)
    }
    const [count, zeroCount, , ...counts] = columns.map(({ value }) => doubleOf(value))
    const sum = columns[2]?.value ?? 0n
    yield { time: Number(time.value), count: count ?? NaN, zeroCount: zeroCount ?? NaN, sum, counts }
  }
}

export function doubleOf(bits: DoubleBits): number {
  return new Float64Array(BigUint64Array.of(bits).buffer)[0] as number
}
