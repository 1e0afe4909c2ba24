import { HeadRows } from '../../src/store/head-rows.ts'
import type { HeadSeries } from '../../src/store/head-rows.ts'
import { BlockColumns, SampleBlockBuilder } from '../../src/store/sample-block.ts'
import type { SampleBlock } from '../../src/signals/metrics.ts'

/** The block of `refs`, in this order, as a selection over the head makes it; row i is that of `refs[i]`. */
export function headBlock(
  series: HeadSeries,
  refs: readonly number[],
  range: { readonly start: number; readonly end: number } = { start: -Infinity, end: Infinity },
  starts = false,
): SampleBlock {
  const builder = new SampleBlockBuilder(new BlockColumns())
  const rows = new HeadRows(series, { range, starts })
  for (const [row, ref] of refs.entries()) rows.endRow(ref, row, builder)
  return builder.take()
}

/** The samples of the i-th row of a block. */
export function samplesOf(block: SampleBlock, i: number): [t: number, value: number][] {
  const from = block.offsets[i] as number
  const count = (block.offsets[i + 1] as number) - from
  const times = block.timeOffsets[i] as number
  return Array.from({ length: count }, (_, k) => [block.times[times + k] as number, block.values[from + k] as number])
}
