/** A real Prometheus that holds the random series. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NativeHistogram } from '../../../src/model/histogram.ts'
import { isStale, STALE_HI, STALE_LO } from '../../../src/model/stale.ts'
import { freePort, runChild } from '../../support/child.ts'
import { eventually } from '../../support/eventually.ts'
import type { HistogramInput, SampleInput, SeriesInput } from '../../support/remote-write-message.ts'
import { postWrite } from '../../support/remote-write-sender.ts'
import type { LoadedSeries } from '../promql/script.ts'
import { answerOfBody } from './answer.ts'
import type { Answer, BodyJson } from './answer.ts'

export interface Prometheus extends AsyncDisposable {
  instant(query: string, time: number): Promise<Answer>
  range(query: string, start: number, end: number, step: number): Promise<Answer>
}

const FEATURES = 'native-histograms,promql-experimental-functions'
const STALE = (BigInt(STALE_HI) << 32n) | BigInt(STALE_LO)

/** `program`: its path. Resolves once it has all the series. */
export async function startPrometheus(program: string, series: readonly LoadedSeries[]): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'bongsu-prometheus-'))
  const port = await freePort()
  writeFileSync(join(folder, 'prometheus.yml'), 'scrape_configs: []\n')
  const child = runChild(program, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    `--enable-feature=${FEATURES}`,
  ])
  const stop = async (): Promise<void> => {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const base = `http://127.0.0.1:${port}`
  try {
    await eventually('Prometheus is ready', async () => ((await fetch(`${base}/-/ready`)).ok ? true : undefined))
    for (const request of requestsOf(series)) {
      const { status, text } = await postWrite(base, request, 2)
      if (status !== 204) throw new Error(`the samples were refused: ${status} ${text}`)
    }
  } catch (error) {
    const log = child.log()
    await stop()
    throw new Error(`Prometheus did not start:\n${log}`, { cause: error })
  }
  return {
    instant: (query, time) => ask(base, 'query', { query, time: seconds(time) }),
    range: (query, start, end, step) =>
      ask(base, 'query_range', { query, start: seconds(start), end: seconds(end), step: seconds(step) }),
    [Symbol.asyncDispose]: stop,
  }
}

async function ask(base: string, path: string, params: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(`${base}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(params) })
  return answerOfBody((await response.json()) as BodyJson)
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/**
 * One request takes a series' floats in before its histograms: so where a series changes from one to the other, a new request
 * begins, of all series, as a request reaches back one hour only.
 */
function requestsOf(series: readonly LoadedSeries[]): SeriesInput[][] {
  const cuts = [...new Set(series.flatMap(changesOf))].sort((a, b) => a - b)
  return [-Infinity, ...cuts].map((from, i) => series.map((one) => inputOf(one, from, cuts[i] ?? Infinity)))
}

/** Times at which a series changes between floats and histograms. */
function changesOf({ samples }: LoadedSeries): number[] {
  return samples
    .filter(({ value }, i) => i > 0 && typeof value !== typeof samples[i - 1]?.value)
    .map(({ timestamp }) => timestamp)
}

function inputOf({ labels, samples }: LoadedSeries, from: number, to: number): SeriesInput {
  const floats: SampleInput[] = []
  const histograms: HistogramInput[] = []
  for (const { timestamp, value } of samples) {
    if (timestamp < from || timestamp >= to) continue
    if (typeof value === 'number') floats.push({ timestamp, value: isStale(value) ? STALE : value })
    else histograms.push(histogramInput(timestamp, value))
  }
  return { labels: [...labels.entries()], samples: floats, histograms }
}

function histogramInput(timestamp: number, histogram: NativeHistogram): HistogramInput {
  const { schema, zeroThreshold, sum, count, zeroCount, customValues, positive, negative, integer } = histogram
  const spans = ({ offsets, lengths }: NativeHistogram['positive']): { offset: number; length: number }[] =>
    offsets.map((offset, i) => ({ offset, length: lengths[i] as number }))
  return {
    timestamp,
    schema,
    zeroThreshold,
    sum: histogram.stale ? STALE : sum,
    resetHint: histogram.resetHint === 'gauge' ? 3 : 0,
    positiveSpans: spans(positive),
    negativeSpans: spans(negative),
    customValues,
    ...(integer
      ? {
          countInt: count,
          zeroCountInt: zeroCount,
          positiveDeltas: deltasOf(positive.counts),
          negativeDeltas: deltasOf(negative.counts),
        }
      : {
          countFloat: count,
          zeroCountFloat: zeroCount,
          positiveCounts: positive.counts,
          negativeCounts: negative.counts,
        }),
  }
}

function deltasOf(counts: readonly number[]): number[] {
  return counts.map((count, i) => count - (counts[i - 1] ?? 0))
}
