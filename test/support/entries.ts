import type { EntryCursor } from '../../src/codec/exposition/cursor.ts'
import type { BucketSpans, NativeHistogram } from '../../src/model/histogram.ts'

/** Reads a page to its end, remembers its new series, and shows each entry in a line. */
export function printEntries(cursor: EntryCursor): string[] {
  const found: string[] = []
  while (cursor.next()) found.push(printEntry(cursor))
  return found
}

function printEntry(cursor: EntryCursor): string {
  const { kind } = cursor
  if (kind === 'comment') return kind
  if (kind === 'type') return `type ${cursor.metric} ${cursor.type}`
  if (kind === 'help') return `help ${cursor.metric} ${JSON.stringify(cursor.help)}`
  if (kind === 'unit') return `unit ${cursor.metric} ${cursor.unit}`
  if (cursor.slot < 0) cursor.remember()
  const value = kind === 'series' ? String(cursor.value) : printHistogram(cursor.histogram)
  const time = cursor.hasTimestamp ? ` @${cursor.timestamp}` : ''
  const start = cursor.startTimestamp === 0 ? '' : ` since ${cursor.startTimestamp}`
  const exemplars = cursor.exemplars().map((one) => ` # ${one.labels.toString()} ${one.value} ${one.timestamp ?? '-'}`)
  return `${cursor.labels().toString()} ${value}${time}${start}${exemplars.join('')}`
}

function printHistogram(h: NativeHistogram): string {
  const parts = [`schema:${h.schema}`, `count:${h.count}`, `sum:${h.sum}`, h.integer ? 'integer' : 'float']
  if (h.zeroThreshold > 0 || h.zeroCount > 0) parts.push(`zero:${h.zeroCount}<=${h.zeroThreshold}`)
  if (h.positive.counts.length > 0) parts.push(`positive:${printSpans(h.positive)}`)
  if (h.negative.counts.length > 0) parts.push(`negative:${printSpans(h.negative)}`)
  if (h.customValues.length > 0) parts.push(`bounds:${h.customValues.join(',')}`)
  if (h.resetHint !== 'unknown') parts.push(h.resetHint)
  return `{${parts.join(' ')}}`
}

function printSpans({ offsets, lengths, counts }: BucketSpans): string {
  return `${offsets.map((offset, i) => `${offset}+${lengths[i]}`).join(',')}=${counts.join(',')}`
}
