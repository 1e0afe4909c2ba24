/** Series that show what an API may get wrong: gaps, staleness, odd values and names, exemplars, native histograms. */
import { STALE_HI, STALE_LO } from '../../src/model/stale.ts'
import type { HistogramInput, Pairs, SampleInput, SeriesInput } from './remote-write-message.ts'

const STEP = 15_000
const STALE = (BigInt(STALE_HI) << 32n) | BigInt(STALE_LO)

const labels = (name: string, rest: Readonly<Record<string, string>> = {}): Pairs =>
  Object.entries({ __name__: name, ...rest }).sort(([a], [b]) => (a < b ? -1 : 1))

/** Thirty minutes of samples, every 15 s, the last one at `end` (ms). */
export function oddSeries(end: number): readonly SeriesInput[] {
  const times = Array.from({ length: 121 }, (_, i) => end - (120 - i) * STEP)
  const floats = (value: (i: number) => number | bigint, keep: (i: number) => boolean = () => true): SampleInput[] =>
    times.flatMap((timestamp, i) => (keep(i) ? [{ timestamp, value: value(i) }] : []))
  const odd = [NaN, Infinity, -Infinity, -0, 0, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 123_456_789.5]
  return [
    ...['200', '404', '500'].flatMap((code) =>
      ['a', 'b', 'c', 'd'].map((instance, k) => ({
        labels: labels('http_requests_total', { job: 'web', instance, code }),
        samples: floats((i) => i * (k + 1)),
        exemplars: [times[5], times[9], times[100]].map((timestamp, n) => ({
          labels: [['trace_id', `${code}${instance}${n}`]] as Pairs,
          value: n + 0.5,
          timestamp: timestamp ?? 0,
        })),
      })),
    ),
    { labels: labels('gappy', { job: 'web' }), samples: floats(Number, (i) => i < 30 || i > 70) },
    {
      labels: labels('gone', { job: 'web' }),
      samples: floats(
        (i) => (i === 80 ? STALE : i),
        (i) => i <= 80,
      ),
    },
    {
      labels: labels('flapping', { job: 'web' }),
      samples: floats(
        (i) => (i % 10 === 9 ? STALE : i),
        (i) => i % 10 < 5 || i % 10 === 9,
      ),
    },
    { labels: labels('odd_values'), samples: floats((i) => odd[i % odd.length] ?? 0) },
    { labels: labels('single', { job: 'batch' }), samples: [{ timestamp: end - 61_001, value: 1.5 }] },
    { labels: labels('metric.with dots', { 'label é': 'a "b"\n\\', job: 'ütf' }), samples: floats(Number) },
    { labels: labels('colon:rule', { a_b: 'x', 'a.b': 'y' }), samples: floats(Number) },
    { labels: labels('native', { kind: 'integer' }), histograms: times.map((t, i) => integerHistogram(t, i)) },
    { labels: labels('native', { kind: 'gauge' }), histograms: times.map((t, i) => gaugeHistogram(t, i)) },
    {
      labels: labels('native', { kind: 'gone' }),
      histograms: times.slice(0, 60).map((t, i) => (i === 59 ? staleHistogram(t) : integerHistogram(t, i))),
    },
    { labels: labels('native', { kind: 'custom' }), histograms: times.map((t, i) => customHistogram(t, i)) },
    { labels: labels('mixed', { job: 'web' }), samples: floats(Number, (i) => i < 60) },
    { labels: labels('mixed', { job: 'web' }), histograms: times.slice(60).map((t, i) => integerHistogram(t, i)) },
  ]
}

function integerHistogram(timestamp: number, i: number): HistogramInput {
  return {
    timestamp,
    sum: i * 1.25,
    schema: 1,
    countInt: 6 + 4 * i,
    zeroThreshold: 0.001,
    zeroCountInt: i,
    positiveSpans: [
      { offset: -2, length: 2 },
      { offset: 3, length: 1 },
    ],
    positiveDeltas: [1 + i, 1, -1],
    negativeSpans: [{ offset: 1, length: 1 }],
    negativeDeltas: [2],
  }
}

function gaugeHistogram(timestamp: number, i: number): HistogramInput {
  return {
    timestamp,
    sum: -3.5,
    schema: -1,
    countFloat: 4.5 + (i % 3),
    zeroThreshold: 0.5,
    zeroCountFloat: i % 3,
    positiveSpans: [{ offset: 0, length: 3 }],
    positiveCounts: [1.5, 0, 3],
    resetHint: 3,
  }
}

function customHistogram(timestamp: number, i: number): HistogramInput {
  return {
    timestamp,
    sum: i,
    schema: -53,
    countInt: 3 + 3 * i,
    positiveSpans: [{ offset: 0, length: 3 }],
    positiveDeltas: [1 + i, 0, 0],
    customValues: [0.1, 1],
  }
}

function staleHistogram(timestamp: number): HistogramInput {
  return { timestamp, sum: STALE, countInt: 0 }
}
