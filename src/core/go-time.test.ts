import { describe, expect, test } from 'vitest'
import { formatDuration, formatTime, STRING_LAYOUT, ZERO_TIME } from './go-time.ts'

const time = { nanos: 1_136_239_445_012_345_600n, offset: -25_200, zone: 'MST' }

describe('times in layouts of Go', () => {
  test.each([
    ['Mon Jan _2 15:04:05 2006', 'Mon Jan  2 15:04:05 2006'],
    ['Monday, 02-Jan-06 15:04:05 MST', 'Monday, 02-Jan-06 15:04:05 MST'],
    ['2006-01-02T15:04:05.999999999Z07:00', '2006-01-02T15:04:05.0123456-07:00'],
    ['3:04PM 03:04pm', '3:04PM 03:04pm'],
    ['1/2/06 15h4m5s', '1/2/06 15h4m5s'],
    ['05.000 05,000000 05.99', '05.012 05,012345 05.01'],
    ['002 __2 _2006', '002   2 _2006'],
    ['-0700 -07:00 -07 Z0700 -07:00:00', '-0700 -07:00 -07 -0700 -07:00:00'],
    ['January Jan Janus Monday Month', 'January Jan Janus Monday Month'],
  ])('%s', (layout, text) => {
    expect(formatTime(time, layout)).toBe(text)
  })

  test('the zero time', () => {
    expect(formatTime(ZERO_TIME, STRING_LAYOUT)).toBe('0001-01-01 00:00:00 +0000 UTC')
    expect(formatTime({ nanos: -1n, offset: 0, zone: 'UTC' }, STRING_LAYOUT)).toBe(
      '1969-12-31 23:59:59.999999999 +0000 UTC',
    )
  })

  test.each([
    [0n, '0s'],
    [1n, '1ns'],
    [1_500n, '1.5µs'],
    [2_000_000n, '2ms'],
    [1_500_000_000n, '1.5s'],
    [60_000_000_000n, '1m0s'],
    [-3_661_010_000_000n, '-1h1m1.01s'],
  ])('%d ns are %s', (nanos, text) => {
    expect(formatDuration(nanos)).toBe(text)
  })
})
