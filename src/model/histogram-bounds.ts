/** Where the buckets of native histograms end. */
import { CUSTOM_BUCKETS_SCHEMA } from './histogram.ts'
import type { NativeHistogram } from './histogram.ts'

/** Upper bound of the bucket with this index. */
export function upperBound({ schema, customValues }: NativeHistogram, index: number): number {
  if (schema !== CUSTOM_BUCKETS_SCHEMA) return exponentialBound(index, schema)
  if (index < 0) return -Infinity
  return index < customValues.length ? (customValues[index] as number) : Infinity
}

/**
 * Upper bound of the bucket with this index in an exponential schema: 2^(index * 2^-schema), to the bit as Prometheus has it.
 * Follows getBoundExponential, prometheus/model/histogram/generic.go.
 */
export function exponentialBound(index: number, schema: number): number {
  // The largest finite bucket ends at the largest float.
  if (schema < 0) return finite(2 ** (index * 2 ** -schema), index * 2 ** -schema)
  const perPower = 2 ** schema
  const fraction = ((index % perPower) + perPower) % perPower
  const exponent = (index - fraction) / perPower
  const factor = FRACTIONS[schema]?.[fraction] ?? NaN
  // In two steps where 2 ** exponent alone would vanish: only the last one rounds.
  if (exponent < -1074) return factor * 2 ** (exponent + 61) * 2 ** -60
  return finite(factor * 2 * 2 ** exponent, fraction === 0 ? exponent : 0)
}

function finite(bound: number, exponent: number): number {
  return exponent === 1024 ? Number.MAX_VALUE : bound
}

/**
 * 2^(i/n - 1) for the n = 2^schema buckets of each power of two. Every second one is that of the coarser schema, the others are
 * one growth factor on: rounded in these steps, as in Prometheus' table, and not one by one.
 */
const FRACTIONS: readonly (readonly number[])[] = fractions()

function fractions(): number[][] {
  const levels = [[0.5], [0.5, 1 / Math.SQRT2]]
  for (let schema = 2; schema <= 8; schema++) {
    const growth = 2 ** (1 / 2 ** schema)
    levels.push((levels[schema - 1] ?? []).flatMap((bound) => [bound, bound * growth]))
  }
  return levels
}
