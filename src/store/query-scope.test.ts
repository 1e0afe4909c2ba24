import { describe, expect, test } from 'vitest'
import { TestClock } from '../../test/support/test-clock.ts'
import { deferred } from '../core/deferred.ts'
import { durationMs } from '../core/time.ts'
import { QueryScope } from './query-scope.ts'

describe('QueryScope', () => {
  test('aborts with the reason of the first source that does', () => {
    const [one, two] = [new AbortController(), new AbortController()]
    const scope = new QueryScope([one.signal, two.signal], undefined, new TestClock())
    two.abort('second')
    one.abort('first')
    expect(scope.signal.reason).toBe('second')
  })

  test('is aborted from the start by a source that is', () => {
    expect(new QueryScope([AbortSignal.abort('over')], undefined, new TestClock()).signal.reason).toBe('over')
  })

  test('aborts after its time, not before, and not once it has ended', async () => {
    const clock = new TestClock()
    const late = new QueryScope([], durationMs(1500), clock)
    const ended = new QueryScope([], durationMs(1500), clock)
    ended.end()
    await clock.advance(1499)
    expect(late.signal.aborted).toBe(false)
    await clock.advance(1)
    expect(late.signal.reason).toMatchObject({
      code: 'store.query_timeout',
      message: expect.stringContaining('1.5 s') as string,
    })
    expect(ended.signal.aborted).toBe(false)
    expect(clock.sleepers).toBe(0)
  })

  test('lets go of its sources when it ends', () => {
    const source = new AbortController()
    const scope = new QueryScope([source.signal], undefined, new TestClock())
    scope.end()
    source.abort()
    expect(scope.signal.aborted).toBe(false)
  })

  test('does not wait for work once it is aborted', async () => {
    const source = new AbortController()
    const scope = new QueryScope([source.signal], undefined, new TestClock())
    expect(await scope.race(Promise.resolve(1))).toBe(1)
    const endless = scope.race(deferred().promise)
    const reason = new Error('enough')
    source.abort(reason)
    await expect(endless).rejects.toBe(reason)
    await expect(scope.race(Promise.resolve(1))).rejects.toBe(reason)
  })
})
