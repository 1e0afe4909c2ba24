import type {
  BucketColumns,
  ExplainedNode,
  Grid,
  GridFrame,
  GridSeries,
  HistogramSample,
  InstantFrame,
  InstantRow,
  Labels,
  QueryFacts,
  RawSeries,
} from './frame.ts'

type Pair = readonly [number, string]
type HistogramPair = readonly [number, HistogramSample]

interface Matrix {
  readonly metric: Labels
  readonly values?: readonly Pair[]
  readonly histograms?: readonly HistogramPair[]
}

interface Vector {
  readonly metric: Labels
  readonly value?: Pair
  readonly histogram?: HistogramPair
}

/** The envelope of the Prometheus HTTP API. */
export interface Envelope<T> {
  readonly status: 'success' | 'error'
  readonly data: T
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

interface Beside {
  readonly explain?: ExplainedNode
  readonly stats?: {
    readonly timings?: { readonly execTotalTime?: number }
    readonly samples?: { readonly samplesRead?: number }
  }
}

export type QueryData = Beside &
  (
    | { readonly resultType: 'matrix'; readonly result: readonly Matrix[] }
    | { readonly resultType: 'vector'; readonly result: readonly Vector[] }
    | { readonly resultType: 'scalar' | 'string'; readonly result: Pair }
  )

/** A sample value in Prometheus' spelling. */
export function parseValue(text: string): number {
  if (text === '+Inf') return Infinity
  if (text === '-Inf') return -Infinity
  return Number(text)
}

/** Lays the answer of a range query onto its grid. Points are matched by their nearest grid time. */
export function decodeGrid(envelope: Envelope<QueryData>, grid: Grid): GridFrame {
  const length = Math.max(0, Math.floor((grid.end - grid.start) / grid.step + 1e-9) + 1)
  const times = new Float64Array(length)
  for (let i = 0; i < length; i++) times[i] = grid.start + i * grid.step
  const { data } = envelope
  const series = data.resultType === 'matrix' ? data.result.map((one) => gridSeries(one, grid, length)) : []
  return { times, series, facts: factsOf(envelope) }
}

function gridSeries(one: Matrix, grid: Grid, length: number): GridSeries {
  const values = new Float64Array(length).fill(NaN)
  const present = new Uint8Array(length)
  const put = (time: number, value: number): void => {
    const i = Math.round((time - grid.start) / grid.step)
    if (i < 0 || i >= length) return
    values[i] = value
    present[i] = 1
  }
  for (const [time, value] of one.values ?? []) put(time, parseValue(value))
  for (const [time, histogram] of one.histograms ?? []) put(time, parseValue(histogram.count))
  return { labels: one.metric, values, present, histograms: one.histograms?.length ?? 0, buckets: bucketsOf(one, grid) }
}

function bucketsOf({ histograms = [] }: Matrix, grid: Grid): BucketColumns | undefined {
  if (histograms.length === 0) return undefined
  const length = histograms.reduce((sum, [, { buckets = [] }]) => sum + buckets.length, 0)
  const columns = {
    point: new Int32Array(length),
    lower: new Float64Array(length),
    upper: new Float64Array(length),
    count: new Float64Array(length),
  }
  let at = 0
  for (const [time, { buckets = [] }] of histograms)
    for (const [, lower, upper, count] of buckets) {
      columns.point[at] = Math.round((time - grid.start) / grid.step)
      columns.lower[at] = parseValue(lower)
      columns.upper[at] = parseValue(upper)
      columns.count[at] = parseValue(count)
      at++
    }
  return columns
}

export function decodeInstant(envelope: Envelope<QueryData>): InstantFrame {
  const { data } = envelope
  const base = { kind: data.resultType, rows: [], raw: [], text: '', facts: factsOf(envelope) } as const
  switch (data.resultType) {
    case 'vector':
      return { ...base, rows: data.result.map(instantRow) }
    case 'matrix':
      return { ...base, raw: data.result.map(rawSeries) }
    case 'scalar':
      return { ...base, rows: [{ labels: {}, time: data.result[0], value: parseValue(data.result[1]) }] }
    case 'string':
      return { ...base, text: data.result[1] }
    default:
      return base
  }
}

function instantRow(one: Vector): InstantRow {
  if (one.histogram !== undefined) {
    const [time, histogram] = one.histogram
    return { labels: one.metric, time, value: parseValue(histogram.count), histogram }
  }
  const [time, value] = one.value ?? [0, 'NaN']
  return { labels: one.metric, time, value: parseValue(value) }
}

function rawSeries(one: Matrix): RawSeries {
  const floats = one.values ?? []
  const histograms = one.histograms ?? []
  const times = new Float64Array(floats.length + histograms.length)
  const values = new Float64Array(times.length)
  floats.forEach(([time, value], i) => {
    times[i] = time
    values[i] = parseValue(value)
  })
  const whole = new Map<number, HistogramSample>()
  histograms.forEach(([time, histogram], i) => {
    times[floats.length + i] = time
    values[floats.length + i] = parseValue(histogram.count)
    whole.set(floats.length + i, histogram)
  })
  return { labels: one.metric, times, values, histograms: whole }
}

function factsOf({ data: { explain, stats }, warnings = [], infos = [] }: Envelope<QueryData>): QueryFacts {
  const seconds = stats?.timings?.execTotalTime
  return {
    warnings,
    infos,
    explain,
    samples: stats?.samples?.samplesRead,
    serverMs: seconds === undefined ? undefined : seconds * 1000,
  }
}

/** The buffers of a frame, which a worker hands over instead of copying. */
export function buffersOf(frame: GridFrame): ArrayBuffer[] {
  const arrays = [frame.times, ...frame.series.flatMap(columnsOf)]
  return arrays.map((array) => array.buffer as ArrayBuffer)
}

const columnsOf = ({ values, present, buckets }: GridSeries) => [
  values,
  present,
  ...(buckets === undefined ? [] : [buckets.point, buckets.lower, buckets.upper, buckets.count]),
]
