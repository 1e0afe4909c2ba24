/**
 * The identity of a series in the store, fixed for ever: stored rows refer to it.
 *
 * `id` is the first 8 bytes of SHA-256 over `name 0xFF value 0xFF ...` in the label set's own order (sorted by UTF-8 bytes).
 * 0xFF never occurs in UTF-8, so no two label sets have the same encoding. `metric` is the first 4 bytes of SHA-256 of the
 * metric name. Both are read as big-endian numbers. A cryptographic hash, because label sets come from strangers: nobody can
 * aim two series at one id more cheaply than by trying 2^32 of them, and `SeriesRegistry` compares the labels even so.
 */
import { hash } from 'node:crypto'
import type { LabelSet } from '../../model/labels.ts'

/** A 64-bit id as two unsigned halves, so that no bigint is made per series. */
export interface SeriesId {
  readonly hi: number
  readonly lo: number
}

const SEPARATOR = 0xff

/** Keeps a scratch buffer, so that a label set is encoded without a new one each time. One a registry. */
export class SeriesIdentity {
  #scratch = Buffer.allocUnsafe(4096)

  idOf(labels: LabelSet): SeriesId {
    const { pairs } = labels
    let room = pairs.length
    for (const part of pairs) room += part.length * 3
    if (room > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(room * 2)
    let at = 0
    for (const part of pairs) {
      at += this.#scratch.write(part, at)
      this.#scratch[at++] = SEPARATOR
    }
    // "binary" is the cheapest way to have the bytes: a Buffer a digest costs more than the hash.
    const digest = hash('sha256', this.#scratch.subarray(0, at), 'binary')
    return { hi: wordAt(digest, 0), lo: wordAt(digest, 4) }
  }
}

/** The 32-bit hash of a metric name by which the tables are ordered. */
export function metricHash(name: string): number {
  return wordAt(hash('sha256', name, 'binary'), 0)
}

function wordAt(digest: string, at: number): number {
  const high = (digest.charCodeAt(at) << 8) | digest.charCodeAt(at + 1)
  return high * 65_536 + ((digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3))
}
