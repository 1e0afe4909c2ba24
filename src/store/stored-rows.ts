/** Rows of the metrics tables as they come out of the engine: series by series, each in order of time. */
import type { BucketSpans, NativeHistogram } from '../model/histogram.ts'
import { LabelSet } from '../model/labels.ts'
import { STALE_NAN } from '../model/stale.ts'
import type { ArrayColumnData, Block } from './engine.ts'
import type { SeriesId } from './head/identity.ts'
import { fromFlags } from './metrics-tables.ts'

/** A 64-bit id column as words, low word first. */
export function idWords(block: Block): Uint32Array {
  const ids = block.columns['id'] as BigUint64Array
  return new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2)
}

export function idAt(words: Uint32Array, row: number): SeriesId {
  return { lo: words[2 * row] as number, hi: words[2 * row + 1] as number }
}

/** An Int64 column as words, low word first. */
export function int64Words(block: Block, name: string): Int32Array {
  const column = block.columns[name] as BigInt64Array
  return new Int32Array(column.buffer, column.byteOffset, column.length * 2)
}

/** UnixMs of an Int64 column, without a bigint a row. */
export function timesOf(block: Block, name = 'ts'): Float64Array {
  const words = int64Words(block, name)
  const times = new Float64Array(block.rows)
  for (let i = 0; i < times.length; i++) {
    times[i] = ((words[2 * i] as number) >>> 0) + (words[2 * i + 1] as number) * 4_294_967_296
  }
  return times
}

/** The end of the run of rows of one series that begins at `from`. */
export function runEnd(words: Uint32Array, from: number, rows: number): number {
  const lo = words[2 * from]
  const hi = words[2 * from + 1]
  let end = from + 1
  while (end < rows && words[2 * end] === lo && words[2 * end + 1] === hi) end++
  return end
}

/** Label sets by row of a `labels` column: written in their order, so read in it. */
export function labelSets(block: Block): LabelSet[] {
  const { ends, items } = block.columns['labels'] as ArrayColumnData
  const [names, values] = items as [readonly string[], readonly string[]]
  let from = 0
  return Array.from({ length: block.rows }, (_, row) => {
    const pairs: string[] = []
    for (const end = Number(ends[row]); from < end; from++) pairs.push(names[from] as string, values[from] as string)
    return LabelSet.fromSorted(pairs)
  })
}

/** The native histogram at each row. */
export function histogramsOf({ rows, columns }: Block): NativeHistogram[] {
  const list = (name: string): ((row: number) => number[]) => {
    const { ends, items } = columns[name] as ArrayColumnData
    const flat = items[0] as Float64Array
    return (row) => Array.from(flat.subarray(row === 0 ? 0 : Number(ends[row - 1]), Number(ends[row])))
  }
  const spans = (prefix: string): ((row: number) => BucketSpans) => {
    const [offsets, lengths, counts] = [list(`${prefix}_offsets`), list(`${prefix}_lengths`), list(`${prefix}_counts`)]
    return (row) => ({ offsets: offsets(row), lengths: lengths(row), counts: counts(row) })
  }
  const number = (name: string, row: number): number => (columns[name] as Float64Array)[row] as number
  const [positive, negative, custom] = [spans('pos'), spans('neg'), list('custom_values')]
  return Array.from({ length: rows }, (_, row) => {
    const flags = fromFlags(number('flags', row))
    return {
      ...flags,
      schema: number('schema', row),
      zeroThreshold: number('zero_threshold', row),
      zeroCount: number('zero_count', row),
      count: number('count', row),
      sum: flags.stale ? STALE_NAN : number('sum', row),
      positive: positive(row),
      negative: negative(row),
      customValues: custom(row),
    }
  })
}
