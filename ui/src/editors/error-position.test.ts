import { describe, expect, test } from 'vitest'
import { errorPlace } from './error-position.ts'

describe('the place of an error', () => {
  const cases: [name: string, text: string, message: string, want: string | undefined][] = [
    ['is the word at line and column', 'up{job==1}', 'invalid parameter "query": 1:8: parse error: x', '='],
    ['counts lines', 'sum(\n  rat(x)\n)', '2:3: parse error: unknown function', 'rat'],
    ['at the end is the last character', 'up{', '1:4: parse error: unexpected end of input', '{'],
    ['is unknown without a position', 'up', 'query timed out', undefined],
    ['is unknown outside the text', 'up', '7:1: parse error', undefined],
  ]
  test.each(cases)('%s', (_, text, message, want) => {
    const place = errorPlace(text, message)
    expect(place && text.slice(place.from, place.to)).toBe(want)
  })
})
