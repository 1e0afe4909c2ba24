import { describe, expect, test } from 'vitest'
import { colourIndexes } from './colour.ts'
import { valueRange } from './value-range.ts'
import { chartModel, lonelyPoints, stacked, statsOf } from './model.ts'

const facts = { warnings: [], infos: [], explain: undefined, samples: undefined, serverMs: undefined }
const series = (labels: Record<string, string>, ...values: number[]) => ({
  labels,
  values: Float64Array.from(values),
  present: Uint8Array.from(values, () => 1),
  histograms: 0,
  buckets: undefined,
})

describe('colours', () => {
  test('a series keeps its colour whatever else there is', () => {
    const [alone] = colourIndexes(['a'])
    expect(colourIndexes(['a', 'b', 'c'])[0]).toBe(alone)
  })

  test('ten series have ten colours', () => {
    expect(new Set(colourIndexes(Array.from({ length: 10 }, (_, i) => `series ${i}`))).size).toBe(10)
  })
})

describe('the value axis', () => {
  const cases: [name: string, min: number, max: number, zero: boolean, want: [number, number]][] = [
    ['starts at zero when values are near it', 1, 10, false, [0, 10.72]],
    ['leaves zero out when values are far from it', 900, 1000, false, [892, 1008]],
    ['starts at zero when told to', 900, 1000, true, [0, 1008]],
    ['goes up to zero for negative values near it', -10, -1, false, [-10.72, 0]],
    ['holds values of both signs', -5, 5, true, [-5.8, 5.8]],
    ['has zero at its foot when all is zero', 0, 0, false, [0, 1]],
    ['has a flat line in its middle', 10, 10, false, [5, 15]],
  ]
  test.each(cases)('%s', (_, min, max, zero, want) => expect(valueRange(min, max, zero)).toEqual(want))
})

describe('chart model', () => {
  test('names series by what tells them apart', () => {
    const frame = {
      times: Float64Array.of(1, 2),
      facts,
      series: [series({ __name__: 'up', job: 'a', x: '1' }, 1, 2), series({ __name__: 'up', job: 'b', x: '1' }, 3, 4)],
    }
    const model = chartModel(frame, 50)
    expect(model.series.map(({ name }) => name)).toEqual(['{job="a"}', '{job="b"}'])
    expect(model.common).toEqual({ __name__: 'up', x: '1' })
  })

  test('leaves series over the limit out, and says how many there were', () => {
    const frame = {
      times: Float64Array.of(1),
      facts,
      series: Array.from({ length: 5 }, (_, i) => series({ i: String(i) }, i)),
    }
    const model = chartModel(frame, 2)
    expect([model.series.length, model.total]).toEqual([2, 5])
  })

  test('draws no infinities and no NaN, but keeps them apart from values', () => {
    const frame = { times: Float64Array.of(1, 2, 3), facts, series: [series({}, Infinity, NaN, 1)] }
    expect(chartModel(frame, 1).series[0]?.values).toEqual([null, null, 1])
  })

  test('statistics skip gaps', () => {
    expect(statsOf([null, 2, null, 4])).toEqual({ last: 4, min: 2, max: 4, mean: 3 })
    expect(statsOf([null])).toEqual({ last: undefined, min: undefined, max: undefined, mean: undefined })
  })

  test('a sample between gaps is lonely', () => {
    expect(lonelyPoints([1, null, 2, null, 3, 3])).toEqual([0, 2])
  })

  test('stacks add up, and a gap adds nothing', () => {
    expect(
      stacked([
        [1, 2],
        [3, null],
        [1, 1],
      ]),
    ).toEqual([
      [1, 2],
      [4, null],
      [5, 3],
    ])
  })
})
