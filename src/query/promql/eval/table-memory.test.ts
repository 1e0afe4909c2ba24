import { expect, test } from 'vitest'
import { LabelSet } from '../../../model/labels.ts'
import { LabelList } from './label-columns.ts'
import { TableMemory } from './table-memory.ts'
import { ABSENT, setFloat } from './vector.ts'

const labelsOf = (rows: number): LabelList => new LabelList(Array.from({ length: rows }, () => LabelSet.EMPTY))

test('a table that was given back is absent throughout when it is taken again, with as many cells as asked for', () => {
  const tables = new TableMemory()
  const first = tables.table(labelsOf(100), 30)
  for (let cell = 0; cell < first.kinds.length; cell++) setFloat(first, cell, cell)
  tables.give(first)
  const second = tables.table(labelsOf(90), 30)
  expect(second.values.buffer).toBe(first.values.buffer)
  expect([second.kinds.length, second.values.length, second.steps]).toEqual([2_700, 2_700, 30])
  expect(second.kinds.every((kind) => kind === ABSENT)).toBe(true)
})

test('a table is nobody else’s, and a small one holds no large memory', () => {
  const tables = new TableMemory()
  const first = tables.table(labelsOf(100), 30)
  expect(tables.table(labelsOf(100), 30).values.buffer).not.toBe(first.values.buffer)
  tables.give(first)
  expect(tables.table(labelsOf(49), 30).values.buffer).not.toBe(first.values.buffer)
  expect(tables.table(labelsOf(101), 30).values.buffer).not.toBe(first.values.buffer)
})
