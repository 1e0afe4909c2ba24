/** Exemplars and metadata of remote write. */
import type { Buffer } from 'node:buffer'
import { unixMs } from '../../core/time.ts'
import type { UnixMs } from '../../core/time.ts'
import { LabelSet } from '../../model/labels.ts'
import type { MetadataRow, MetricType } from '../../signals/metrics.ts'
import { ProtoReader } from '../protobuf.ts'
import { labelSetOf, readLabels, readRefs } from './labels.ts'
import type { LabelsOutcome, Symbols } from './labels.ts'

export interface DecodedExemplar {
  readonly labels: LabelSet
  readonly value: number
  readonly timestamp: UnixMs
}

/** Follows ExemplarMaxLabelSetLength, prometheus/model/exemplar. */
const MAX_EXEMPLAR_CHARACTERS = 128

/** One Exemplar in `[start, end)`; `symbols` for version 2 only. Undefined when it can't be kept: its labels are invalid or too long. */
export function readExemplar(
  bytes: Buffer,
  start: number,
  end: number,
  symbols: Symbols | undefined,
): DecodedExemplar | undefined {
  let value = 0
  let timestamp = 0
  const reader = new ProtoReader(bytes, start, end)
  while (reader.next()) {
    if (reader.field === 2) value = reader.double()
    else if (reader.field === 3) timestamp = reader.int64()
    else reader.skip()
  }
  const labels = exemplarLabels(bytes, start, end, symbols)
  if (!(labels instanceof LabelSet)) return undefined
  let characters = 0
  for (const part of labels.pairs) for (const _ of part) characters++
  return characters > MAX_EXEMPLAR_CHARACTERS ? undefined : { labels, value, timestamp: unixMs(timestamp) }
}

function exemplarLabels(bytes: Buffer, start: number, end: number, symbols: Symbols | undefined): LabelsOutcome {
  if (symbols === undefined) return readLabels(bytes, start, end)
  const refs = readRefs(bytes, start, end)
  return refs.length === 0 ? labelSetOf([]) : symbols.labels(refs)
}

/** Both versions number the types alike. */
const TYPES: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
]

/** One MetricMetadata of version 1; undefined when it names no metric. */
export function readMetadata(bytes: Buffer, start: number, end: number): MetadataRow | undefined {
  let type = 0
  let metric = ''
  let help = ''
  let unit = ''
  const reader = new ProtoReader(bytes, start, end)
  while (reader.next()) {
    if (reader.field === 1) type = reader.int32()
    else if (reader.field === 2) metric = reader.string()
    else if (reader.field === 4) help = reader.string()
    else if (reader.field === 5) unit = reader.string()
    else reader.skip()
  }
  return metric === '' ? undefined : { metric, type: TYPES[type] ?? 'unknown', help, unit }
}

/** The Metadata of a version 2 series named `name`; undefined when they say nothing. */
export function readSeriesMetadata(
  bytes: Buffer,
  start: number,
  end: number,
  symbols: Symbols,
  name: string,
): MetadataRow | undefined {
  let type = 0
  let help = 0
  let unit = 0
  const reader = new ProtoReader(bytes, start, end)
  while (reader.next()) {
    if (reader.field === 1) type = reader.int32()
    else if (reader.field === 3) help = reader.uint32()
    else if (reader.field === 4) unit = reader.uint32()
    else reader.skip()
  }
  if (type === 0 && help === 0 && unit === 0) return undefined
  const row = { type: TYPES[type] ?? 'unknown', help: symbols.text(help) ?? '', unit: symbols.text(unit) ?? '' }
  return { metric: familyOf(name, row.type), ...row }
}

const SUFFIXES: Partial<Record<MetricType, RegExp>> = {
  histogram: /_(?:bucket|sum|count)$/,
  gaugehistogram: /_(?:bucket|gsum|gcount)$/,
  summary: /_(?:sum|count)$/,
}

/** The family that a series belongs to: classic histograms and summaries have several series names. */
function familyOf(name: string, type: MetricType): string {
  const suffix = SUFFIXES[type]
  return suffix === undefined ? name : name.replace(suffix, '')
}
