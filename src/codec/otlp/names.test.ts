import { describe, expect, test } from 'vitest'
import { labelName } from './label-name.ts'
import { metricName } from './metric-name.ts'
import type { NamedType } from './metric-name.ts'
import { unitName } from './unit-name.ts'

const escaped = { utf8: false, suffixes: true }
const escapedBare = { utf8: false, suffixes: false }
const utf8 = { utf8: true, suffixes: true }
const untouched = { utf8: true, suffixes: false }

describe('metric names with underscores and suffixes', () => {
  const cases: [name: string, unit: string, type: NamedType, want: string | undefined][] = [
    ['http.server.duration', 's', 'other', 'http_server_duration_seconds'],
    ['memory usage', 'By', 'gauge', 'memory_usage_bytes'],
    ['requests', '1', 'monotonic', 'requests_total'],
    ['requests_total', '1', 'monotonic', 'requests_total'],
    ['total_requests', '', 'monotonic', 'requests_total'],
    ['cpu.utilization', '1', 'gauge', 'cpu_utilization_ratio'],
    ['ratio.of.hits', '1', 'gauge', 'of_hits_ratio'],
    ['queue.length', '1', 'other', 'queue_length'],
    ['disk.usage', '%', 'gauge', 'disk_usage_percent'],
    ['io', 'By/s', 'gauge', 'io_bytes_per_second'],
    ['io.bytes', 'By/s', 'gauge', 'io_bytes_per_second'],
    ['speed', 'm/s', 'gauge', 'speed_meters_per_second'],
    ['packets', '{packet}/s', 'monotonic', 'packets_per_second_total'],
    ['packets', '{packet}', 'monotonic', 'packets_total'],
    ['rate', '1/m', 'gauge', 'rate_per_minute'],
    ['odd', 'a/{b}', 'gauge', 'odd_a'],
    ['odd', 'foo bar', 'gauge', 'odd_foo_bar'],
    ['odd', '__x__y', 'gauge', 'odd_x_y'],
    ['odd', 'a_/s', 'gauge', 'odd_a_per_second'],
    ['odd', 'a/$', 'gauge', 'odd_a'],
    ['odd', ' ms / h ', 'gauge', 'odd_milliseconds_per_hour'],
    ['seconds.of.day', 's', 'gauge', 'seconds_of_day'],
    ['a__b___c', '', 'gauge', 'a_b_c'],
    ['_leading_', '', 'gauge', 'leading'],
    ['ns:sub.name', '', 'gauge', 'ns:sub_name'],
    ['2xx.responses', '', 'monotonic', '_2xx_responses_total'],
    ['溫度', 'Cel', 'gauge', 'celsius'],
    ['溫度', '', 'gauge', undefined],
    ['', '', 'gauge', undefined],
    ['___', '', 'gauge', undefined],
  ]
  test.each(cases)('%s in %s, %s, is %s', (name, unit, type, want) => {
    expect(metricName(name, unit, type, escaped)).toBe(want)
  })
})

describe('metric names under the other strategies', () => {
  const cases: [name: string, unit: string, type: NamedType, bare: string | undefined, full: string, own: string][] = [
    ['http.hits', '1', 'monotonic', 'http_hits', 'http.hits_total', 'http.hits'],
    ['http.hits.total', '1', 'monotonic', 'http_hits_total', 'http.hits_total', 'http.hits.total'],
    ['cpu.ratio', '1', 'gauge', 'cpu_ratio', 'cpu_ratio', 'cpu.ratio'],
    ['io', 'By/s', 'monotonic', 'io', 'io_bytes_per_second_total', 'io'],
    ['io.bytes', 'By', 'gauge', 'io_bytes', 'io.bytes', 'io.bytes'],
    ['io.per_second', 'By/s', 'gauge', 'io_per_second', 'io_bytes_per_second', 'io.per_second'],
    ['total', '', 'monotonic', 'total', 'total_total', 'total'],
    ['a@@b__c', '', 'gauge', 'a_b__c', 'a@@b__c', 'a@@b__c'],
    ['1st', '', 'gauge', '_1st', '1st', '1st'],
    ['é.x', 'x', 'gauge', 'x', 'é.x', 'é.x'],
    ['@_#_$_%', '', 'gauge', undefined, '@_#_$_%', '@_#_$_%'],
    ['__', '', 'gauge', '__', '__', '__'],
  ]
  test.each(cases)('%s in %s, %s', (name, unit, type, bare, full, own) => {
    expect(metricName(name, unit, type, utf8)).toBe(full)
    expect(metricName(name, unit, type, untouched)).toBe(own)
    expect(metricName(name, unit, type, escapedBare)).toBe(bare)
  })
})

describe('label names', () => {
  const preserving = { utf8: false, underscoreSanitization: true, preserveMultipleUnderscores: true }
  const collapsing = { utf8: false, underscoreSanitization: false, preserveMultipleUnderscores: false }
  const cases: [attribute: string, byDefault: string | undefined, collapsed: string | undefined][] = [
    ['http.method', 'http_method', 'http_method'],
    ['with:colon', 'with_colon', 'with_colon'],
    ['9lives', 'key_9lives', 'key_9lives'],
    ['_hidden', 'key_hidden', '_hidden'],
    ['.hidden', 'key_hidden', '_hidden'],
    ['__half', '__half', '_half'],
    ['__own__name__', '__own__name__', '__own_name__'],
    ['a..b__c', 'a__b__c', 'a_b_c'],
    ['end___', 'end___', 'end_'],
    ['字x', 'key_x', '_x'],
    ['字', 'key_', undefined],
    ['字字', undefined, undefined],
    ['', undefined, undefined],
    ['____', undefined, undefined],
  ]
  test.each(cases)('%s', (attribute, byDefault, collapsed) => {
    expect(labelName(attribute, preserving)).toBe(byDefault)
    expect(labelName(attribute, collapsing)).toBe(collapsed)
  })

  test('are kept as they are under UTF-8, but for nothing and underscores', () => {
    const naming = { ...preserving, utf8: true }
    expect(labelName('字.x', naming)).toBe('字.x')
    expect(labelName('__', naming)).toBeUndefined()
    expect(labelName('', naming)).toBeUndefined()
  })
})

describe('units of metadata', () => {
  const cases: [unit: string, want: string][] = [
    ['', ''],
    ['1', ''],
    ['s', 'seconds'],
    ['By/s', 'bytes_per_second'],
    ['{request}/s', 'per_second'],
    ['{request}', ''],
    ['requests/mo', 'requests_per_month'],
    ['_odd_', 'odd'],
  ]
  test.each(cases)('%s is %s', (unit, want) => expect(unitName(unit)).toBe(want))
})
