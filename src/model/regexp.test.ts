import * as fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { checkLabelRegexp, compileCapturingRegexp, compileLabelRegexp } from './regexp.ts'

describe('expressions with groups', () => {
  const cases: [pattern: string, value: string, want: readonly string[] | undefined][] = [
    ['(.*)', 'a\nb', ['a\nb', 'a\nb']],
    ['(.+)', '', undefined],
    ['app_(.+)', 'app_x', ['app_x', 'x']],
    ['app_(.+)', 'app_', undefined],
    ['app_(.*)', 'app_', ['app_', '']],
    ['(a|b)', 'b', ['b', 'b']],
    ['x(a|b)', 'xb', ['xb', 'b']],
    ['a|(b)', 'a', ['a', '']],
    ['ab*(c)', 'ac', ['ac', 'c']],
    ['ab?(c)', 'ac', ['ac', 'c']],
    ['(?i)a(.)', 'AB', ['AB', 'B']],
    ['', '', ['']],
    ['', 'a', undefined],
    ['()', '', ['', '']],
  ]
  test.each(cases)('%s on %j', (pattern, value, want) => {
    expect(compileCapturingRegexp(pattern).exec(value)).toEqual(want)
  })

  test('have names', () => {
    expect(compileCapturingRegexp('(?P<x>.)(.)(?P<y>.)').names).toEqual({ x: 1, y: 3 })
  })

  test('refuse what RE2 refuses', () => {
    for (const pattern of ['a(b', '(?=a)', '\\1', 'a**'])
      expect(() => compileCapturingRegexp(pattern)).toThrow(/error parsing regexp/)
  })
})

test('no short cut answers otherwise than the engine', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    'ab',
    '.',
    '.*',
    '.+',
    '(.*)',
    '(.+)',
    '(a|b)',
    '|',
    'a?',
    'b*',
    '[ab]',
    '_',
    '()',
  )
  const pattern = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '_', '\n', 'é'), maxLength: 5 })
  fc.assert(
    fc.property(pattern, value, (source, text) => {
      let engine
      try {
        engine = RE2JS.compile(`^(?s:${source})$`)
      } catch {
        return
      }
      const match = engine.matcher(text)
      const want = match.find()
        ? Array.from({ length: match.groupCount() + 1 }, (_, i) => match.group(i) ?? '')
        : undefined
      const got = compileCapturingRegexp(source)
      expect([got.test(text), compileLabelRegexp(source).test(text)]).toEqual([want !== undefined, want !== undefined])
      // A group that took no part is as good as an empty one; so is one behind the last that the pattern has.
      expect(got.exec(text)?.map(String)).toEqual(want)
    }),
    { numRuns: 500 },
  )
})

test('shapes answer as the engine does', () => {
  const text = fc.constantFrom('a', 'b', 'ab', 'k', 'S', '\\.', '-', 'é', '😀')
  const gap = fc.constantFrom('.*', '.+', '.*?', '.')
  const group = fc.constantFrom('(a|b)', '(?:ab|)', '(a.*|.+b)', '(a)?', '[ab.]', '[a-c]?', 'a?', '^', '$', '|')
  const body = fc.array(fc.oneof(text, gap, group), { maxLength: 6 }).map((pieces) => pieces.join(''))
  const around = fc.constantFrom(
    (one: string) => one,
    (one) => `(?i)${one}`,
    (one) => `(?i:${one})`,
    (one) => `(?s:${one})`,
  )
  const pattern = fc.tuple(around, body).map(([wrap, one]) => wrap(one))
  const value = fc.string({
    unit: fc.constantFrom('a', 'b', 'A', 'K', '\u212a', 's', 'ſ', '.', '-', '\n', 'é', '😀'),
    maxLength: 7,
  })
  fc.assert(
    fc.property(pattern, value, (source, one) => {
      expect(compileLabelRegexp(source).test(one)).toBe(RE2JS.compile(`^(?s:${source})$`).matches(one))
    }),
    { numRuns: 3000 },
  )
})

test('literals are told for sets, also those within groups and with escapes', () => {
  const cases: [pattern: string, want: readonly string[] | undefined][] = [
    ['a|b', ['a', 'b']],
    ['10\\.0\\.(1|2)', ['10.0.1', '10.0.2']],
    ['^(?:a|b)c?$', ['ac', 'a', 'bc', 'b']],
    ['node-[0-2]', ['node-0', 'node-1', 'node-2']],
    ['(?i)a', undefined],
    ['a.*', undefined],
    ['', ['']],
  ]
  for (const [pattern, want] of cases) expect([pattern, compileLabelRegexp(pattern).literals]).toEqual([pattern, want])
})

test('no pattern makes a program without bounds', () => {
  for (const pattern of ['(a{1000}){1000}', '((a{100}){100}){100}', '.{0,1000}'.repeat(100), '(x{1000}|y){900}']) {
    expect(() => compileLabelRegexp(pattern)).toThrow(/error parsing regexp/)
  }
  expect(compileLabelRegexp('[a-z]{1,63}').test('a'.repeat(63))).toBe(true)
})

describe('checking without compiling', () => {
  const PIECES = [
    'a',
    '.',
    '.*',
    'b+',
    'c??',
    '\\.',
    '\\d',
    '|',
    '(',
    ')',
    ')*',
    '^',
    '$',
    '*',
    '[a-z]',
    '{2}',
    '\\',
    '(?i)',
    '-',
    ':',
  ]

  test('agrees with compiling', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }), (pieces) => {
        const pattern = pieces.join('')
        expect(failureOf(() => checkLabelRegexp(pattern))).toBe(failureOf(() => void compileLabelRegexp(pattern)))
      }),
      { numRuns: 2000 },
    )
  })

  test('sees a group that is closed before it is opened', () => {
    expect(() => checkLabelRegexp('a)|(b')).toThrow('unexpected )')
    expect(() => compileLabelRegexp('a)|(b')).toThrow('unexpected )')
  })
})

function failureOf(run: () => void): string {
  try {
    run()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
