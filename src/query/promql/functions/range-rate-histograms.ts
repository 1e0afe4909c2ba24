/** rate, increase and delta of native histograms. Follows extrapolatedRate and histogramRate, promql/functions.go@v3.14. */
import { NO_SPANS } from '../../../model/histogram.ts'
import type { NativeHistogram } from '../../../model/histogram.ts'
import { setHistogram } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import type { Call } from '../syntax/ast.ts'
import { multiply } from '../histograms/arithmetic.ts'
import { atSchema } from '../histograms/resolution.ts'
import { detectReset } from '../histograms/reset.ts'
import {
  compactGauge,
  differenceOf,
  hasFloats,
  HistogramNotes,
  histogramsOf,
  isCustom,
  isGauge,
  sumOf,
} from './range-histograms.ts'
import type { Extent, HistogramSample, WindowedSeries, Windows } from './range-contract.ts'
import { extendedHistogramRate } from './range-extended-histograms.ts'
import type { RateShape } from './range-rate.ts'
import { startsOverlap, startTellsReset } from './range-starts.ts'

/** Of one window. */
export interface HistogramWindow {
  readonly samples: readonly [HistogramSample, ...HistogramSample[]]
  /** UnixMs. */
  readonly start: number
  readonly end: number
  readonly shape: RateShape
  /** Start timestamps count. */
  readonly usesStarts: boolean
  readonly notes: HistogramNotes
}

/** Writes the steps whose windows hold histograms. */
export function rateHistograms(
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  shape: RateShape,
  extent: Extent | undefined,
  call: Call,
  evaluation: Evaluation,
): void {
  const notes = new HistogramNotes(series, call, evaluation)
  const usesStarts = shape.isCounter && evaluation.dialect.useStartTimestamps
  for (let s = 0; s < windows.steps; s++) {
    const [first, ...rest] = histogramsOf(series, windows, s)
    if (first === undefined) continue
    const end = windows.ends[s] as number
    if (hasFloats(windows, s)) notes.mixedSamples()
    else {
      const window = { samples: [first, ...rest] as const, start: end - windows.range, end, shape, usesStarts, notes }
      const result = extent === undefined ? extrapolated(window) : extendedHistogramRate(window, extent)
      if (result !== undefined) setHistogram(out, row * out.steps + s, result)
    }
    notes.give()
  }
}

function extrapolated(window: HistogramWindow): NativeHistogram | undefined {
  const { samples, start, end, shape, usesStarts, notes } = window
  const first = samples[0]
  const last = samples.at(-1) as HistogramSample
  let result = samples.length > 1 ? increaseOf(window) : undefined
  if (samples.length > 1 && result === undefined) return undefined
  let sampled = (last.t - first.t) / 1000
  const mean = samples.length > 1 ? sampled / (samples.length - 1) : 0
  const limit = mean * 1.1
  const upToStart = (first.t - start) / 1000
  const upToEnd = (end - last.t) / 1000
  let toStart = upToStart >= limit ? mean / 2 : upToStart
  const toEnd = upToEnd >= limit ? mean / 2 : upToEnd
  if (usesStarts && first.start !== 0 && first.start > start && first.start < first.t) {
    toStart = 0
    sampled = (last.t - first.start) / 1000
    result = result === undefined ? first.value : sumOf(result, first.value, notes)
  } else if (shape.isCounter && result !== undefined && result.count > 0 && first.value.count >= 0) {
    toStart = Math.min(toStart, sampled * (first.value.count / result.count))
  }
  if (result === undefined) return undefined
  const factor = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled
  return multiply(result, factor / shape.divisor)
}

/** From the first sample to the last, of two samples at least. */
function increaseOf(window: HistogramWindow): NativeHistogram | undefined {
  const { samples, shape, notes } = window
  const last = (samples.at(-1) as HistogramSample).value
  const { isCounter } = shape
  if (isCounter && (isGauge(samples[0].value) || isGauge(last))) notes.notCounter()
  const first = firstOf(window)
  if (isCustom(last) !== isCustom(first)) {
    notes.mixedSchemas()
    return undefined
  }
  const schema = commonSchema(window, first, last)
  if (schema === undefined) return undefined
  const difference = differenceOf(atSchema(last, schema), first, notes)
  if (difference === undefined) {
    notes.onlyMixedSchemas()
    return undefined
  }
  if (isCounter) return corrected(window, first, difference)
  if (!isGauge(samples[0].value) || !isGauge(last)) notes.notGauge()
  return compactGauge(difference)
}

/** After a reset the first sample counts as nothing, so that its layout of buckets does not matter. */
function firstOf(window: HistogramWindow): NativeHistogram {
  const { samples, shape } = window
  const first = samples[0]
  const second = samples[1] as HistogramSample
  if (!shape.isCounter || !isResetAt(window, 1, first.value)) return first.value
  const { schema, customValues } = second.value
  return {
    schema,
    customValues,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    stale: false,
    integer: false,
    positive: NO_SPANS,
    negative: NO_SPANS,
    resetHint: 'unknown',
  }
}

/** The lowest schema of all that is looked at; undefined, and said, when exponential and custom buckets are mixed. */
function commonSchema(window: HistogramWindow, first: NativeHistogram, last: NativeHistogram): number | undefined {
  const { samples, shape, notes } = window
  let schema = Math.min(first.schema, last.schema)
  if (!shape.isCounter) return schema
  for (const { value } of samples.slice(1, -1)) {
    if (isGauge(value)) notes.notCounter()
    schema = Math.min(schema, value.schema)
    if (isCustom(value) !== isCustom(first)) {
      notes.onlyMixedSchemas()
      return undefined
    }
  }
  return schema
}

/** Gives back what resets took away. */
function corrected(
  window: HistogramWindow,
  first: NativeHistogram,
  difference: NativeHistogram,
): NativeHistogram | undefined {
  const { samples, notes } = window
  let sum = difference
  let previous = first
  let isOverlapSaid = false
  for (const [i, { value, start }] of samples.entries()) {
    if (i === 0) continue
    const before = samples[i - 1] as HistogramSample
    if (window.usesStarts && !isOverlapSaid && startsOverlap(before.start, before.t, start)) {
      notes.overlap()
      isOverlapSaid = true
    }
    if (isResetAt(window, i, previous)) {
      const more = sumOf(sum, previous, notes)
      if (more === undefined) {
        notes.onlyMixedSchemas()
        return undefined
      }
      sum = more
    }
    previous = value
  }
  return compactGauge(sum)
}

function isResetAt({ samples, usesStarts }: HistogramWindow, i: number, previous: NativeHistogram): boolean {
  const before = samples[i - 1] as HistogramSample
  const { value, t, start } = samples[i] as HistogramSample
  if (usesStarts && startTellsReset(before.start, before.t, start, t)) return true
  return detectReset(value, previous)
}
