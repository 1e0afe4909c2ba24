import { describe, expect, test } from 'vitest'
import { unixMs } from '../../core/time.ts'
import { searchParams } from './search-params.ts'
import { jaroWinklerScore, scorerOf, substringScore, subsequenceScore } from './search-scores.ts'
import type { SearchOptions } from './search-scores.ts'

const points = (text: string): number[] => Array.from(text, (one) => one.codePointAt(0) as number)

// Worked out by hand from the formula: runs squared, gaps against their share of the text, all by the pattern squared.
test.each([
  ['my awesome text', 'my awesome text', 1],
  ['my', 'my awesome text', (107 / 120) * 0.999],
  ['tex', 'my awesome text', (247 / 270) * 0.999],
  ['met', 'my awesome text', (43 / 90) * 0.999],
  ['bac', 'babac', (43 / 45) * 0.999],
  ['abc', '', 0],
  ['abcd', 'abc', 0],
  ['abc', 'éé', 0],
  ['ba', 'ab', 0],
  ['é😀', 'aé😀', ((4 - 1 / 3) / 4) * 0.999],
])('%s is in %s', (pattern, text, want) => {
  expect(subsequenceScore(points(pattern), points(text))).toBeCloseTo(want, 12)
})

// Jaro-Winkler's classic examples.
test.each([
  ['martha', 'marhta', 0.9611],
  ['dwayne', 'duane', 0.84],
  ['dixon', 'dicksonx', 0.8133],
  ['càfé', 'càfè', 0.8833],
  ['abc', 'xyz', 0],
  ['a', 'a', 1],
  ['', 'abc', 0],
])('%s is like %s', (a, b, want) => {
  expect(jaroWinklerScore(points(a), points(b))).toBeCloseTo(want, 4)
  expect(jaroWinklerScore(points(b), points(a))).toBeCloseTo(want, 4)
})

test.each([
  ['go', 'go_threads', 1],
  ['threads', 'go_threads', 0.1],
  ['b', 'abc', 0.55],
  ['b', 'ébc', 0.55],
])('%s begins early in %s', (part, text, want) => {
  expect(substringScore(part, text)).toBeCloseTo(want, 12)
})

test('what is no part of a text has no score', () => {
  expect(substringScore('x', 'abc')).toBeUndefined()
})

describe('a search', () => {
  const found = (options: Partial<SearchOptions>, ...texts: string[]): string[] => {
    const score = scorerOf({ terms: [], threshold: 0, algorithm: 'subsequence', caseSensitive: true, ...options })
    return texts.filter((text) => score(text) !== undefined)
  }

  test('without a term finds everything', () => {
    expect(found({ terms: ['', ''] }, 'a', 'b')).toEqual(['a', 'b'])
  })

  test('finds what any term finds', () => {
    expect(found({ terms: ['ab', 'cd'] }, 'axb', 'cd', 'dc')).toEqual(['axb', 'cd'])
  })

  test('minds case only when asked to', () => {
    expect(found({ terms: ['UP'] }, 'up', 'UP')).toEqual(['UP'])
    expect(found({ terms: ['UP', 'İ'], caseSensitive: false }, 'up', 'i', 'x')).toEqual(['up', 'i'])
  })

  test('leaves out what is less like it than the threshold; a beginning is always like it', () => {
    expect(found({ terms: ['met'], threshold: 0.6 }, 'my awesome text', 'metre')).toEqual(['metre'])
    expect(found({ terms: ['mimir'], threshold: 0.9, algorithm: 'jarowinkler' }, 'mimer', 'amimir', 'other')).toEqual([
      'mimer',
      'amimir',
    ])
    expect(found({ terms: ['mimir'], algorithm: 'jarowinkler' }, 'mimer', 'amimir')).toEqual(['amimir'])
  })
})

describe('its parameters', () => {
  const parse = (text: string): ReturnType<typeof searchParams> =>
    searchParams(new URLSearchParams(text), 'label_names', unixMs(7_200_000))

  test('have defaults: the last hour, a hundred', () => {
    expect(parse('')).toMatchObject({
      range: { start: 3_600_000, end: 7_200_001 },
      order: 'rising',
      includeScore: false,
      limit: 100,
      batchSize: 100,
    })
  })

  test.each([
    ['sort_by=alpha&sort_dir=dsc', 'falling'],
    ['sort_by=alpha', 'rising'],
    ['sort_by=score&search[]=a', 'best first'],
  ])('%s', (text, want) => {
    expect(parse(text).order).toBe(want)
  })

  test.each([
    ['start=2&end=1', 'end timestamp must not be before start timestamp'],
    ['start=x', `invalid time value for 'start': cannot parse "x" to a valid timestamp`],
    ['match[]={}', 'match[] must contain at least one non-empty matcher'],
    ['search[]=a&'.repeat(33), 'too many search[] terms: got 33, maximum is 32'],
    ['fuzz_threshold=101', 'invalid fuzz_threshold "101": must be 0-100'],
    ['fuzz_alg=soundex', 'unsupported fuzz_alg "soundex": must be one of [subsequence jarowinkler]'],
    ['case_sensitive=yes', 'invalid case_sensitive "yes": must be boolean'],
    ['sort_dir=asc', 'sort_dir is only valid when sort_by is set'],
    ['sort_by=score&sort_dir=asc', 'sort_dir is not supported for sort_by=score'],
    ['sort_by=alpha&sort_dir=up', 'invalid sort_dir "up": must be "asc" or "dsc"'],
    ['sort_by=score', 'sort_by=score requires search[] to be set'],
    ['sort_by=size', 'invalid sort_by "size" for label_names: must be "alpha" or "score"'],
    ['limit=0', 'invalid limit "0": must be a positive integer'],
    ['limit=10001', 'limit 10001 exceeds the configured maximum (10000, see --web.search.max-limit)'],
    ['batch_size=-1', 'invalid batch_size "-1": must be a positive integer'],
  ])('%s is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })
})
