/**
 * Answers of queries as JSON bytes, in slices: the caller may give the event loop back after each chunk. Points go straight from
 * columns to bytes. Follows web/api/v1/json_codec.go, prometheus@v3.14.
 */
import { Buffer } from 'node:buffer'
import { timeAt } from '../../query/promql/eval/grid.ts'
import { ABSENT, FLOAT, HISTOGRAM, histogramAt } from '../../query/promql/eval/vector.ts'
import type { StepVector } from '../../query/promql/eval/vector.ts'
import type { HistogramPoint, QueryValue, ResultSeries } from '../../query/promql/result.ts'
import { Chunks } from './chunks.ts'
import type { BufferPool } from './chunks.ts'
import { MAX_CELLS } from './point-writer.ts'
import type { PointWriter } from './point-writer.ts'
import { histogramJson, pointJson } from './result-json.ts'
import { rowLabels } from './row-labels.ts'
import { formatTimestamp } from './timestamp.ts'

export interface Encoding {
  /** Text in front of the members `resultType` and `result`, and behind them. */
  readonly before: string
  readonly after: string
  /** Rows at most; 0 = all. */
  readonly limit: number
  /** Whose buffers the chunks are. */
  readonly buffers: BufferPool
}

/** How many series a value has. */
export function rowCount(value: QueryValue): number {
  if (value.type === 'samples') return value.series.length
  return 'vector' in value ? value.vector.labels.size : 0
}

/**
 * The members `resultType` and `result` of a value, in chunks of a megabyte, each made within a few milliseconds. Several
 * encodings may take turns with one `PointWriter`.
 */
export function* encodeValue(
  value: QueryValue,
  points: PointWriter,
  { before, after, limit, buffers }: Encoding,
): Generator<Buffer, void> {
  const out = new Chunks(buffers)
  const type = value.type === 'samples' ? 'matrix' : value.type
  out.text(`${before}"resultType":"${type}","result":`)
  const rows = limit === 0 ? rowCount(value) : Math.min(limit, rowCount(value))
  for (const _slice of slicesOf(value, rows, { out, points })) yield* out.takeFull()
  out.text(after)
  yield* out.takeRest()
}

interface Printing {
  readonly out: Chunks
  readonly points: PointWriter
}

/** Writes the first `rows` rows; a yield is a place to pause. */
function* slicesOf(value: QueryValue, rows: number, printing: Printing): Generator<void> {
  const { out } = printing
  switch (value.type) {
    case 'scalar':
      out.text(pointJson(value.time, value.value))
      return
    case 'string':
      out.text(`[${formatTimestamp(value.time)},${JSON.stringify(value.value)}]`)
      return
    case 'vector':
      return yield* vectorSlices(value, rows, printing)
    case 'matrix':
      return yield* matrixSlices(value, rows, printing)
    case 'samples':
      return yield* sampleSlices(value.series, rows, printing)
  }
}

/** Rows whose points are printed in one call, and whose text is one piece. */
const VECTOR_ROWS = 256

function* vectorSlices(
  { vector, time }: Extract<QueryValue, { type: 'vector' }>,
  count: number,
  { out, points }: Printing,
): Generator<void> {
  const { kinds, values } = vector
  const labels = rowLabels(vector.labels)
  const times = Float64Array.of(time)
  let separator = '['
  for (let first = 0; first < count; first += VECTOR_ROWS) {
    const end = Math.min(count, first + VECTOR_ROWS)
    points.useTimes(times)
    const { text, ends } = points.column({ values, kinds, from: first, to: end })
    const printed = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1')
    let piece = ''
    for (let row = first; row < end; row++) {
      const kind = kinds[row]
      if (kind !== FLOAT && kind !== HISTOGRAM) continue
      const i = row - first
      const point =
        kind === FLOAT
          ? `"value":${printed.slice(i === 0 ? 0 : ends[i - 1], (ends[i] as number) - 1)}`
          : `"histogram":[${formatTimestamp(time)},${histogramJson(histogramAt(vector, row))}]`
      piece += `${separator}{"metric":${labels(row)},${point}}`
      separator = ','
    }
    out.text(piece)
    yield
  }
  out.text(separator === '[' ? '[]' : ']')
}

