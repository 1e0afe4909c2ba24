import { describe, expect, test } from 'vitest'
import { rowsOf, vectorOf } from '../../../test/support/step-vector.ts'
import { Telemetry } from '../../core/telemetry.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { Grid } from './eval/grid.ts'
import { gapsAround, joinedRanges, RangeCache } from './range-cache.ts'
import type { CachedRange } from './range-cache.ts'

const TENANT = 't' as TenantId
const NOW_ONLY = { ahead: 0, fixed: -Infinity }

/** A cache over a store whose changes the test tells. */
class Scene {
  mark = 0
  readonly writes: { readonly mark: number; readonly time: number }[] = []
  readonly cache: RangeCache

  constructor(maxBytes = 1e6) {
    this.cache = new RangeCache(maxBytes, {
      telemetry: new Telemetry(),
      changes: (_tenant, since = Infinity) => ({
        mark: this.mark,
        oldestChange: Math.min(Infinity, ...this.writes.filter(({ mark }) => mark > since).map(({ time }) => time)),
      }),
    })
  }

  write(time: number): void {
    this.writes.push({ mark: ++this.mark, time })
  }

  keep(grid: Grid, reads = NOW_ONLY, key = 'q'): void {
    this.cache.keep(TENANT, key, resultOver(grid), { mark: this.mark, reads })
  }

  times(grid: Grid, key = 'q'): number[] | undefined {
    const found = this.cache.find(TENANT, key, grid)
    return found && (rowsOf(found.vector)[0]?.slice(1) as number[])
  }
}

/** One series whose value is the time. */
function resultOver(grid: Grid): CachedRange {
  const values = Array.from({ length: grid.count }, (_, s) => grid.start + s * grid.step)
  return { grid, vector: vectorOf([{ a: '1' }, ...values]), warnings: ['w'], infos: [] }
}

const grid = (start: number, count: number, step = 10): Grid => ({ start, step, count })

describe('the cache of range results', () => {
  test('has all steps of the same query again', () => {
    const scene = new Scene()
    scene.keep(grid(100, 5))
    expect(scene.times(grid(100, 5))).toEqual([100, 110, 120, 130, 140])
    expect(scene.times(grid(110, 2))).toEqual([110, 120])
  })

  test('has the part that overlaps, when it is worth it', () => {
    const scene = new Scene()
    scene.keep(grid(100, 10))
    expect(scene.times(grid(120, 20))).toEqual([120, 130, 140, 150, 160, 170, 180, 190])
    expect(scene.times(grid(60, 8))).toEqual([100, 110, 120, 130])
    expect(scene.times(grid(60, 7))).toBeUndefined()
    expect(scene.times(grid(300, 4))).toBeUndefined()
  })

  test('has nothing for other queries, tenants, steps, and steps that fall on other times', () => {
    const scene = new Scene()
    scene.keep(grid(100, 5))
    expect(scene.times(grid(100, 5), 'other')).toBeUndefined()
    expect(scene.cache.find('u' as TenantId, 'q', grid(100, 5))).toBeUndefined()
    expect(scene.times(grid(101, 5))).toBeUndefined()
    expect(scene.times(grid(100, 5, 20))).toBeUndefined()
  })

  test('forgets steps that a write since could have changed, late or not', () => {
    const scene = new Scene()
    scene.write(90)
    scene.keep(grid(100, 10))
    scene.write(151)
    expect(scene.times(grid(100, 10))).toEqual([100, 110, 120, 130, 140, 150])
    scene.write(150)
    expect(scene.times(grid(100, 10))).toEqual([100, 110, 120, 130, 140])
    scene.write(5)
    expect(scene.times(grid(100, 10))).toBeUndefined()
  })

  test('counts in how far ahead of a step samples are read', () => {
    const scene = new Scene()
    scene.keep(grid(100, 10), { ahead: 15, fixed: -Infinity })
    scene.write(160)
    expect(scene.times(grid(100, 10))).toEqual([100, 110, 120, 130, 140])
    const delayed = new Scene()
    delayed.keep(grid(100, 10), { ahead: -20, fixed: -Infinity })
    delayed.write(120)
    expect(delayed.times(grid(100, 10))).toEqual([100, 110, 120, 130])
  })

  test('forgets all of what reads a fixed time that was written to', () => {
    const scene = new Scene()
    scene.keep(grid(100, 5), { ahead: 0, fixed: 900 })
    scene.write(901)
    expect(scene.times(grid(100, 5))).toHaveLength(5)
    scene.write(900)
    expect(scene.times(grid(100, 5))).toBeUndefined()
  })

  test('lets the least recently used go, and keeps nothing that is too large', () => {
    const size = 5 * 9 + 400
    const scene = new Scene(size * 4)
    for (const key of ['a', 'b', 'c', 'd']) scene.keep(grid(100, 5), NOW_ONLY, key)
    expect(scene.times(grid(100, 5), 'a')).toHaveLength(5)
    scene.keep(grid(100, 5), NOW_ONLY, 'e')
    expect(scene.times(grid(100, 5), 'b')).toBeUndefined()
    for (const key of ['a', 'c', 'd', 'e']) expect(scene.times(grid(100, 5), key), key).toHaveLength(5)
    scene.keep(grid(100, 6), NOW_ONLY, 'f')
    expect(scene.times(grid(100, 6), 'f')).toBeUndefined()
  })

  test('knows what is missing around what it has, and puts it together', () => {
    const whole = grid(80, 10)
    const { before, known, behind } = gapsAround(whole, resultOver(grid(100, 5)))
    expect([before, known.grid, behind]).toEqual([grid(80, 2), grid(100, 5), grid(150, 3)])
    const parts = [resultOver(grid(80, 2)), known, resultOver(grid(150, 3))]
    expect(joinedRanges(parts, whole)).toEqual({ ...resultOver(whole), vector: expect.anything() as unknown })
    expect(rowsOf(joinedRanges(parts, whole).vector)).toEqual(rowsOf(resultOver(whole).vector))
    expect(gapsAround(whole, resultOver(whole))).toMatchObject({ before: undefined, behind: undefined })
  })

  test('has no single step evaluated alone', () => {
    const { before, known, behind } = gapsAround(grid(90, 8), resultOver(grid(100, 6)))
    expect([before, known.grid, behind]).toEqual([grid(90, 2), grid(110, 4), grid(150, 2)])
    expect(rowsOf(known.vector)).toEqual(rowsOf(resultOver(grid(110, 4)).vector))
  })
})
