import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import { freePort, runChild } from '../support/child.ts'
import { eventually } from '../support/eventually.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'
import { api, raw } from '../support/prometheus-api.ts'
import type { MatrixSeries } from '../support/prometheus-api.ts'

const prometheus = peer('prometheus')
if (prometheus === undefined) console.log(HOW_TO_GET_PEERS)

const byLabels = (result: readonly MatrixSeries[]): Map<string, MatrixSeries['values']> =>
  new Map(
    result.map(({ metric, values }) => [
      JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))),
      values,
    ]),
  )

describe.skipIf(prometheus === undefined)('a real Prometheus that writes to Bongsu', () => {
  test.each(['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'])('%s: both answer alike', async (message) => {
    const bongsu = await startBongsu()
    const folder = mkdtempSync(join(tmpdir(), 'bongsu-prom-'))
    const port = await freePort()
    writeFileSync(
      join(folder, 'prometheus.yml'),
      [
        'global: { scrape_interval: 1s }',
        `scrape_configs: [{ job_name: itself, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }]`,
        `remote_write: [{ url: "${bongsu.url}/api/v1/write", protobuf_message: "${message}", queue_config: { batch_send_deadline: 200ms } }]`,
      ].join('\n'),
    )
    const sender = runChild(prometheus ?? '', [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ])
    const origin = `http://127.0.0.1:${port}`
    try {
      // Three scrapes have arrived: what Prometheus itself has of the time before that must be in Bongsu, to the bit.
      const ups = await eventually('three scrapes', async () => {
        const [up] = await raw(bongsu.url, 'up{job="itself"}[1m]', Date.now() / 1000)
        return up !== undefined && up.values.length >= 3 ? up.values : undefined
      })
      const upTo = (ups[1]?.[0] ?? 0) + 0.5
      const query = '{job="itself"}[1m]'
      const want = byLabels(await raw(origin, query, upTo))
      const got = byLabels(await raw(bongsu.url, query, upTo))
      expect(want.size).toBeGreaterThan(300)
      expect([...got.keys()].sort()).toEqual([...want.keys()].sort())
      for (const [labels, values] of want) expect(got.get(labels), labels).toEqual(values)
      expect(await api<string[]>(bongsu.url, 'label/job/values')).toContain('itself')
    } finally {
      await sender.stop()
      await bongsu.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
