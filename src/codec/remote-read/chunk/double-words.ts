import type { NativeHistogram } from '../../../model/histogram.ts'
import { STALE_HI, STALE_LO } from '../../../model/stale.ts'

/** The two words of a histogram's sum; a staleness marker's exact bits. */
export function sumWords({ stale, sum }: NativeHistogram): readonly [hi: number, lo: number] {
  return stale ? [STALE_HI, STALE_LO] : doubleWords(sum)
}

export function doubleWords(value: number): readonly [hi: number, lo: number] {
  const [lo, hi] = new Uint32Array(Float64Array.of(value).buffer)
  return [hi as number, lo as number]
}
