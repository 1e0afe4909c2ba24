/** Coarser exponential schemas. Follows reduceResolution and kahanReduceResolution, prometheus/model/histogram@v3.14. */
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import { restOf } from '../functions/range-kahan.ts'
import type { CompensatedSpans } from './compact.ts'
import { LayoutBuilder, LayoutCursor } from './layout.ts'

/**
 * The histogram at a schema that is at most its own; itself when it has it already, else one whose reset hint is unknown. With
 * custom buckets only `schema` = its own makes sense. Follows CopyToSchema.
 */
export function atSchema(h: NativeHistogram, schema: number): NativeHistogram {
  if (schema === h.schema) return h
  return {
    ...h,
    schema,
    resetHint: 'unknown',
    positive: reduceSpans(h.positive, h.schema, schema),
    negative: reduceSpans(h.negative, h.schema, schema),
  }
}

/** One side at a coarser (or the same) exponential schema: each step merges the buckets 2i-1 and 2i into i. */
export function reduceSpans(spans: BucketSpans, from: number, to: number): BucketSpans {
  if (from === to || spans.counts.length === 0) return spans
  const layout = new LayoutBuilder()
  const counts: number[] = []
  const cursor = new LayoutCursor(spans)
  while (cursor.next()) {
    const index = ((cursor.index - 1) >> (from - to)) + 1
    const count = spans.counts[cursor.at] as number
    const last = counts.length - 1
    if (last >= 0 && index === layout.end - 1) {
      counts[last] = (counts[last] as number) + count
    } else {
      layout.add(index)
      counts.push(count)
    }
  }
  return { offsets: layout.offsets, lengths: layout.lengths, counts }
}

/** The same where each count carries what compensated addition lost of it. */
export function reduceCompensated({ spans, rests }: CompensatedSpans, from: number, to: number): CompensatedSpans {
  if (from === to) return { spans, rests }
  const layout = new LayoutBuilder()
  const counts: number[] = []
  const merged: number[] = []
  const cursor = new LayoutCursor(spans)
  while (cursor.next()) {
    const index = ((cursor.index - 1) >> (from - to)) + 1
    const last = counts.length - 1
    if (last >= 0 && index === layout.end - 1) {
      mergeInto(counts, merged, last, spans.counts[cursor.at] as number)
      mergeInto(counts, merged, last, rests[cursor.at] as number)
    } else {
      layout.add(index)
      counts.push(spans.counts[cursor.at] as number)
      merged.push(rests[cursor.at] as number)
    }
  }
  return { spans: { offsets: layout.offsets, lengths: layout.lengths, counts }, rests: merged }
}

function mergeInto(counts: number[], rests: number[], at: number, count: number): void {
  const sum = counts[at] as number
  const total = sum + count
  rests[at] = restOf(sum, count, total, rests[at] as number)
  counts[at] = total
}
