import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChangeLog } from './changes.ts'

describe('the log of changes', () => {
  test('tells the oldest time that was touched since a mark', () => {
    const log = new ChangeLog(1_000)
    const first = log.since(undefined)
    expect(first).toEqual({ mark: 1_000, oldestChange: -Infinity })
    expect(log.since(first.mark).oldestChange).toBe(Infinity)
    log.note(50_000)
    const second = log.since(first.mark)
    expect(second).toEqual({ mark: 1_001, oldestChange: 50_000 })
    log.note(90_000)
    log.note(70_000) // reaches further back: the write before it does not matter any more
    expect(log.since(second.mark).oldestChange).toBe(70_000)
    expect(log.since(first.mark).oldestChange).toBe(50_000)
    expect(log.since(log.since(undefined).mark).oldestChange).toBe(Infinity)
  })

  test('takes a write without rows for none', () => {
    const log = new ChangeLog(0)
    log.note(Infinity)
    expect(log.since(0)).toEqual({ mark: 0, oldestChange: Infinity })
  })

  test('knows nothing of marks that it did not give out', () => {
    const log = new ChangeLog(1_000)
    log.note(1)
    expect(log.since(999).oldestChange).toBe(-Infinity)
    expect(log.since(1_002).oldestChange).toBe(-Infinity)
  })

  test('never answers with a newer time than was touched, however many writes there were', () => {
    const write = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 2_000 }).map((late) => ({ late, count: 1 })) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 5_000_000 }).map((late) => ({ late, count: 1 })) },
      { weight: 1, arbitrary: fc.constant({ late: 0, count: 1_500 }) },
    )
    fc.assert(
      fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
        const log = new ChangeLog(0)
        const times: number[] = []
        let now = 10_000_000
        for (const { late, count } of writes) {
          for (let i = 0; i < count; i++) {
            now += 1_500
            times.push(now - late)
            log.note(now - late)
          }
        }
        let oldest = Infinity
        for (let mark = times.length; mark >= 0; mark--) {
          const said = log.since(mark).oldestChange
          expect(said).toBeLessThanOrEqual(oldest)
          // For recent marks it is close, too.
          const isRecent = mark > times.length - 500 && oldest < Infinity
          expect(!isRecent || said >= oldest - 1_000).toBe(true)
          oldest = Math.min(oldest, times[mark - 1] ?? Infinity)
        }
      }),
      { numRuns: 50 },
    )
  })
})
