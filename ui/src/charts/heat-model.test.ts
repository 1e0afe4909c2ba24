import { describe, expect, test } from 'vitest'
import type { BucketColumns, GridFrame, GridSeries } from '../data/frame.ts'
import { heatModel, placeOf } from './heat-model.ts'

const facts = { warnings: [], infos: [], explain: undefined, samples: undefined, serverMs: undefined }
const series = (labels: Record<string, string>, values: readonly number[], buckets?: BucketColumns): GridSeries => ({
  labels,
  values: Float64Array.from(values),
  present: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)),
  histograms: buckets === undefined ? 0 : values.length,
  buckets,
})
const frame = (...all: GridSeries[]): GridFrame => ({ times: Float64Array.of(10, 20), series: all, facts })

describe('a heatmap of classic buckets', () => {
  test('takes cumulative counts apart, whatever their order, and sums over other labels', () => {
    const model = heatModel(
      frame(
        series({ le: '+Inf', pod: 'a' }, [10, 10]),
        series({ le: '0.1', pod: 'a' }, [4, 1]),
        series({ le: '0.5', pod: 'a' }, [9, 3]),
        series({ le: '0.1', pod: 'b' }, [1, NaN]),
        series({ le: '0.5', pod: 'b' }, [1, NaN]),
        series({ le: '+Inf', pod: 'b' }, [1, NaN]),
      ),
    )
    expect(model?.rows.map(({ lower, upper }) => [lower, upper])).toEqual([
      [0, 0.1],
      [0.1, 0.5],
      [0.5, Infinity],
    ])
    expect(model?.cells.map((row) => [...row])).toEqual([
      [5, 1],
      [5, 2],
      [1, 7],
    ])
    expect(model?.span).toEqual([1, 7])
  })

  test('has gaps where nothing is known, and never less than nothing', () => {
    const model = heatModel(frame(series({ le: '1' }, [5, NaN]), series({ le: '2' }, [4, NaN])))
    expect(model?.cells.map((row) => [...row])).toEqual([
      [5, NaN],
      [0, NaN],
    ])
  })

  test('is none without buckets', () => {
    expect(heatModel(frame(series({ pod: 'a' }, [1, 2])))).toBeUndefined()
    expect(heatModel(frame(series({ le: '1' }, [1, 2])))).toBeUndefined()
  })
})

describe('a heatmap of native histograms', () => {
  const buckets: BucketColumns = {
    point: Int32Array.of(0, 0, 1),
    lower: Float64Array.of(1, 2, 8),
    upper: Float64Array.of(2, 4, 16),
    count: Float64Array.of(3, 4, 5),
  }

  test('stands on a logarithmic axis, with the gaps between buckets left open', () => {
    const model = heatModel(frame(series({}, [7, 5], buckets)))
    expect(model?.rows.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.25],
      [0.25, 0.5],
      [0.75, 1],
    ])
    expect(model?.cells.map((row) => [...row])).toEqual([
      [3, 0],
      [4, 0],
      [0, 5],
    ])
    expect(placeOf(model?.rows ?? [], Math.SQRT2)).toBeCloseTo(0.125)
    expect(placeOf(model?.rows ?? [], 5)).toBeUndefined()
  })

  test('puts neighbours together when there are too many to see', () => {
    const many = Array.from({ length: 300 }, (_, i) => 1.05 ** i)
    const wide: BucketColumns = {
      point: Int32Array.from(many, () => 0),
      lower: Float64Array.from(many),
      upper: Float64Array.from(many, (one) => one * 1.05),
      count: Float64Array.from(many, () => 1),
    }
    const model = heatModel(frame(series({}, [300, NaN], wide)))
    expect(model?.rows.length).toBe(75)
    expect(model?.cells.every((row) => row[0] === 4)).toBe(true)
  })
})
