/** What all histograms of one chunk share, written once in front of them. Follows prometheus/tsdb/chunkenc/histogram_meta.go@v3.14. */
import { CUSTOM_BUCKETS_SCHEMA } from '../../../model/histogram.ts'
import type { BucketSpans, NativeHistogram } from '../../../model/histogram.ts'
import type { BitWriter } from './bit-writer.ts'
import { doubleWords } from './double-words.ts'
import { putVarbitInt, putVarbitUint } from './varbit.ts'

export function putLayout(
  bits: BitWriter,
  { schema, zeroThreshold, positive, negative, customValues }: NativeHistogram,
): void {
  putZeroThreshold(bits, zeroThreshold)
  putVarbitInt(bits, schema)
  putSpans(bits, positive)
  putSpans(bits, negative)
  if (schema !== CUSTOM_BUCKETS_SCHEMA) return
  putVarbitUint(bits, customValues.length)
  for (const bound of customValues) putBound(bits, bound)
}

/** That of a chunk of staleness markers, which have no buckets. */
export function putEmptyLayout(bits: BitWriter): void {
  putZeroThreshold(bits, 0)
  putVarbitInt(bits, 0)
  putVarbitUint(bits, 0)
  putVarbitUint(bits, 0)
}

/** Whether both can be in one chunk. */
export function sameLayout(a: NativeHistogram, b: NativeHistogram): boolean {
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    sameSpans(a.positive, b.positive) &&
    sameSpans(a.negative, b.negative) &&
    sameNumbers(a.customValues, b.customValues)
  )
}

function sameSpans(a: BucketSpans, b: BucketSpans): boolean {
  return sameNumbers(a.offsets, b.offsets) && sameNumbers(a.lengths, b.lengths)
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

function putSpans(bits: BitWriter, { offsets, lengths }: BucketSpans): void {
  putVarbitUint(bits, lengths.length)
  for (const [i, length] of lengths.entries()) {
    putVarbitUint(bits, length)
    putVarbitInt(bits, offsets[i] as number)
  }
}

const OTHER_THRESHOLD = 255
const LEAST_POWER = -243
const GREATEST_POWER = 10

/** Powers of two take a byte. */
function putZeroThreshold(bits: BitWriter, threshold: number): void {
  const power = Math.log2(threshold)
  if (threshold === 0) bits.bits(0, 8)
  else if (power >= LEAST_POWER && power <= GREATEST_POWER && 2 ** power === threshold && Number.isInteger(power)) {
    bits.bits(power - LEAST_POWER + 1, 8)
  } else {
    bits.bits(OTHER_THRESHOLD, 8)
    putDouble(bits, threshold)
  }
}

const MOST_THOUSANDTHS = 33_554_430

/** Bounds that are whole thousandths, as people choose them, are written as such. */
function putBound(bits: BitWriter, bound: number): void {
  const thousandths = bound * 1000
  const whole = Math.round(thousandths)
  if (thousandths >= 0 && thousandths <= MOST_THOUSANDTHS && whole / 1000 === bound) {
    putVarbitUint(bits, whole + 1)
    return
  }
  bits.bits(0, 1)
  putDouble(bits, bound)
}

function putDouble(bits: BitWriter, value: number): void {
  bits.wideBits(...doubleWords(value), 64)
}
