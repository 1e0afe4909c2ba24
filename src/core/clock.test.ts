import { expect, test, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { durationMs } from './time.ts'

test('a sleep of months does not end at once', async () => {
  vi.useFakeTimers()
  try {
    let woken = false
    const months = durationMs(5 * 2 ** 31)
    const slept = systemClock.sleep(months, new AbortController().signal).then(() => (woken = true))
    await vi.advanceTimersByTimeAsync(months - 1)
    expect(woken).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toBe(true)
    await slept
  } finally {
    vi.useRealTimers()
  }
})

test('an aborted sleep leaves no timer behind', async () => {
  vi.useFakeTimers()
  try {
    const stop = new AbortController()
    const slept = systemClock.sleep(durationMs(3 * 2 ** 31), stop.signal)
    await vi.advanceTimersByTimeAsync(2 ** 31)
    stop.abort(new Error('enough'))
    await expect(slept).rejects.toThrow('enough')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
