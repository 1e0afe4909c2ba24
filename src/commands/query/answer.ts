/** What the HTTP API of Prometheus answers, read into one shape for all printers. */
import { parseGoFloat } from '../../core/go-number.ts'

export type Labels = Readonly<Record<string, string>>

export interface HistogramAnswer {
  readonly count: number
  readonly sum: number
  readonly buckets: readonly {
    readonly boundaries: number
    readonly lower: number
    readonly upper: number
    readonly count: number
  }[]
}

export interface Point {
  /** UnixMs. */
  readonly time: number
  readonly value: number | HistogramAnswer
}

export interface AnsweredSeries {
  readonly labels: Labels
  readonly points: readonly Point[]
}

export type Value =
  | { readonly type: 'vector' | 'matrix'; readonly series: readonly AnsweredSeries[] }
  | { readonly type: 'scalar'; readonly point: { readonly time: number; readonly value: number } }
  | { readonly type: 'string'; readonly time: number; readonly value: string }

type RawPoint = readonly [time: number, value: string]
type RawHistogram = readonly [
  time: number,
  value: {
    readonly count: string
    readonly sum: string
    readonly buckets?: readonly (readonly [boundaries: number, lower: string, upper: string, count: string])[]
  },
]

interface RawSeries {
  readonly metric: Labels
  readonly value?: RawPoint
  readonly values?: readonly RawPoint[]
  readonly histogram?: RawHistogram
  readonly histograms?: readonly RawHistogram[]
}

export interface RawValue {
  readonly resultType: string
  readonly result: unknown
}

/** Throws an Error when `raw` is none of the four types. */
export function valueOf({ resultType, result }: RawValue): Value {
  switch (resultType) {
    case 'vector':
    case 'matrix':
      return { type: resultType, series: (result as readonly RawSeries[]).map(seriesOf) }
    case 'scalar':
      return { type: 'scalar', point: pointOf(result as RawPoint) }
    case 'string': {
      const [time, value] = result as RawPoint
      return { type: 'string', time: msOf(time), value }
    }
    default:
      throw new Error(`an answer of the unknown type ${JSON.stringify(resultType)}`)
  }
}

function seriesOf({ metric, value, values, histogram, histograms }: RawSeries): AnsweredSeries {
  const floats = values ?? (value === undefined ? [] : [value])
  const others = histograms ?? (histogram === undefined ? [] : [histogram])
  return { labels: metric, points: [...floats.map(pointOf), ...others.map(histogramOf)] }
}

function pointOf([time, value]: RawPoint): { time: number; value: number } {
  return { time: msOf(time), value: numberOf(value) }
}

function histogramOf([time, { count, sum, buckets = [] }]: RawHistogram): Point {
  const read = ([boundaries, lower, upper, inside]: readonly [
    number,
    string,
    string,
    string,
  ]): HistogramAnswer['buckets'][number] => ({
    boundaries,
    lower: numberOf(lower),
    upper: numberOf(upper),
    count: numberOf(inside),
  })
  return { time: msOf(time), value: { count: numberOf(count), sum: numberOf(sum), buckets: buckets.map(read) } }
}

function msOf(seconds: number): number {
  return Math.round(seconds * 1000)
}

function numberOf(text: string): number {
  const value = parseGoFloat(text)
  return typeof value === 'number' ? value : NaN
}
