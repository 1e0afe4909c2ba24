import { describe, expect, test } from 'vitest'
import { unixMs } from '../core/time.ts'
import type { Selector } from '../model/matcher.ts'
import type { TenantId } from '../model/tenant.ts'
import { metricHash } from './head/identity.ts'
import type { SeriesScope } from './metrics-sql.ts'
import { StoredIndex } from './stored-index.ts'
import { StoredList } from './stored-list.ts'

const DAY = 86_400_000
const tenant = 'a' as TenantId
const up: Selector = [{ name: '__name__', op: '=', value: 'up' }]
const anything: Selector = [{ name: 'job', op: '=', value: 'x' }]

const scope = (selector: Selector, firstDay: number, lastDay = firstDay): SeriesScope => ({
  tenant,
  selector,
  range: { start: unixMs(firstDay * DAY), end: unixMs(lastDay * DAY + 1) },
})
const list = (): StoredList => new StoredList(1, Uint32Array.of(7), Uint32Array.of(1, 2))

/** Looks up, and tells whether the list was read anew. */
async function isRead(index: StoredIndex, one: SeriesScope): Promise<boolean> {
  let read = false
  await index.find(one, () => {
    read = true
    return Promise.resolve(list())
  })
  return read
}

describe('StoredIndex', () => {
  test('remembers a selector for its days, and for days within them', async () => {
    const index = new StoredIndex()
    expect(await isRead(index, scope(up, 10, 11))).toBe(true)
    expect(await isRead(index, scope(up, 10, 11))).toBe(false)
    expect(await isRead(index, scope(up, 11))).toBe(false)
    expect(await isRead(index, scope(up, 12))).toBe(true)
    expect(await isRead(index, scope(anything, 10, 11))).toBe(true)
  })

  test('forgets what new series may belong to, and nothing else', async () => {
    const index = new StoredIndex()
    const read = async (): Promise<boolean[]> => [
      await isRead(index, scope(up, 10)),
      await isRead(index, scope(anything, 10)),
    ]
    await read()
    index.added({ tenant, days: new Set([11]), metrics: new Set([metricHash('up')]) })
    index.added({ tenant: 'b' as TenantId, days: new Set([10]), metrics: new Set([metricHash('up')]) })
    expect(await read()).toEqual([false, false])
    index.added({ tenant, days: new Set([10]), metrics: new Set([metricHash('down')]) })
    expect(await read()).toEqual([false, true])
    index.added({ tenant, days: new Set([10]), metrics: new Set([metricHash('up')]) })
    expect(await read()).toEqual([true, true])
  })

  test('does not remember a list to which a series may have been added while it was read', async () => {
    const index = new StoredIndex()
    await index.find(scope(up, 10), () => {
      index.added({ tenant, days: new Set([10]), metrics: new Set([metricHash('up')]) })
      return Promise.resolve(list())
    })
    expect(await isRead(index, scope(up, 10))).toBe(true)
  })
})
