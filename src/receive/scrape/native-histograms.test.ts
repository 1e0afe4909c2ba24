import { expect, test } from 'vitest'
import { writeProtobuf } from '../../codec/exposition/write-protobuf.ts'
import { NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { answer, startServer } from '../../../test/support/http-server.ts'
import type { TestServer } from '../../../test/support/http-server.ts'
import { jobOf, ScrapeRig } from '../../../test/support/scrape-rig.ts'

const histogram = (buckets: number, schema = 3): NativeHistogram => ({
  schema,
  zeroThreshold: 0.001,
  zeroCount: 0,
  count: buckets,
  sum: 1,
  stale: false,
  integer: true,
  positive: { offsets: [1], lengths: [buckets], counts: Array.from({ length: buckets }, () => 1) },
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
})

const page = (...sizes: readonly number[]) => {
  const metrics = sizes.map((size, i) => ({
    labels: [['i', String(i)]] as const,
    startTimestamp: 5000,
    value: { kind: 'native' as const, histogram: histogram(size) },
  }))
  const family = writeProtobuf({ name: 'h', type: 'histogram', help: 'H.', metrics }, 'allow-utf-8')
  return answer(family, {
    'content-type': 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
  })
}

const rigFor = (server: TestServer, job: Record<string, unknown>): Promise<ScrapeRig> =>
  new ScrapeRig([
    jobOf({ static_configs: [{ targets: [server.address] }], scrape_native_histograms: true, ...job }),
  ]).start()

test('native histograms are asked for first, and stored with their start times', async () => {
  await using server = await startServer(page(3))
  await using rig = await rigFor(server, {})
  await rig.tick()
  expect(server.requests[0]?.headers.accept).toMatch(/^application\/vnd.google.protobuf;proto=/)
  const [batch] = rig.metrics.batches
  expect(batch?.histograms[0]?.labels.get('i')).toBe('0')
  expect(batch?.histograms[0]?.value).toMatchObject({ schema: 3, count: 3 })
  expect(rig.report()).toMatchObject({ up: 1, scrape_samples_scraped: 1, scrape_series_added: 1 })
  server.handler = page()
  await rig.tick()
  expect(rig.last()).toEqual(['h{i="0"} stale'])
})

test('native_histogram_bucket_limit makes them coarser, and fails the scrape when that is not enough', async () => {
  await using server = await startServer(page(8, 2))
  await using rig = await rigFor(server, { native_histogram_bucket_limit: 4 })
  await rig.tick()
  const schemas = rig.metrics.batches[0]?.histograms.map(({ value }) => [value.schema, value.positive.counts.length])
  expect(schemas).toEqual([
    [2, 4],
    [3, 2],
  ])
  server.handler = page(2, 5000)
  await rig.tick()
  expect(rig.metrics.batches[1]?.histograms).toEqual([])
  expect(rig.manager.activeTargets()[0]?.lastError).toBe('histogram bucket limit exceeded (limit: 4)')
  expect(rig.report()).toMatchObject({ up: 0, scrape_samples_scraped: 2, scrape_samples_post_metric_relabeling: 2 })
})

test('native_histogram_min_bucket_factor sets the finest schema', async () => {
  await using server = await startServer(page(8))
  await using rig = await rigFor(server, { native_histogram_min_bucket_factor: 2 })
  await rig.tick()
  expect(rig.metrics.batches[0]?.histograms[0]?.value.schema).toBe(0)
})
