import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { durationMs, unixMs } from '../../src/core/time.ts'
import { isStale, STALE_NAN } from '../../src/model/stale.ts'
import { migrate, loadMigrations } from '../../src/store/migrate.ts'
import { embeddedEngine, withFolder } from '../support/embedded-store.ts'
import { metricsStore, never, select, write } from '../support/metrics-store.ts'

const T = 1_700_000_000_000

describe('the metrics store', () => {
  test('keeps acknowledged samples over a restart without a flush, and over one with it', async () => {
    await withFolder(async (path) => {
      const engine = embeddedEngine(join(path, 'data'))
      await engine.start(never)
      await migrate(
        await loadMigrations(),
        { cluster: undefined },
        { engine, clock: systemClock, log: silentLog, signal: never },
      )
      const walFolder = join(path, 'wal')
      const first = metricsStore({ engine, walFolder })
      await first.start(never)
      const result = await write(first.consumer, [
        [{ __name__: 'up', job: 'a' }, T, 1],
        [{ __name__: 'up', job: 'b' }, T, 0],
        [{ __name__: 'up', job: 'a' }, T + 1000, STALE_NAN],
      ])
      expect(result).toEqual({ accepted: 3, rejected: 0, rejections: [] })
      const up = [{ name: '__name__', op: '=', value: 'up' }] as const
      const want = {
        'up{job="a"}': [
          [T, 1],
          [T + 1000, NaN],
        ],
        'up{job="b"}': [[T, 0]],
      }
      expect(await select(first.querier, up)).toEqual(want)
      const second = metricsStore({ engine, walFolder })
      await second.start(never)
      expect(await select(second.querier, up)).toEqual(want)
      await second.flush()
      const third = metricsStore({ engine, walFolder })
      await third.start(never)
      const got = await select(third.querier, up)
      expect(got).toEqual(want)
      expect(isStale(got['up{job="a"}']?.[1]?.[1] ?? 0)).toBe(true)
      third.head.raiseWatermark(T + 500)
      expect(await select(third.querier, up)).toEqual(want)
      await third.stop(AbortSignal.timeout(5000))
      await second.stop(AbortSignal.timeout(5000))
      await engine.stop(AbortSignal.timeout(5000))
    })
  })
})