function* matrixSlices(
  { vector, grid, order }: Extract<QueryValue, { type: 'matrix' }>,
  count: number,
  { out, points }: Printing,
): Generator<void> {
  const { steps, kinds, values } = vector
  const labels = rowLabels(vector.labels)
  const times = Float64Array.from({ length: steps }, (_, s) => timeAt(grid, s))
  let separator = '['
  for (let at = 0; at < count; at++) {
    const row = order?.[at] ?? at
    const from = row * steps
    if (!hasCell(kinds, from, from + steps)) continue
    out.text(`${separator}{"metric":${labels(row)}`)
    separator = ','
    yield* floatSlices({ times, values, kinds, from, to: from + steps }, out, points)
    if (vector.histograms !== undefined) writeHistograms(histogramsOf(vector, times, from), out)
    out.text('}')
    yield
  }
  out.text(separator === '[' ? '[]' : ']')
}

function hasCell(kinds: Uint8Array, from: number, to: number): boolean {
  for (let cell = from; cell < to; cell++) if (kinds[cell] !== ABSENT) return true
  return false
}

function histogramsOf(vector: StepVector, times: Float64Array, from: number): HistogramPoint[] {
  const found: HistogramPoint[] = []
  for (const [s, timestamp] of times.entries()) {
    if (vector.kinds[from + s] === HISTOGRAM) found.push({ timestamp, value: histogramAt(vector, from + s) })
  }
  return found
}

function* sampleSlices(series: readonly ResultSeries[], count: number, { out, points }: Printing): Generator<void> {
  const labels = new Map<string, string>()
  let separator = '['
  for (const row of count < series.length ? series.slice(0, count) : series) {
    const { histograms } = row
    const values = columnOf(row.values)
    if (values.length + histograms.length === 0) continue
    out.text(`${separator}{"metric":${knownLabels(row, labels)}`)
    separator = ','
    const floats = { times: columnOf(row.timestamps), values, kinds: undefined, from: 0, to: values.length }
    yield* floatSlices(floats, out, points)
    writeHistograms(histograms, out)
    out.text('}')
    yield
  }
  out.text(separator === '[' ? '[]' : ']')
}

function columnOf(numbers: readonly number[] | Float64Array): Float64Array {
  return numbers instanceof Float64Array ? numbers : new Float64Array(numbers)
}

/** A cache of labels as text, by the text of `name` and `value`. */
function knownLabels({ labels: { pairs } }: ResultSeries, known: Map<string, string>): string {
  let text = ''
  for (let i = 0; i < pairs.length; i++) {
    const part = pairs[i] as string
    let json = known.get(part)
    if (json === undefined) {
      json = JSON.stringify(part)
      known.set(part, json)
    }
    text += i === 0 ? json : (i & 1) === 1 ? `:${json}` : `,${json}`
  }
  return `{${text}}`
}

interface Floats {
  /** Of the cells from `from` on. */
  readonly times: Float64Array
  readonly values: Float64Array
  readonly kinds: Uint8Array | undefined
  readonly from: number
  readonly to: number
}

/** `,"values":[...]`, or nothing when no cell is a float. */
function* floatSlices({ times, values, kinds, from, to }: Floats, out: Chunks, points: PointWriter): Generator<void> {
  let isOpen = false
  for (let first = from; first < to; first += MAX_CELLS) {
    const end = Math.min(to, first + MAX_CELLS)
    // Another encoding may have had its turn since the last slice.
    points.useTimes(to - from <= MAX_CELLS ? times : times.subarray(first - from, end - from))
    const text = points.row({ values, kinds, from: first, to: end }, 0)
    if (text.length === 0) continue
    out.text(isOpen ? ',' : ',"values":[')
    isOpen = true
    out.bytes(text.subarray(0, text.length - 1))
    yield
  }
  if (isOpen) out.text(']')
}

function writeHistograms(histograms: readonly HistogramPoint[], out: Chunks): void {
  if (histograms.length === 0) return
  const rows = histograms.map(({ timestamp, value }) => `[${formatTimestamp(timestamp)},${histogramJson(value)}]`)
  out.text(`,"histograms":[${rows.join(',')}]`)
}
