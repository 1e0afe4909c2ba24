/**
 * One result for each histogram at each step, classic or native: what histogram_quantile and histogram_fraction share. Follows
 * resetHistograms, promql/engine.go@v3.14.
 */
import { quote } from '../../../core/go-text.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import type { Evaluation } from '../eval/context.ts'
import { LabelList } from '../eval/label-columns.ts'
import { emptyTable, FLOAT, HISTOGRAM, histogramAt, setFloat } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { Span } from '../syntax/ast.ts'
import { BUCKET_LABEL, classicHistograms } from './classic-buckets.ts'
import type { ClassicHistogram, ClassicHistograms } from './classic-buckets.ts'

/** How a histogram at step `s` becomes a number. `name()` is the metric's name for annotations, '' when it is not kept. */
export interface HistogramReader {
  /** Cumulative counts of `n` buckets, at least one, in order of distinct upper bounds; may be changed. */
  classic(bounds: Float64Array, counts: Float64Array, n: number, s: number, name: () => string): number
  native(histogram: NativeHistogram, s: number, name: () => string): number
}

/** A row for each histogram of the vector, without `le`. `span` is the argument's, for annotations. */
export function readHistograms(
  vector: StepVector,
  reader: HistogramReader,
  span: Span,
  evaluation: Evaluation,
): StepVector {
  const run = new HistogramRun(vector, reader, span, evaluation)
  return run.table()
}

/** ` for metric name "x"`, when there is a name. */
export function forMetric(name: string): string {
  return name === '' ? '' : ` for metric name ${quote(name)}`
}

class HistogramRun {
  readonly #vector: StepVector
  readonly #reader: HistogramReader
  readonly #span: Span
  readonly #evaluation: Evaluation
  readonly #all: ClassicHistograms
  /** Rows without `le` that hold native histograms, by histogram; such a row with `le` is one of its own. */
  readonly #nativeRow: Int32Array
  readonly #ownRows: number[] = []

  constructor(vector: StepVector, reader: HistogramReader, span: Span, evaluation: Evaluation) {
    this.#vector = vector
    this.#reader = reader
    this.#span = span
    this.#evaluation = evaluation
    this.#all = classicHistograms(vector.labels)
    this.#nativeRow = new Int32Array(this.#all.labels.size).fill(-1)
    if (vector.histograms !== undefined) this.#findNative()
  }

  table(): StepTable {
    const { labels, histograms } = this.#all
    const own = this.#ownRows.map((row) => this.#vector.labels.at(row))
    const groups = Array.from({ length: own.length === 0 ? 0 : labels.size }, (_, i) => labels.at(i))
    const out = emptyTable(own.length === 0 ? labels : new LabelList([...groups, ...own]), this.#vector.steps)
    this.#warnOfBounds()
    for (const [i, histogram] of histograms.entries()) this.#writeHistogram(i, histogram, out)
    for (const [i, row] of this.#ownRows.entries()) this.#writeNative(row, histograms.length + i, out)
    return out
  }

  #findNative(): void {
    const { labels } = this.#vector
    const bound = labels.column(BUCKET_LABEL).ids
    for (let row = 0; row < labels.size; row++) {
      if (!this.#hasKind(row, HISTOGRAM)) continue
      if (bound[row] === 0) this.#nativeRow[this.#all.histogramOf[row] as number] = row
      else this.#ownRows.push(row)
    }
  }

  #hasKind(row: number, kind: number): boolean {
    const { kinds, steps } = this.#vector
    const at = kinds.indexOf(kind, row * steps)
    return at >= 0 && at < (row + 1) * steps
  }

  #warnOfBounds(): void {
    const { isUnbounded } = this.#all
    const { labels } = this.#vector
    for (let row = 0; row < isUnbounded.length; row++) {
      if (isUnbounded[row] === 0 || !this.#hasKind(row, FLOAT)) continue
      const bound = quote(labels.at(row).get(BUCKET_LABEL) ?? '')
      const text = `bucket label "${BUCKET_LABEL}" is missing or has a malformed value of ${bound}`
      this.#evaluation.annotations.warn(text + forMetric(this.#nameOf(row)), this.#span)
    }
  }

  #writeHistogram(at: number, histogram: ClassicHistogram, out: StepTable): void {
    const native = this.#nativeRow[at] as number
    if (histogram.rows.length > 0) this.#writeClassic(at, histogram, out)
    else if (native >= 0) this.#writeNative(native, at, out)
  }

  #writeClassic(at: number, { rows, bounds, hasRepeats }: ClassicHistogram, out: StepTable): void {
    const vector = this.#vector
    const reader = this.#reader
    const { kinds, steps } = vector
    const native = this.#nativeRow[at] as number
    const counts = new Float64Array(rows.length)
    const present = bounds.slice()
    const name = (): string => this.#nameOf(rows[0] as number)
    const starts = rows.map((row) => row * steps)
    const buckets = { bounds, present, counts }
    for (let s = 0; s < steps; s++) {
      let n = gathered(vector, starts, s, buckets)
      const isNative = native >= 0 && kinds[native * steps + s] === HISTOGRAM
      if (isNative && n > 0) this.#warnOfMix(native)
      else if (isNative) this.#writeNativeCell(native, s, at, out)
      else if (n > 0) {
        if (hasRepeats) n = coalesced(present, counts, n)
        setFloat(out, at * steps + s, reader.classic(present, counts, n, s, name))
      }
    }
  }

  #warnOfMix(row: number): void {
    const text = 'vector contains a mix of classic and native histograms'
    this.#evaluation.annotations.warn(text + forMetric(this.#nameOf(row)), this.#span)
  }

  #writeNative(row: number, at: number, out: StepTable): void {
    const { kinds, steps } = this.#vector
    for (let s = 0; s < steps; s++) {
      if (kinds[row * steps + s] === HISTOGRAM) this.#writeNativeCell(row, s, at, out)
    }
  }

  #writeNativeCell(row: number, s: number, at: number, out: StepTable): void {
    const { steps } = this.#vector
    const histogram = histogramAt(this.#vector, row * steps + s)
    setFloat(
      out,
      at * steps + s,
      this.#reader.native(histogram, s, () => this.#nameOf(row)),
    )
  }

  /** Annotations name the metric only where names are kept to the end. */
  #nameOf(row: number): string {
    return this.#evaluation.dialect.delayedNameRemoval ? this.#vector.labels.at(row).name : ''
  }
}

/** Bounds and counts of the buckets that have a sample at the step; how many there are. */
function gathered(
  { kinds, values }: StepVector,
  starts: Uint32Array,
  s: number,
  { bounds, present, counts }: Readonly<Record<'bounds' | 'present' | 'counts', Float64Array>>,
): number {
  let n = 0
  for (let i = 0; i < starts.length; i++) {
    const cell = (starts[i] as number) + s
    if (kinds[cell] !== FLOAT) continue
    present[n] = bounds[i] as number
    counts[n++] = values[cell] as number
  }
  return n
}

/** Adds up the counts of equal bounds; the number of buckets that remain. */
function coalesced(bounds: Float64Array, counts: Float64Array, n: number): number {
  let last = 0
  for (let i = 1; i < n; i++) {
    if (bounds[i] === bounds[last]) {
      counts[last] = (counts[last] as number) + (counts[i] as number)
    } else {
      last += 1
      bounds[last] = bounds[i] as number
      counts[last] = counts[i] as number
    }
  }
  return last + 1
}
