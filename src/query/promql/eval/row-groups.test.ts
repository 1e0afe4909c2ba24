import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LabelSet } from '../../../model/labels.ts'
import { LabelList } from './label-columns.ts'
import { RowGroups } from './row-groups.ts'

const NAMES = ['a', 'b', 'c', 'd']
const labelSet = fc
  .dictionary(fc.constantFrom(...NAMES), fc.constantFrom('x', 'y', 'z', 'yz'), { maxKeys: 4 })
  .map((labels) => LabelSet.of(labels))
const lists = fc.array(fc.array(labelSet, { maxLength: 8 }), { maxLength: 4 })

test.each(['only', 'all-but'] as const)('rows are in one group when they agree (%s), over all lists', (kind) => {
  fc.assert(
    fc.property(lists, fc.subarray(NAMES), (parts, labels) => {
      const groups = new RowGroups({ kind, labels })
      const known = new Map<string, number>()
      for (const sets of parts) {
        const got = groups.of(new LabelList(sets))
        for (const [row, set] of sets.entries()) {
          const kept = [...set.entries()].filter(([name]) => labels.includes(name) === (kind === 'only'))
          const key = JSON.stringify(kept)
          if (!known.has(key)) known.set(key, known.size)
          expect(got[row]).toBe(known.get(key))
        }
      }
      expect(groups.size).toBe(known.size)
    }),
  )
})

test('many groups', () => {
  const sets = Array.from({ length: 5_000 }, (_, i) =>
    LabelSet.of({ a: String(i % 100), b: String(Math.floor(i / 100)) }),
  )
  const groups = new RowGroups({ kind: 'only', labels: ['a', 'b'] })
  expect([...groups.of(new LabelList(sets))]).toEqual(sets.map((_, i) => i))
})
