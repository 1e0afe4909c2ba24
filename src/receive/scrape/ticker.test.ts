import { expect, test } from 'vitest'
import { durationMs } from '../../core/time.ts'
import type { Clock } from '../../core/clock.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import { Ticker } from './ticker.ts'

const signal = new AbortController().signal
const INTERVAL = durationMs(10_000)
const PHASE = durationMs(3000)

/** Seconds since the clock's round start, of the ticks that happen while it advances by the given steps (late by `work`). */
async function ticks(count: number, work: (tick: number) => number): Promise<number[]> {
  const clock = new TestClock(1_000_000)
  const ticker = new Ticker(INTERVAL, PHASE, clock)
  const times: number[] = []
  const run = (async () => {
    for (let i = 0; i < count; i++) {
      times.push(((await ticker.next(signal)) - 1_000_000) / 1000)
      const busy = work(i)
      if (busy > 0) await clock.sleep(durationMs(busy), signal)
    }
  })()
  await clock.advance(count * 30_000)
  await run
  return times
}

test('ticks in its phase, whatever a scrape takes', async () => {
  expect(await ticks(4, (i) => i * 3000)).toEqual([3, 13, 23, 33])
})

test('makes up for one missed tick at once, and leaves out the others', async () => {
  expect(await ticks(4, (i) => (i === 0 ? 14_000 : 0))).toEqual([3, 17, 23, 33])
  expect(await ticks(3, (i) => (i === 0 ? 35_000 : 0))).toEqual([3, 38, 43])
})

test('waits a whole interval rather than none', async () => {
  const clock = new TestClock(1_000_000)
  const first = new Ticker(INTERVAL, durationMs(0), clock).next(signal)
  expect(clock.untilNext).toBe(10_000)
  await clock.advance(10_000)
  expect(await first).toBe(1_010_000)
})

test('stamps a tick that is up to two milliseconds off with its exact time', async () => {
  for (const [off, want] of [
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 3],
    [-1, 0],
    [-3, -3],
  ] as const) {
    const inner = new TestClock(1_000_000)
    let skew = 0
    const clock: Clock = {
      now: () => (inner.now() + skew) as never,
      monotonic: () => inner.monotonic(),
      sleep: (duration, stop) => inner.sleep(duration, stop),
      after: (duration, run) => inner.after(duration, run),
    }
    const ticker = new Ticker(INTERVAL, PHASE, clock)
    const first = ticker.next(signal)
    await inner.advance(3000)
    await first
    skew = off
    const next = ticker.next(signal)
    await inner.advance(10_000)
    expect((await next) - 1_013_000).toBe(want)
  }
})

test('follows a wall clock that is set back', async () => {
  const inner = new TestClock(1_000_000)
  let skew = 0
  const clock: Clock = {
    now: () => (inner.now() + skew) as never,
    monotonic: () => inner.monotonic(),
    sleep: (duration, stop) => inner.sleep(duration, stop),
    after: (duration, run) => inner.after(duration, run),
  }
  const ticker = new Ticker(INTERVAL, PHASE, clock)
  const first = ticker.next(signal)
  await inner.advance(3000)
  await first
  skew = -60_000
  for (const want of [953_000, 963_000]) {
    const next = ticker.next(signal)
    await inner.advance(10_000)
    expect(await next).toBe(want)
  }
})
