import { describe, expect, test } from 'vitest'
import { quickOf, resolveRange, shifted, widened, zoomedTo } from './range.ts'

const NOW = 1_800_000_000_000

describe('ranges', () => {
  const cases: [from: string, to: string, want: [start: number, end: number]][] = [
    ['now-1h', 'now', [NOW / 1000 - 3600, NOW / 1000]],
    ['now-1h30m', 'now-30m', [NOW / 1000 - 5400, NOW / 1000 - 1800]],
    ['1700000000000', '1700003600000', [1_700_000_000, 1_700_003_600]],
    ['rubbish', 'now', [NOW / 1000 - 3600, NOW / 1000]],
    ['now', 'now-1h', [NOW / 1000 - 3600, NOW / 1000]],
  ]
  test.each(cases)('%s to %s', (from, to, [start, end]) => {
    expect(resolveRange({ from, to }, NOW)).toEqual({ start, end })
  })

  test('shift by half their length', () => {
    expect(shifted({ start: 1000, end: 2000 }, -1, NOW)).toEqual({ from: '500000', to: '1500000' })
  })

  test('never shift beyond now', () => {
    const end = NOW / 1000
    expect(shifted({ start: end - 100, end: end - 10 }, 1, NOW)).toEqual({
      from: String(NOW - 90_000),
      to: String(NOW),
    })
  })

  test('a live range stays live when widened, a fixed one keeps its middle', () => {
    expect(widened({ from: 'now-1h', to: 'now' }, { start: 0, end: 3600 })).toEqual({ from: 'now-2h', to: 'now' })
    expect(widened({ from: '1', to: '2' }, { start: 1000, end: 2000 })).toEqual({ from: '500000', to: '2500000' })
  })

  test('zooming keeps at least a second', () => expect(zoomedTo(5, 5.2)).toEqual({ from: '5000', to: '6000' }))
  test('only ranges up to now are quick', () =>
    expect([quickOf({ from: 'now-5m', to: 'now' }), quickOf({ from: 'now-5m', to: 'now-1m' })]).toEqual([
      '5m',
      undefined,
    ]))
})
