/**
 * Printing answers: ns a point of the kernel in WebAssembly beside V8's own numbers, by kind of value, and the longest time
 * between two chunks of a large answer. Best of the rounds.
 *
 *   npx tsx bench/result-json.ts [rounds]
 */
import { BufferPool } from '../src/api/prometheus/chunks.ts'
import { encodeValue } from '../src/api/prometheus/result-encoder.ts'
import { PointWriter } from '../src/api/prometheus/point-writer.ts'
import { formatTimestamp } from '../src/api/prometheus/timestamp.ts'
import { formatGoPlain } from '../src/core/go-number.ts'
import { LabelSet } from '../src/model/labels.ts'
import { LabelList } from '../src/query/promql/eval/label-columns.ts'
import { emptyTable, setFloat } from '../src/query/promql/eval/vector.ts'
import type { StepVector } from '../src/query/promql/eval/vector.ts'
import type { QueryValue } from '../src/query/promql/result.ts'

const rounds = Number(process.argv[2] ?? 7)
const ROWS = 1000
const STEPS = 241
const START = 1_764_000_000_000
const points = PointWriter.open()

const KINDS: Readonly<Record<string, (cell: number) => number>> = {
  integers: (cell) => cell * 7919,
  'two decimals': (cell) => ((cell * 7919) % 1_000_000) / 100,
  '17 digits': (cell) => ((cell * 7919) % 1_000_003) / 300.7,
}

function table(rows: number, steps: number, valueOf: (cell: number) => number): StepVector {
  const labels = Array.from({ length: rows }, (_, row) =>
    LabelSet.of({
      __name__: 'http_requests_total',
      pod: `checkout-${row % 50}`,
      service: 'checkout',
      row: String(row),
    }),
  )
  const made = emptyTable(new LabelList(labels), steps)
  for (let cell = 0; cell < rows * steps; cell++) setFloat(made, cell, valueOf(cell))
  return made
}

/** As answers were printed before: one string of points in V8's numbers. */
function plainly({ steps, labels, values }: StepVector): number {
  const rows: string[] = []
  for (let row = 0; row < labels.size; row++) {
    let text = ''
    for (let s = 0; s < steps; s++) {
      const point = `[${formatTimestamp(START + s * 60_000)},"${formatGoPlain(values[row * steps + s] as number)}"]`
      text += s === 0 ? point : `,${point}`
    }
    rows.push(`{"metric":${JSON.stringify(labels.at(row).toRecord())},"values":[${text}]}`)
  }
  return Buffer.from(rows.join(',')).length
}

function encoded(value: QueryValue): { bytes: number; longestMs: number } {
  let bytes = 0
  let longestMs = 0
  let last = performance.now()
  for (const chunk of encodeValue(value, points, { before: '', after: '', limit: 0, buffers: new BufferPool() })) {
    bytes += chunk.length
    longestMs = Math.max(longestMs, performance.now() - last)
    last = performance.now()
  }
  return { bytes, longestMs }
}

function best(run: () => void): number {
  let ms = Infinity
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    run()
    ms = Math.min(ms, performance.now() - started)
  }
  return ms
}

const grid = { start: START, step: 60_000, count: STEPS }
for (const [name, valueOf] of Object.entries(KINDS)) {
  const vector = table(ROWS, STEPS, valueOf)
  const cells = ROWS * STEPS
  const matrix = (best(() => encoded({ type: 'matrix', grid, vector })) * 1e6) / cells
  const v8 = (best(() => plainly(vector)) * 1e6) / cells
  const instant = table(10_000, 1, valueOf)
  const row = (best(() => encoded({ type: 'vector', time: START, vector: instant })) * 1e6) / 10_000
  console.log(
    `${name.padEnd(14)} matrix ${matrix.toFixed(1)} ns a point (V8 ${v8.toFixed(1)}); vector ${row.toFixed(0)} ns a row`,
  )
}
const large = table(6000, STEPS, KINDS['17 digits'] ?? Number)
for (let round = 0; round < rounds; round++) encoded({ type: 'matrix', grid, vector: large })
const { bytes, longestMs } = encoded({ type: 'matrix', grid, vector: large })
console.log(`${(bytes / 1e6).toFixed(0)} MB, longest time between two chunks ${longestMs.toFixed(1)} ms`)
