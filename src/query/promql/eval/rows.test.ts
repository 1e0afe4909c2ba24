import { describe, expect, test } from 'vitest'
import { rowsOf, vectorOf } from '../../../../test/support/step-vector.ts'
import {
  joined,
  merged,
  pickRows,
  repeated,
  sameRows,
  withDroppedNames,
  withoutEmptyRows,
  withoutMetadata,
} from './rows.ts'

const twins = vectorOf([{ __name__: 'a', x: '1' }, 1, undefined], [{ __name__: 'b', x: '1' }, undefined, 2])

describe('rows with the same labels', () => {
  test('are found with and without the metric name', () => {
    expect(sameRows(twins.labels, { nameless: false })).toBeUndefined()
    expect(sameRows(twins.labels, { nameless: true })).toEqual(Uint32Array.of(0, 0))
  })

  test('are told apart by labels that only some have', () => {
    const { labels } = vectorOf([{ x: '1' }, 1], [{ y: '1' }, 1], [{ x: '1', y: '1' }, 1], [{}, 1])
    expect(sameRows(labels, { nameless: true })).toBeUndefined()
  })

  test('become one where they have no step in common', () => {
    const nameless = { ...twins, labels: withoutMetadata(twins.labels) }
    expect(rowsOf(merged(nameless))).toEqual([[{ x: '1' }, 1, 2]])
  })

  test('are refused where they have', () => {
    const clash = vectorOf([{ x: '1' }, 1, 2], [{ x: '1' }, undefined, 3])
    expect(() => merged(clash)).toThrow('vector cannot contain metrics with the same labelset')
  })

  test('are found among thousands, whatever their order', () => {
    const many = Array.from(
      { length: 5000 },
      (_, i) => [{ __name__: `m${i % 7}`, i: `${i}`, j: `${i % 3}` }, i] as const,
    )
    expect(sameRows(vectorOf(...many).labels, { nameless: true })).toBeUndefined()
    const first = sameRows(vectorOf(...many, [{ __name__: 'other', i: '17', j: '2' }, 0]).labels, { nameless: true })
    expect(first?.[5000]).toBe(17)
    expect(first?.slice(0, 5000)).toEqual(Uint32Array.from({ length: 5000 }, (_, i) => i))
  })
})

test('names that are to be dropped go, the others stay', () => {
  const vector = { ...twins, dropName: Uint8Array.of(1, 0) }
  expect(rowsOf(withDroppedNames(vector)).map(([labels]) => labels)).toEqual([{ x: '1' }, { __name__: 'b', x: '1' }])
})

test('type and unit go with the name', () => {
  const { labels } = vectorOf([{ __name__: 'a', __type__: 'counter', __unit__: 'bytes', x: '1' }, 1])
  expect(withoutMetadata(labels).at(0).toRecord()).toEqual({ x: '1' })
})

test('rows without samples are left out', () => {
  expect(rowsOf(withoutEmptyRows(vectorOf([{ a: '1' }, undefined, undefined], [{ b: '1' }, undefined, 0])))).toEqual([
    [{ b: '1' }, undefined, 0],
  ])
})

test('rows are picked in any order', () => {
  expect(rowsOf(pickRows(twins, Uint32Array.of(1, 0)))).toEqual(rowsOf(twins).toReversed())
})

test('one step is repeated', () => {
  expect(rowsOf(repeated(vectorOf([{ a: '1' }, 5], [{ b: '1' }, undefined]), 3))).toEqual([
    [{ a: '1' }, 5, 5, 5],
    [{ b: '1' }, undefined, undefined, undefined],
  ])
})

test('parts follow each other, and so do their columns', () => {
  const whole = joined([twins, vectorOf([{ x: '2', y: '3' }, 7, 8])], 2)
  expect(rowsOf(whole)).toEqual([...rowsOf(twins), [{ x: '2', y: '3' }, 7, 8]])
  const { ids, valueOf } = whole.labels.column('x')
  expect(Array.from(ids, valueOf)).toEqual(['1', '1', '2'])
  expect(ids[0]).toBe(ids[1])
})
