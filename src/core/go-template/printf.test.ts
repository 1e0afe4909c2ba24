import { describe, expect, test } from 'vitest'
import { sprintf } from './print/printf.ts'
import { formatFloat } from './print/float.ts'
import { STRING, stringMap, Typed, INT, pointerTo } from './value.ts'
import type { GoType, GoValue } from './value.ts'

const POINT: GoType = { name: 'test.Point', kind: 'struct', fields: { X: INT, Name: STRING } }
const point = new Typed(POINT, { X: 1n, Name: 'a' })
const TEMPERATURE: GoType = { name: 'test.Temperature', kind: 'int', text: ({ raw }) => `${String(raw)}°` }

describe('printf as Go has it', () => {
  test.each<readonly [string, readonly GoValue[], string]>([
    ['%v %v %v %v', [1n, 1, 'a', true], '1 1 a true'],
    ['%v %v %v', [1e6, 123456789, 1e21], '1e+06 1.23456789e+08 1e+21'],
    ['%v %v %v', [100000, 0.0001, 0.00001], '100000 0.0001 1e-05'],
    ['%d|%5d|%-5d|%05d|%+d|% d', [1n, 2n, 3n, -4n, 5n, 6n], '1|    2|3    |-0004|+5| 6'],
    [
      '%x %X %#x %o %#o %O %b %c %q %U %#U',
      [255n, 255n, 255n, 8n, 8n, 8n, 5n, 65n, 65n, 0x1f600n, 65n],
      "ff FF 0xff 10 010 0o10 101 A 'A' U+1F600 U+0041 'A'",
    ],
    [
      '%f %.2f %8.3f|%-8.1f|%08.1f|%+.1f',
      [1.5, 1.005, 3.24159, 2.5, -1.25, 1],
      '1.500000 1.00    3.242|2.5     |-00001.2|+1.0',
    ],
    ['%e %.1e %E', [123456, 0.05, 1], '1.234560e+05 5.0e-02 1.000000E+00'],
    ['%g %.3g %.3g %G', [1e-7, 1234, 0.00012345, 1e30], '1e-07 1.23e+03 0.000123 1E+30'],
    ['%.0f %.0f %.0f %.1f', [0.5, 1.5, 2.5, 0.25], '0 2 2 0.2'],
    ['%6.2f%%', [99.5], ' 99.50%'],
    ['%f %v %5.1f|%05.1f', [Infinity, -Infinity, NaN, Infinity], '+Inf -Inf   NaN| +Inf'],
    [
      '%s|%5s|%-5s|%.2s|%q|%x|% X|%#q',
      ['a', 'b', 'c', 'défg', 'e"f', 'hi', 'hi', 'g'],
      'a|    b|c    |dé|"e\\"f"|6869|68 69|`g`',
    ],
    ['%t %5t', [true, false], 'true false'],
    ['%v %+v %#v %T', [point, point, point, point], '{1 a} {X:1 Name:a} test.Point{X:1, Name:"a"} test.Point'],
    ['%v', [new Typed(pointerTo(POINT), point)], '&{1 a}'],
    ['%v %d %s', [new Typed(TEMPERATURE, 3n), new Typed(TEMPERATURE, 3n), new Typed(TEMPERATURE, 3n)], '3° 3 3°'],
    [
      '%v %q %#v',
      [
        ['a', 1n],
        ['a', 'b'],
        ['a', null],
      ],
      '[a 1] ["a" "b"] []interface {}{"a", interface {}(nil)}',
    ],
    [
      '%v %#v',
      [
        stringMap([
          ['b', '2'],
          ['a', '1'],
        ]),
        stringMap([['a', '1']]),
      ],
      'map[a:1 b:2] map[string]string{"a":"1"}',
    ],
    ['%v %s %d', [null, null, null], '<nil> %!s(<nil>) %!d(<nil>)'],
    ['%d %t %s', ['a', 1n, 1.5], '%!d(string=a) %!t(int=1) %!s(float64=1.5)'],
    ['%d', [], '%!d(MISSING)'],
    ['%d', [1n, 'x'], '1%!(EXTRA string=x)'],
    ['%z %', [1n], '%!z(int=1) %!(NOVERB)'],
    ['%*d|%-*d|%.*f', [4n, 1n, 4n, 2n, 1n, 2.25], '   1|2   |2.2'],
    ['%[2]d %[1]d', [1n, 2n], '2 1'],
    ['%[3]d', [1n], '%!d(BADINDEX)'],
    ['%x', [1.5], '0x1.8p+00'],
  ])('%s', (format, args, output) => {
    expect(sprintf(format, args)).toBe(output)
  })

  test('floats are rounded from all of their digits', () => {
    expect(formatFloat(5e-324, 'f', -1)).toBe(`0.${'0'.repeat(323)}5`)
    expect(formatFloat(1e23, 'e', 25)).toBe('9.9999999999999991611392000e+22')
    expect(formatFloat(Number.MAX_VALUE, 'f', 0)).toHaveLength(309)
    expect(formatFloat(0.1, 'f', 20)).toBe('0.10000000000000000555')
    expect(formatFloat(9.995, 'f', 2)).toBe('9.99')
    expect(formatFloat(999.96, 'g', 4)).toBe('1000')
    expect(formatFloat(-0, 'g', -1)).toBe('-0')
  })
})
