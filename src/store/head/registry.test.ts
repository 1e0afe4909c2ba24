import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LabelSet } from '../../model/labels.ts'
import type { Matcher } from '../../model/matcher.ts'
import { SeriesIdentity } from './identity.ts'
import { compileMatcher, matchSeries } from './matching.ts'
import { SeriesRegistry } from './registry.ts'

const identity = new SeriesIdentity()

function add(registry: SeriesRegistry, labels: Record<string, string>): number {
  const set = LabelSet.of(labels)
  return registry.add(set, identity.idOf(set))
}

const word = fc.constantFrom('a', 'b', 'ab', 'abc', 'é', '日本', 'a\nb', '.')
const labelSet = fc
  .dictionary(fc.constantFrom('x', 'y', 'z', 'job'), word, { maxKeys: 4 })
  .map((labels) => LabelSet.of({ __name__: labels['x'] ?? 'm', ...labels }))
const pattern = fc.constantFrom(
  'a',
  'a|b',
  '',
  '|a',
  '.*',
  '.+',
  'a.*',
  'a.+',
  '(a|ab)c?',
  '[^a]',
  '.',
  'a.b',
  'x{0,2}',
)
const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({
    name: fc.constantFrom('__name__', 'x', 'y', 'z', 'none'),
    op: fc.constantFrom('=', '!='),
    value: fc.oneof(word, fc.constant('')),
  }),
  fc.record({
    name: fc.constantFrom('__name__', 'x', 'y', 'z', 'none'),
    op: fc.constantFrom('=~', '!~'),
    value: pattern,
  }),
)

describe('the series registry', () => {
  test('finds exactly the series that match, as testing each label set does', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(labelSet, { selector: (set) => set.key(), maxLength: 40 }),
        fc.array(matcher, { maxLength: 4 }),
        (sets, selector) => {
          const registry = new SeriesRegistry()
          for (const set of sets) registry.add(set, identity.idOf(set))
          const tests = selector.map(compileMatcher)
          const want = sets.filter((set) => tests.every(({ name, test: passes }) => passes(set.get(name) ?? '')))
          const got = [...matchSeries(registry, selector)].map((ref) => registry.labelsOf(ref).key())
          expect(got.sort()).toEqual(want.map((set) => set.key()).sort())
        },
      ),
      { numRuns: 500 },
    )
  })

  test('answers the same after series have left and their refs were given out anew', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(labelSet, { selector: (set) => set.key(), minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.array(matcher, { maxLength: 3 }),
        (sets, turns, selector) => {
          const registry = new SeriesRegistry()
          const alive = new Map<string, number>()
          const register = (set: LabelSet): void => void alive.set(set.key(), registry.add(set, identity.idOf(set)))
          sets.forEach(register)
          for (const turn of turns) {
            const leaving = sets.filter((_, i) => (i + turn) % 3 === 0 && alive.has((sets[i] as LabelSet).key()))
            const refs = leaving.map((set) => alive.get(set.key()) as number)
            registry.retire(refs)
            for (const set of leaving) {
              expect(registry.labelsOf(alive.get(set.key()) as number).equals(set)).toBe(true)
              expect(registry.findById(identity.idOf(set))).toBeUndefined()
              alive.delete(set.key())
            }
            for (const _ of registry.reuse(refs)) continue
            leaving.slice(0, 1 + (turn % 5)).forEach(register)
          }
          expect(registry.count).toBe(alive.size)
          for (const set of sets) expect(registry.findById(identity.idOf(set))).toBe(alive.get(set.key()))
          const tests = selector.map(compileMatcher)
          const want = sets.filter(
            (set) => alive.has(set.key()) && tests.every(({ name, test: passes }) => passes(set.get(name) ?? '')),
          )
          const got = [...matchSeries(registry, selector)].map((ref) => registry.labelsOf(ref).key())
          expect(got.sort()).toEqual(want.map((set) => set.key()).sort())
        },
      ),
      { numRuns: 300 },
    )
  })

  test('forgets labels and values that no series has any more', () => {
    const registry = new SeriesRegistry()
    const gone = add(registry, { __name__: 'm', pod: 'p1', only: 'here' })
    add(registry, { __name__: 'm', pod: 'p2' })
    registry.retire([gone])
    for (const _ of registry.reuse([gone])) continue
    expect([...registry.labels()].map(({ name, size }) => [name, size])).toEqual([
      ['__name__', 1],
      ['pod', 1],
    ])
    expect(add(registry, { __name__: 'n' })).toBe(gone)
  })
})

describe('the identity of a series', () => {
  // Stored rows refer to these numbers: they never change.
  test('is what it has always been', () => {
    expect(identity.idOf(LabelSet.of({ __name__: 'up', job: 'node' }))).toEqual({ hi: 2564396114, lo: 1899472620 })
    expect(identity.idOf(LabelSet.of({ __name__: '온도', 'a.b': '\u{1f600}' }))).toEqual({
      hi: 2026460296,
      lo: 1705911281,
    })
  })

  test('does not take the end of a value for the start of the next name', () => {
    const f = (labels: Record<string, string>): string => JSON.stringify(identity.idOf(LabelSet.of(labels)))
    expect(f({ a: 'bc', d: 'e' })).not.toBe(f({ a: 'b', cd: 'e' }))
  })

  test('takes label sets of any length', () => {
    expect(identity.idOf(LabelSet.of({ __name__: 'x'.repeat(100_000) }))).not.toEqual(
      identity.idOf(LabelSet.of({ __name__: 'x' })),
    )
  })
})
