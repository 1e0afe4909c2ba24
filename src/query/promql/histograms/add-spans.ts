/** Addition of the buckets of one side. Follows addBuckets and kahanAddBuckets, prometheus/model/histogram@v3.14. */
import type { BucketSpans } from '../../../model/histogram.ts'
import { CUSTOM_BUCKETS_SCHEMA } from '../../../model/histogram.ts'
import { exponentialBound } from '../../../model/histogram-bounds.ts'
import { restOf } from '../functions/range-kahan.ts'
import type { CompensatedSpans } from './compact.ts'
import { LayoutCursor, sameLayout, unionOf } from './layout.ts'
import type { Layout, Union } from './layout.ts'

/** What both sides of an addition agree on: the schema, and the zero threshold: buckets of `b` below it are not added. */
export interface SharedShape {
  readonly schema: number
  readonly zeroThreshold: number
}

/** 1 adds, -1 subtracts: the product with either is exact. */
export type Sign = 1 | -1

/** `a` plus `sign` times `b`; what only `b` has is added to nothing. */
export function addSpans(a: BucketSpans, b: BucketSpans, sign: Sign, shape: SharedShape): BucketSpans {
  if (b.counts.length === 0) return a
  const skipped = bucketsWithin(b, shape)
  if (skipped > 0 || !sameLayout(a, b)) return addByUnion(a, b, sign, unionOf(a, b, skipped))
  const counts = a.counts.slice()
  for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] as number) + sign * (b.counts[i] as number)
  return { offsets: a.offsets, lengths: a.lengths, counts }
}

function addByUnion(
  a: BucketSpans,
  b: BucketSpans,
  sign: Sign,
  { offsets, lengths, fromA, fromB }: Union,
): BucketSpans {
  const counts: number[] = []
  for (let i = 0; i < fromA.length; i++) {
    const ours = fromA[i] as number
    const theirs = fromB[i] as number
    if (theirs === -1) counts.push(a.counts[ours] as number)
    else if (ours === -1) counts.push(sign * (b.counts[theirs] as number))
    else counts.push((a.counts[ours] as number) + sign * (b.counts[theirs] as number))
  }
  return { offsets, lengths, counts }
}

/** How many buckets of a side end at or below the zero threshold. */
export function bucketsWithin(layout: Layout, { schema, zeroThreshold }: SharedShape): number {
  if (schema === CUSTOM_BUCKETS_SCHEMA) return 0
  const cursor = new LayoutCursor(layout)
  let within = 0
  while (cursor.next() && exponentialBound(cursor.index, schema) <= zeroThreshold) within++
  return within
}

/** Adds with compensation; `restsOfB` undefined = all are 0. */
export function addCompensated(
  a: CompensatedSpans,
  b: BucketSpans,
  restsOfB: readonly number[] | undefined,
  shape: SharedShape,
): CompensatedSpans {
  if (b.counts.length === 0) return a
  const skipped = bucketsWithin(b, shape)
  if (skipped === 0 && restsOfB === undefined && sameLayout(a.spans, b)) return addAligned(a, b.counts)
  return addCompensatedByUnion(a, b.counts, restsOfB, unionOf(a.spans, b, skipped))
}

function addAligned({ spans, rests }: CompensatedSpans, added: readonly number[]): CompensatedSpans {
  const counts = spans.counts.slice()
  const lost = rests.slice()
  for (let i = 0; i < counts.length; i++) {
    const sum = counts[i] as number
    const count = added[i] as number
    const total = sum + count
    lost[i] = restOf(sum, count, total, lost[i] as number)
    counts[i] = total
  }
  return { spans: { offsets: spans.offsets, lengths: spans.lengths, counts }, rests: lost }
}

function addCompensatedByUnion(
  a: CompensatedSpans,
  added: readonly number[],
  addedRests: readonly number[] | undefined,
  { offsets, lengths, fromA, fromB }: Union,
): CompensatedSpans {
  const counts: number[] = []
  const rests: number[] = []
  for (let i = 0; i < fromA.length; i++) {
    const from = fromA[i] as number
    const other = fromB[i] as number
    const count = other === -1 ? 0 : (added[other] as number)
    const countRest = other === -1 ? 0 : (addedRests?.[other] ?? 0)
    let sum = from === -1 ? count : (a.spans.counts[from] as number)
    let rest = from === -1 ? countRest : (a.rests[from] as number)
    if (from !== -1 && other !== -1) {
      rest = restOf(sum, count, sum + count, rest)
      sum += count
      if (countRest !== 0) {
        rest = restOf(sum, countRest, sum + countRest, rest)
        sum += countRest
      }
    }
    counts.push(sum)
    rests.push(rest)
  }
  return { spans: { offsets, lengths, counts }, rests }
}
