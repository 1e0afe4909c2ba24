/**
 * Answers of queries as JSON bytes, in slices: the caller may give the event loop back after each chunk. Points go straight from
 * columns to bytes. Follows web/api/v1/json_codec.go, prometheus@v3.14.
 */
import { Buffer } from 'node:buffer'
import { timeAt } from '../../query/promql/eval/grid.ts'
import { ABSENT, FLOAT, HISTOGRAM, histogramAt } from '../../query/promql/eval/vector.ts'
import type { StepVector } from '../../query/promql/eval/vector.ts'
import type { QueryResult, SampleRow } from '../../query/promql/query-result.ts'
import { Chunks } from './chunks.ts'
import { MAX_CELLS } from './point-writer.ts'
import type { PointWriter } from './point-writer.ts'
import { histogramJson, pointJson } from './result-json.ts'
import { rowLabels } from './row-labels.ts'
import { formatTimestamp } from './timestamp.ts'

/**
 * `before`, then the members `resultType` and `result`, then `after`, in chunks of some 256 KiB, each made within about a
 * millisecond. Several encodings may take turns with one `PointWriter`.
 */
export function* encodeResult(
  result: QueryResult,
  points: PointWriter,
  { before, after }: { readonly before: string; readonly after: string },
): Generator<Buffer, void> {
  const out = new Chunks()
  const type = result.type === 'samples' ? 'matrix' : result.type
  out.text(`${before}"resultType":"${type}","result":`)
  for (const _slice of slicesOf(result, out, points)) yield* out.takeFull()
  out.text(after)
  yield* out.takeRest()
}

/** Writes the result; a yield is a place to pause. */
function* slicesOf(result: QueryResult, out: Chunks, points: PointWriter): Generator<void> {
  switch (result.type) {
    case 'scalar':
      out.text(pointJson(result.time, result.value))
      return
    case 'string':
      out.text(`[${formatTimestamp(result.time)},${JSON.stringify(result.value)}]`)
      return
    case 'vector':
      return yield* vectorSlices(result, out, points)
    case 'matrix':
      return yield* matrixSlices(result, out, points)
    case 'samples':
      return yield* sampleSlices(result.series, out, points)
  }
}

/** Rows whose points are printed in one call, and whose text is one piece. */
const VECTOR_ROWS = 256

function* vectorSlices(
  { vector, time, rows }: Extract<QueryResult, { type: 'vector' }>,
  out: Chunks,
  points: PointWriter,
): Generator<void> {
  const labels = rowLabels(vector.labels)
  const times = Float64Array.of(time)
  const count = rows?.length ?? vector.labels.size
  let separator = '['
  for (let first = 0; first < count; first += VECTOR_ROWS) {
    const block = gathered(vector, rows, first, Math.min(count, first + VECTOR_ROWS))
    points.useTimes(times)
    const { text, ends } = points.column({ values: block.values, kinds: block.kinds, from: 0, to: block.rows.length })
    const printed = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1')
    let piece = ''
    for (const [i, row] of block.rows.entries()) {
      const kind = block.kinds[i]
      if (kind !== FLOAT && kind !== HISTOGRAM) continue
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

/** The cells of some rows of a vector of one step, side by side. */
function gathered(
  vector: StepVector,
  rows: Uint32Array | undefined,
  first: number,
  end: number,
): { readonly rows: Uint32Array; readonly kinds: Uint8Array; readonly values: Float64Array } {
  if (rows === undefined) {
    const { kinds, values } = vector
    const all = Uint32Array.from({ length: end - first }, (_, i) => first + i)
    return { rows: all, kinds: kinds.subarray(first, end), values: values.subarray(first, end) }
  }
  const some = rows.subarray(first, end)
  return {
    rows: some,
    kinds: Uint8Array.from(some, (row) => vector.kinds[row] as number),
    values: Float64Array.from(some, (row) => vector.values[row] as number),
  }
}

function* matrixSlices(
  { vector, grid, rows }: Extract<QueryResult, { type: 'matrix' }>,
  out: Chunks,
  points: PointWriter,
): Generator<void> {
  const { steps, kinds, values } = vector
  const labels = rowLabels(vector.labels)
  const times = Float64Array.from({ length: steps }, (_, s) => timeAt(grid, s))
  const count = rows?.length ?? vector.labels.size
  let separator = '['
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : (rows[i] as number)
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

type Histograms = SampleRow['histograms']

function histogramsOf(vector: StepVector, times: Float64Array, from: number): Histograms {
  const found: Histograms[number][] = []
  for (const [s, timestamp] of times.entries()) {
    if (vector.kinds[from + s] === HISTOGRAM) found.push({ timestamp, value: histogramAt(vector, from + s) })
  }
  return found
}

function* sampleSlices(series: readonly SampleRow[], out: Chunks, points: PointWriter): Generator<void> {
  let separator = '['
  const labels = new Map<string, string>()
  for (const row of series) {
    const { times, values, histograms } = row
    if (values.length + histograms.length === 0) continue
    out.text(`${separator}{"metric":${knownLabels(row, labels)}`)
    separator = ','
    yield* floatSlices({ times, values, kinds: undefined, from: 0, to: values.length }, out, points)
    writeHistograms(histograms, out)
    out.text('}')
    yield
  }
  out.text(separator === '[' ? '[]' : ']')
}

/** A cache of labels as text, by the text of `name` and `value`. */
function knownLabels({ labels: { pairs } }: SampleRow, known: Map<string, string>): string {
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

function writeHistograms(histograms: Histograms, out: Chunks): void {
  if (histograms.length === 0) return
  const rows = histograms.map(({ timestamp, value }) => `[${formatTimestamp(timestamp)},${histogramJson(value)}]`)
  out.text(`,"histograms":[${rows.join(',')}]`)
}
