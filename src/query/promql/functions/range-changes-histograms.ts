/** resets and changes of series with native histograms: a change of kind is one too. Follows promql/functions.go@v3.14. */
import { setFloat } from '../eval/vector.ts'
import type { StepTable } from '../eval/vector.ts'
import type { Evaluation } from '../eval/context.ts'
import { detectReset } from '../histograms/reset.ts'
import { equal } from '../histograms/equal.ts'
import { histogramsOf } from './range-histograms.ts'
import type { HistogramSample, WindowedSeries, Windows } from './range-contract.ts'
import { startTellsReset } from './range-starts.ts'

interface ChangeShape {
  readonly isResets: boolean
  readonly isAnchored: boolean
}

/** A float or a histogram. */
type Sample = HistogramSample | { readonly t: number; readonly value: number; readonly start: number }

export function mixedChanges(
  series: WindowedSeries,
  windows: Windows,
  out: StepTable,
  row: number,
  { isResets, isAnchored }: ChangeShape,
  { dialect }: Evaluation,
): void {
  for (let s = 0; s < windows.steps; s++) {
    const all = samplesOf(series, windows, s)
    const samples = isAnchored ? fromAnchor(all, (windows.ends[s] as number) - windows.range) : all
    if (samples.length === 0) continue
    let count = 0
    for (const [i, sample] of samples.entries()) {
      const before = samples[i - 1]
      if (before === undefined) continue
      if (isResets ? isReset(before, sample, dialect.useStartTimestamps) : isChange(before, sample)) count++
    }
    setFloat(out, row * out.steps + s, count)
  }
}

/** Both kinds, in order of time. */
function samplesOf(series: WindowedSeries, windows: Windows, s: number): readonly Sample[] {
  const samples: Sample[] = [...histogramsOf(series, windows, s)]
  for (let i = windows.lo[s] as number; i < (windows.hi[s] as number); i++) {
    const start = series.starts?.[series.from + i] ?? 0
    samples.push({
      t: series.times[series.timeFrom + i] as number,
      value: series.values[series.from + i] as number,
      start,
    })
  }
  return samples.sort((a, b) => a.t - b.t)
}

/** From the newest sample at or before the range's start on; nothing when no sample is after it. */
function fromAnchor(samples: readonly Sample[], start: number): readonly Sample[] {
  const after = samples.findIndex(({ t }) => t > start)
  return after === -1 ? [] : samples.slice(Math.max(0, after - 1))
}

function isReset(before: Sample, sample: Sample, usesStarts: boolean): boolean {
  if (isFloat(before) !== isFloat(sample)) return true
  if (usesStarts && startTellsReset(before.start, before.t, sample.start, sample.t)) return true
  if (isFloat(before) || isFloat(sample)) return sample.value < before.value
  return detectReset(sample.value, before.value)
}

function isChange(before: Sample, sample: Sample): boolean {
  if (isFloat(before) && isFloat(sample)) {
    return sample.value !== before.value && !(Number.isNaN(sample.value) && Number.isNaN(before.value))
  }
  return isFloat(before) || isFloat(sample) || !equal(sample.value, before.value)
}

function isFloat(sample: Sample): sample is Sample & { readonly value: number } {
  return typeof sample.value === 'number'
}
