import { describe, expect, test } from 'vitest'
import { momentFormat, parseMoment } from './moment.ts'
import { binaryBytes, seconds, shortNumber } from './number.ts'
import { commonUnit, incrementsOf, unitOf } from './unit.ts'

describe('numbers', () => {
  const cases: [value: number, want: string][] = [
    [0, '0'],
    [12, '12'],
    [0.25, '0.25'],
    [1234, '1.234k'],
    [999_996, '1M'],
    [-4_560_000, '-4.56M'],
    [0.000071, '7.1e-5'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
  ]
  test.each(cases)('%s is %s', (value, want) => expect(shortNumber(value)).toBe(want))
})

describe('bytes and durations', () => {
  test('bytes are binary', () =>
    expect([1536, 0, 2 ** 30].map((one) => binaryBytes(one))).toEqual(['1.5 KiB', '0 B', '1 GiB']))

  const cases: [value: number, want: string][] = [
    [0, '0 s'],
    [3e-7, '300 ns'],
    [0.00035, '350 µs'],
    [0.0125, '12.5 ms'],
    [2.4, '2.4 s'],
    [200, '3 min 20 s'],
    [187_200, '2 d 4 h'],
    [-200, '−3 min 20 s'],
  ]
  test.each(cases)('%s s is %s', (value, want) => expect(seconds(value)).toBe(want))
})

describe('units', () => {
  const cases: [metric: string, stated: string, want: string][] = [
    ['http_request_duration_seconds', '', 'seconds'],
    ['http_request_duration_seconds_bucket', 'seconds', 'short'],
    ['http_request_duration_seconds_sum', '', 'seconds'],
    ['process_start_time_seconds', 'seconds', 'timestamp'],
    ['node_memory_MemFree_bytes', '', 'bytes'],
    ['node_network_receive_bytes_total', '', 'bytes'],
    ['system.memory.usage', 'By', 'bytes'],
    ['up', '', 'short'],
  ]
  test.each(cases)('%s stated as "%s" is %s', (metric, stated, want) => expect(unitOf(metric, stated)).toBe(want))
  test('differing units have none in common', () => expect(commonUnit(['bytes', 'seconds'])).toBe('short'))
  test('ticks of bytes are powers of two', () => expect(incrementsOf('bytes')).toContain(1024))
})

describe('moments', () => {
  const format = momentFormat('en', 'utc')
  const noon = Date.UTC(2026, 10, 24, 12, 0, 5, 123)

  test('have a 24-hour clock', () => expect(format.full(Date.UTC(2026, 0, 2, 0, 5))).toBe('2026-01-02 00:05:00'))
  test('keep milliseconds where asked to', () => expect(format.exact(noon)).toBe('2026-11-24 12:00:05.123'))
  test('are told relative to now', () => expect(format.ago(noon, noon + 125_000)).toBe('2 minutes ago'))
  test('are told in Korean', () => expect(momentFormat('ko', 'utc').ago(noon, noon + 125_000)).toBe('2분 전'))
  test('ticks show the day at midnight', () => expect(format.tick(Date.UTC(2026, 10, 24), 3600)).toBe('11-24'))
  test('ticks show seconds only when they are close', () =>
    expect([format.tick(noon, 60), format.tick(noon, 5)]).toEqual(['12:00', '12:00:05']))

  const texts: [text: string, want: number | undefined][] = [
    ['2026-11-24 12:00:05', noon - 123],
    ['2026-11-24T12:00', noon - 5123],
    ['2026-11-24', Date.UTC(2026, 10, 24)],
    ['yesterday', undefined],
    ['', undefined],
  ]
  test.each(texts)('"%s" is read', (text, want) => expect(parseMoment(text, 'utc')).toBe(want))
})
