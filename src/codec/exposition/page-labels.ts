import { compareUtf8 } from '../../core/utf8.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { formatGoOpenMetrics, parseGoFloat } from '../../core/go-number.ts'
import { isUtf8 } from './go-quote.ts'
import type { LabelOffsets, Line } from './line.ts'
import { malformedAt } from './malformed.ts'

const ESCAPE = /\\(["\\n])/g

/** Undoes the escapes of label values and quoted names; a backslash before any other character stays. */
export function unescape(text: string): string {
  return text.includes('\\') ? text.replaceAll(ESCAPE, (_, c: string) => (c === 'n' ? '\n' : c)) : text
}

/** Writes the value of `le` (of histograms) or `quantile` (of summaries) as OpenMetrics does, so that `1` and `1.0` are one series. */
export function normalizedValue(type: MetricType, name: string, value: string): string {
  if (!(type === 'histogram' && name === 'le') && !(type === 'summary' && name === 'quantile')) return value
  const number = parseGoFloat(value)
  return typeof number === 'number' ? formatGoOpenMetrics(number) : value
}

/**
 * The label set of the series at hand, bounds normalised for `type`. Throws `MalformedExposition` for a name that is not UTF-8,
 * or there twice.
 */
export function labelsOf(line: Line, type: MetricType = line.type): LabelSet {
  const pairs = [METRIC_NAME, unescape(nameAt(line, line.nameStart, line.nameEnd))]
  const { labels } = line
  for (let i = 0; i < labels.length; i += 4) {
    const name = unescape(nameAt(line, labels[i] as number, labels[i + 1] as number))
    const value = unescape(line.text(labels[i + 2] as number, labels[i + 3] as number))
    pairs.push(name, normalizedValue(type, name, value))
  }
  return labelSetOf(pairs, (name) => {
    throw malformedAt(
      line.scanner.bytes,
      line.start,
      `label name ${JSON.stringify(name)} is not unique: invalid sample`,
    )
  })
}

/** The label set of an exemplar, whose names are taken as they stand. A later label of the same name wins. */
export function exemplarLabelsOf(line: Line, offsets: LabelOffsets): LabelSet {
  const entries: [string, string][] = []
  for (let i = 0; i < offsets.length; i += 4) {
    const [from = 0, to = 0, valueFrom = 0, valueTo = 0] = offsets.slice(i, i + 4)
    entries.push([unescape(line.text(from, to)), unescape(line.text(valueFrom, valueTo))])
  }
  return LabelSet.from(entries)
}

/** A label set of flat pairs in any order; `twice` is told of a name that comes again. Empty values are left out. */
export function labelSetOf(pairs: readonly string[], twice: (name: string) => never): LabelSet {
  const sorted = pairs.length > MANY_LABELS * 2 ? sortedPairs(pairs) : insertedPairs(pairs)
  for (let i = 2; i < sorted.length; i += 2) if (sorted[i] === sorted[i - 2]) twice(sorted[i] as string)
  if (!sorted.includes('')) return LabelSet.fromSorted(sorted)
  return LabelSet.fromSorted(sorted.filter((_, i) => sorted[i | 1] !== ''))
}

/** Up to here, inserting is the faster way to sort; beyond, a hostile page could make it endless. */
const MANY_LABELS = 64

function insertedPairs(pairs: readonly string[]): string[] {
  const sorted: string[] = []
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i] as string
    let at = sorted.length
    while (at > 0 && compareUtf8(sorted[at - 2] as string, name) > 0) at -= 2
    if (at === sorted.length) sorted.push(name, pairs[i + 1] as string)
    else sorted.splice(at, 0, name, pairs[i + 1] as string)
  }
  return sorted
}

function sortedPairs(pairs: readonly string[]): string[] {
  const places = Array.from({ length: pairs.length / 2 }, (_, i) => i * 2)
  places.sort((a, b) => compareUtf8(pairs[a] as string, pairs[b] as string))
  return places.flatMap((at) => [pairs[at] as string, pairs[at + 1] as string])
}

function nameAt(line: Line, start: number, end: number): string {
  const { bytes } = line.scanner
  if (isUtf8(bytes, start, end)) return line.text(start, end)
  throw malformedAt(bytes, start, `invalid metric name or label names: ${line.text(start, end)}`)
}
