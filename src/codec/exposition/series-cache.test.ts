import { array, assert, constantFrom, property, record, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeriesCache, viewOf } from './series-cache.ts'

const slotOf = (cache: SeriesCache, key: string): number => {
  const bytes = Buffer.from(key)
  return cache.find(bytes, viewOf(bytes), 0, bytes.length)
}
const addTo = (cache: SeriesCache, key: string): number => cache.add(Buffer.from(key), 0, Buffer.byteLength(key))

describe('SeriesCache', () => {
  test('gives dense slots, and finds them by their bytes only', () => {
    const cache = new SeriesCache()
    expect(['a', 'b', 'a{}'].map((key) => addTo(cache, key))).toEqual([0, 1, 2])
    expect(['b', 'a{}', 'a', 'c', ''].map((key) => slotOf(cache, key))).toEqual([1, 2, 0, -1, -1])
  })

  test('guesses the slot that followed last time', () => {
    const cache = new SeriesCache()
    addTo(cache, 'up')
    addTo(cache, 'down')
    cache.rewind()
    const page = viewOf(Buffer.from('up 1\ndown 2\n'))
    expect([cache.guess(page, 0), cache.guess(page, 5), cache.guess(page, 10)]).toEqual([0, 1, -1])
  })

  test('learns a new order of the page', () => {
    const cache = new SeriesCache()
    for (const key of ['a', 'b', 'c']) addTo(cache, key)
    cache.rewind()
    for (const key of ['c', 'a', 'b']) slotOf(cache, key)
    cache.rewind()
    const page = viewOf(Buffer.from('c a b'))
    expect([0, 2, 4].map((at) => cache.guess(page, at))).toEqual([2, 0, 1])
  })

  test('forgets series, and gives their slots out again', () => {
    const cache = new SeriesCache()
    for (const key of ['a', 'b', 'c']) addTo(cache, key)
    cache.remove([1])
    expect([slotOf(cache, 'b'), cache.size, addTo(cache, 'd'), slotOf(cache, 'd')]).toEqual([-1, 2, 1, 1])
  })

  test('holds what a map holds, through thousands of changes', () => {
    const key = string({ minLength: 1, maxLength: 20 })
    const step = record({ add: array(key, { maxLength: 200 }), kind: constantFrom('keep', 'drop') })
    assert(
      property(array(step, { maxLength: 20 }), (steps) => {
        const cache = new SeriesCache()
        const model = new Map<string, number>()
        for (const { add, kind } of steps) {
          for (const one of add) if (!model.has(one)) model.set(one, addTo(cache, one))
          if (kind === 'keep') continue
          const gone = [...model].filter(([, slot]) => slot % 2 === 0)
          cache.remove(gone.map(([, slot]) => slot))
          for (const [one] of gone) model.delete(one)
        }
        expect(new Set(model.values()).size).toBe(model.size)
        for (const [one, slot] of model) expect(slotOf(cache, one)).toBe(slot)
      }),
      { numRuns: 30 },
    )
  })
})
