import { expect, test } from 'vitest'
import { adviceOf } from './advice.ts'

test.each([
  ['query timed out in expression evaluation', 503, 'timeout'],
  ['query processing would load too many samples into memory in query execution', 422, 'samples'],
  ['exceeded maximum resolution of 11,000 points per timeseries', 400, 'points'],
  ['vector cannot contain metrics with the same labelset', 422, 'labelset'],
  ['found duplicate series for the match group {} on the right hand-side', 422, 'manyToMany'],
  ['1:3: parse error: unexpected end of input', 400, 'syntax'],
  ['the store is busy', 503, 'busy'],
  ['something else', 400, undefined],
])('%s', (message, status, advice) => {
  expect(adviceOf({ kind: 'server', message, status })).toBe(advice)
})

test("a server that can't be reached has its own words", () => {
  expect(adviceOf({ kind: 'network', message: 'timeout', status: 0 })).toBeUndefined()
})
