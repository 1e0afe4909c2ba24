import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wantedWindows } from './pushdown.ts'

describe('wantedWindows', () => {
  test('hold just the times that a window of some step sees', () => {
    const whole = fc.integer({ min: 0, max: 40 })
    const step = fc.integer({ min: 1, max: 100 })
    fc.assert(
      fc.property(step, whole, whole, fc.integer({ min: 2, max: 5 }), (every, before, after, count) => {
        const times = Float64Array.from({ length: count }, (_, s) => 1000 + s * every)
        const windows = wantedWindows(times, before, after)
        if (windows === undefined) return
        const last = times.at(-1) as number
        for (let t = 1000 - before + 1; t <= last + after; t++) {
          const isSeen = times.some((end) => t > end - before && t <= end + after)
          expect((t - windows.from) % windows.every < windows.span).toBe(isSeen)
        }
      }),
    )
  })

  test.each([
    ['steps as long as the windows', [0, 300], 300],
    ['gaps that are shorter than the windows', [0, 500], 300],
    ['an instant', [0], 10],
    ['the same time at all steps', [7, 7, 7], 10],
  ])('there are none for %s', (_, times, before) => {
    expect(wantedWindows(Float64Array.from(times), before, 0)).toBeUndefined()
  })
})
