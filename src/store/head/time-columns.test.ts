import { expect, test } from 'vitest'
import { CELL_BYTES } from './cells.ts'
import { ChunkArena } from './chunks.ts'
import { SeriesSamples } from './samples.ts'

const SERIES = 50
const refs = Array.from({ length: SERIES }, (_, ref) => ref)

function open(): { arena: ChunkArena; samples: SeriesSamples; put: (ref: number, t: number) => void } {
  const arena = new ChunkArena()
  const samples = new SeriesSamples(arena)
  samples.reserve(SERIES)
  return { arena, samples, put: (ref, t) => samples.insert(ref, t, Float64Array.of(ref + t), 0) }
}

/** Cells beyond those of the values. */
const columns = (arena: ChunkArena): number => arena.bytes / CELL_BYTES - arena.chunks

test('series that are sampled together share their times, scrape by scrape', () => {
  const { arena, put } = open()
  for (let t = 0; t < 64; t++) for (const ref of refs) put(ref, t * 15_000)
  expect([arena.chunks, columns(arena)]).toEqual([2 * SERIES, 2])
})

test('series that are read in one after the other share them as well', () => {
  const { arena, put } = open()
  for (const ref of refs) for (let t = 0; t < 64; t++) put(ref, t * 15_000)
  expect(columns(arena)).toBe(2)
})

test('targets that begin together have times of their own, and what a scrape missed concerns nobody else', () => {
  const { arena, put } = open()
  const missed = (ref: number, t: number): boolean => ref === 7 && t === 5
  for (let t = 0; t < 32; t++)
    for (const ref of refs) if (!missed(ref, t)) put(ref, t === 0 ? 0 : t * 15_000 + (ref % 2))
  expect(columns(arena)).toBe(3)
  expect(arena.timesOf(1)).not.toBe(0)
})

test('a late sample of all of them, and its removal, make one column more at most', () => {
  const { arena, samples, put } = open()
  for (let t = 0; t < 20; t++) for (const ref of refs) put(ref, t * 15_000)
  for (const ref of refs) put(ref, 7)
  expect(columns(arena)).toBe(1)
  for (const ref of refs.slice(0, 10)) samples.remove(ref, 7)
  expect(columns(arena)).toBe(2)
  for (const ref of refs) samples.forget(ref)
  expect(arena.bytes).toBe(0)
})
