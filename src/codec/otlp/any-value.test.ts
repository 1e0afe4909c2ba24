import { describe, expect, test } from 'vitest'
import { encodeMetricsRequest } from '../../../test/support/otlp-message.ts'
import type { AnyValue } from '../../../test/support/otlp-message.ts'
import { ProtoReader } from '../protobuf.ts'
import { anyValueText } from './any-value.ts'

/** The bytes of a value, cut out of a request that has nothing else. */
function text(value: AnyValue): string {
  const reader = new ProtoReader(
    encodeMetricsRequest({ resourceMetrics: [{ resource: { attributes: [{ key: '', value }] }, scopeMetrics: [] }] }),
  )
  for (let depth = 0; depth < 3; depth++) {
    reader.next()
    reader.enter()
  }
  while (reader.next())
    if (reader.field === 2) return anyValueText(reader)
    else reader.skip()
  throw new Error('no value')
}
const array = (...values: AnyValue[]): AnyValue => ({ arrayValue: { values } })
const map = (...values: [string, AnyValue][]): AnyValue => ({
  kvlistValue: { values: values.map(([key, value]) => ({ key, value })) },
})

describe('an attribute value as text', () => {
  const cases: [name: string, value: AnyValue, want: string][] = [
    ['text', { stringValue: 'a "b" <c>' }, 'a "b" <c>'],
    ['true', { boolValue: true }, 'true'],
    ['an integer', { intValue: '-9223372036854775808' }, '-9223372036854775808'],
    ['a whole double', { doubleValue: 3 }, '3'],
    ['a small double', { doubleValue: 1e-7 }, '1e-7'],
    ['a large double', { doubleValue: 1e21 }, '1e+21'],
    ['minus zero', { doubleValue: -0 }, '-0'],
    ['NaN', { doubleValue: 'NaN' }, 'NaN'],
    ['bytes', { bytesValue: '3q2+7w==' }, '3q2+7w=='],
    ['an empty array', array(), '[]'],
    [
      'an array',
      array({ stringValue: 'x<y&\u2028' }, { intValue: '1' }, { doubleValue: 0.5 }, { boolValue: false }),
      '["x<y&\\u2028",1,0.5,false]',
    ],
    ['bytes in an array', array({ bytesValue: 'AQI=' }), '["AQI="]'],
    [
      'a map, sorted',
      map(
        ['b', { intValue: '2' }],
        ['a', array({ stringValue: 'x' })],
        ['\u{1f600}', { intValue: '3' }],
        ['\uffee', { intValue: '4' }],
      ),
      '{"a":["x"],"b":2,"\uffee":4,"\u{1f600}":3}',
    ],
    ['a map with a key twice', map(['a', { intValue: '1' }], ['a', { intValue: '2' }]), '{"a":2}'],
    ['an array with NaN, which JSON has not', array({ doubleValue: 'NaN' }), ''],
  ]
  test.each(cases)('%s', (_, value, want) => expect(text(value)).toBe(want))

  test('no value is an empty text, and null within JSON', () => {
    expect(anyValueTextOf(Buffer.from([0x0a, 0x00]))).toBe('')
    expect(anyValueTextOf(Buffer.from([0x0a, 0x04, 0x2a, 0x02, 0x0a, 0x00]))).toBe('[null]')
  })

  test('nesting has an end', () => {
    let value: AnyValue = { intValue: '1' }
    for (let i = 0; i < 40; i++) value = array(value)
    expect(() => text(value)).toThrow('nested beyond')
  })
})

function anyValueTextOf(bytes: Buffer): string {
  const reader = new ProtoReader(bytes)
  reader.next()
  return anyValueText(reader)
}
