/**
 * Remote write 1.0 bodies for whole runs, made before the clock starts and sent alike to every target. Labels are encoded once
 * and samples put behind them, because making each body from nothing takes longer than the runs.
 */
import { ProtoWriter } from '../../src/codec/protobuf-writer.ts'
import { compressSnappy } from '../../src/codec/snappy.ts'
import { sampleValue } from './remote-write-layout.ts'
import type { Labels } from './remote-write-layout.ts'

/** `d1` is what a Prometheus sends, one sample of each series; `d10` is a backfill, ten samples of each. */
export type Layout = 'd1' | 'd10'

export const LAYOUTS: Readonly<
  Record<Layout, { readonly seriesPerRequest: number; readonly samplesPerSeries: number }>
> = { d1: { seriesPerRequest: 2000, samplesPerSeries: 1 }, d10: { seriesPerRequest: 500, samplesPerSeries: 10 } }

export const STEP_MS = 15_000

export interface Body {
  readonly bytes: Buffer
  readonly samples: number
  /** Bodies of one group hold the same series, in order of time: they must not overtake each other. */
  readonly group: number
}

export interface BodiesOptions {
  readonly layout: Layout
  /** Samples of each series. */
  readonly scrapes: number
  /** UnixMs of the newest sample. */
  readonly end: number
}

/** All bodies of a fleet, in order of time. `groups` are called for once and may be made when asked. */
export function makeBodies(groups: Iterable<readonly Labels[]>, { layout, scrapes, end }: BodiesOptions): Body[] {
  const { samplesPerSeries } = LAYOUTS[layout]
  const rounds: Body[][] = Array.from({ length: Math.ceil(scrapes / samplesPerSeries) }, () => [])
  const first = end - (scrapes - 1) * STEP_MS
  let group = 0
  for (const series of groups) {
    const encoded = series.map(encodeLabels)
    for (const [round, bodies] of rounds.entries()) {
      const from = round * samplesPerSeries
      const count = Math.min(samplesPerSeries, scrapes - from)
      const bytes = compressSnappy(messageOf(encoded, first + from * STEP_MS, count))
      bodies.push({ bytes, samples: series.length * count, group })
    }
    group++
  }
  return rounds.flat()
}

/** The labels of a series as they stand in a request, field by field. */
export function encodeLabels(labels: Labels): Buffer {
  const out = new ProtoWriter(256)
  for (const [name, value] of labels) out.message(1, (label) => label.string(1, name).string(2, value))
  return Buffer.from(out.finish())
}

// WriteRequest { timeseries = 1 { labels = 1, samples = 2 { value = 1, timestamp = 2 } } }; times of our days take six bytes.
export const SAMPLE_BYTES = 2 + 9 + 7
const TIME_BYTES = 6

function messageOf(series: readonly Buffer[], start: number, count: number): Buffer {
  const size = series.reduce((sum, labels) => sum + labels.length + count * SAMPLE_BYTES + 6, 0)
  const out = Buffer.allocUnsafe(size)
  let at = 0
  for (const [i, labels] of series.entries()) {
    out[at++] = 0x0a
    at = varint(out, labels.length + count * SAMPLE_BYTES, at)
    at += labels.copy(out, at)
    for (let n = 0; n < count; n++) {
      const time = start + n * STEP_MS
      at = writeSample(out, at, sampleValue(i, time), time)
    }
  }
  return out.subarray(0, at)
}

/** Writes a sample of a series and tells where it ends, `SAMPLE_BYTES` on. */
export function writeSample(out: Buffer, at: number, value: number, time: number): number {
  out[at] = 0x12
  out[at + 1] = SAMPLE_BYTES - 2
  out[at + 2] = 0x09
  out.writeDoubleLE(value, at + 3)
  out[at + 11] = 0x10
  if (varint(out, time, at + 12) !== at + 12 + TIME_BYTES) throw new Error(`${time} is not a time of our days`)
  return at + SAMPLE_BYTES
}

/** Writes an unsigned varint and tells where it ends. */
export function varint(out: Buffer, value: number, at: number): number {
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out[at++] = (rest % 0x80) | 0x80
  out[at++] = rest
  return at
}

/** Series in groups of a request each, made as they are called for. */
export function* groupsOf(fleet: Iterable<readonly Labels[]>, seriesPerRequest: number): Generator<readonly Labels[]> {
  let group: Labels[] = []
  for (const series of fleet) {
    for (const labels of series) {
      group.push(labels)
      if (group.length < seriesPerRequest) continue
      yield group
      group = []
    }
  }
  if (group.length > 0) yield group
}
