import { expect, test } from 'vitest'
import { BlockMemory } from '../sample-block.ts'
import { CELL_BYTES, CellArena, openHeadMemory, VALUES } from './cells.ts'
import type { CellId } from './cells.ts'

const SLAB = 4_096

function marked(arena: CellArena, mark: number): CellId {
  const id = arena.take()
  arena.slabOf(id).f64[arena.wordOf(id) + VALUES] = mark
  return id
}

test('cells lie in the memory as long as there is room, and go on in memory of their own', () => {
  const arena = new CellArena(openHeadMemory(2.5 * SLAB * CELL_BYTES))
  const ids = Array.from({ length: 3 * SLAB }, (_, i) => marked(arena, i))
  expect(ids.filter((id) => arena.isBulk(id)).length).toBe(2 * SLAB - 1) // 0 is none
  expect(ids.every((id, i) => arena.slabOf(id).f64[arena.wordOf(id) + VALUES] === i)).toBe(true)
})

test('an arena without such a memory has no cell that the kernel can read', () => {
  const arena = new CellArena()
  expect(arena.isBulk(arena.take())).toBe(false)
})

test('each reader has a column of its own, given back or not, and one from elsewhere when all are in use', () => {
  const memory = openHeadMemory(0)
  const blocks = new BlockMemory(memory)
  const taken = Array.from({ length: 70 }, () => blocks.take())
  for (const [i, { values }] of taken.entries()) values.fill(i)
  expect(taken.every(({ values }, i) => values.every((value) => value === i))).toBe(true)
  expect(taken.filter(({ values }) => memory.holds(values)).length).toBe(64)
  for (const columns of taken) blocks.give(columns)
  const again = Array.from({ length: 70 }, () => blocks.take())
  expect(again.filter(({ values }) => memory.holds(values)).length).toBe(64)
})
