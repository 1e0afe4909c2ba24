import { messageOf } from '../../../src/core/errors.ts'
import type { LabelSet } from '../../../src/model/labels.ts'
import type { LoadCommand, LoadedSample, LoadedSeries } from './script.ts'
import type { ScriptLines } from './script-lines.ts'
import { parseSeriesLine } from '../../../src/query/promql/series-line.ts'
import type { SequenceValue } from '../../../src/query/promql/series-line.ts'
import { parseStartOffsets } from './start-offsets.ts'

const LOAD = /^load(?:_(with_nhcb))?\s+(.+?)$/
/** A line that tells when the samples of the next line started: `metric{...}@st offsets`. */
const STARTS = /^(\S+)@st[ \t]+(.*)$/

interface Starts {
  readonly labels: LabelSet
  readonly offsets: readonly (number | undefined)[]
}

/** Reads from the `load` line to the end of its block. A later line of the same series replaces an earlier one. */
export function parseLoad(lines: ScriptLines): LoadCommand {
  const match = LOAD.exec(lines.current)
  if (match === null) throw lines.error('invalid load command. (load[_with_nhcb] <step:duration>)')
  const line = lines.number
  const step = lines.duration(match[2] as string, 'step definition')
  const series = new Map<string, LoadedSeries>()
  let starts: Starts | undefined
  for (lines.advance(); lines.current !== ''; lines.advance()) {
    const ofStarts = STARTS.exec(lines.current)
    if (ofStarts !== null) {
      if (starts !== undefined) throw lines.error('@st line has no following sample line')
      starts = parseStarts(lines, ofStarts[1] as string, ofStarts[2] as string)
      continue
    }
    const { labels, values } = parsed(lines, lines.current)
    if (starts !== undefined) checkStarts(lines, starts, labels, values.length)
    series.set(labels.key(), { labels, samples: samplesOf(values, step, starts?.offsets) })
    starts = undefined
  }
  if (starts !== undefined) throw lines.error('@st line has no following sample line')
  return { kind: 'load', line, withNhcb: match[1] !== undefined, series: [...series.values()] }
}

function parseStarts(lines: ScriptLines, metric: string, offsets: string): Starts {
  const { labels } = parsed(lines, `${metric} _`)
  try {
    return { labels, offsets: parseStartOffsets(offsets) }
  } catch (error) {
    throw lines.error(`invalid @st sequence: ${messageOf(error)}`)
  }
}

function checkStarts(lines: ScriptLines, starts: Starts, labels: LabelSet, count: number): void {
  if (!starts.labels.equals(labels)) throw lines.error('@st metric does not match the following sample line metric')
  const { length } = starts.offsets
  if (length !== count) throw lines.error(`@st line has ${length} values but sample line has ${count}`)
}

function parsed(lines: ScriptLines, text: string): ReturnType<typeof parseSeriesLine> {
  try {
    return parseSeriesLine(text)
  } catch (error) {
    throw lines.error(messageOf(error))
  }
}

function samplesOf(
  values: readonly SequenceValue[],
  step: number,
  offsets: readonly (number | undefined)[] | undefined,
): LoadedSample[] {
  const samples: LoadedSample[] = []
  for (const [i, one] of values.entries()) {
    if (one.kind === 'omitted') continue
    const timestamp = i * step
    const offset = offsets?.[i]
    samples.push({ timestamp, start: offset === undefined ? 0 : timestamp + offset, value: one.value })
  }
  return samples
}
