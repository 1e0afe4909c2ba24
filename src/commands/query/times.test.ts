import { describe, expect, test } from 'vitest'
import { parseStep, parseTime } from './times.ts'

describe('times', () => {
  const cases: [text: string, want: number][] = [
    ['1435781451.781', 1435781451781],
    ['-1.5', -1500],
    ['2015-07-01T20:10:51.781Z', 1435781451781],
    ['2015-07-02T05:10:51.781+09:00', 1435781451781],
    ['now', 10_000_000],
    ['now-1h30m', 10_000_000 - 5_400_000],
    ['now+5s', 10_005_000],
  ]
  test.each(cases)('%s', (text, want) => {
    expect(parseTime(text, '--time', 10_000_000)).toBe(want)
  })

  test.each(['', 'yesterday', '2015-07-01', 'now-', 'now-x', 'NaN', 'Inf'])('%j is refused', (text) => {
    expect(() => parseTime(text, '--time', 0)).toThrow(`option --time: cannot parse ${JSON.stringify(text)}`)
  })
})

describe('steps', () => {
  const cases: [text: string, want: number][] = [
    ['15s', 15_000],
    ['1h30m', 5_400_000],
    ['1.5m', 90_000],
    ['0.5', 500],
    ['1d', 86_400_000],
  ]
  test.each(cases)('%s', (text, want) => {
    expect(parseStep(text, '--step')).toBe(want)
  })

  test.each(['', '0', '-1', 'often', 'NaN'])('%j is refused', (text) => {
    expect(() => parseStep(text, '--step')).toThrow('option --step: not a duration')
  })
})
