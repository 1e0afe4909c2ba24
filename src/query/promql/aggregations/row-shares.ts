/** A place between 0 and 1 for each label set, spread evenly and always the same: what limit_ratio chooses by. */
import type { LabelColumns } from '../../../signals/metrics.ts'

/** Of a row: at least 0, below 1. */
export function shareOf(labels: LabelColumns, row: number): number {
  const key = labels.at(row).key()
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x5f356495)
  }
  return (mixed(high ^ (low >>> 13)) * 0x200000 + (mixed(low ^ (high >>> 11)) >>> 11)) / 2 ** 53
}

/** The last bits of a hash come into all of them. */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
