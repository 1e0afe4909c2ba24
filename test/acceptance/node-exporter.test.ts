import { describe, expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import { freePort, runChild } from '../support/child.ts'
import { eventually } from '../support/eventually.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'
import { vector } from '../support/prometheus-api.ts'

const exporter = peer('prometheus-node-exporter')
if (exporter === undefined) console.log(HOW_TO_GET_PEERS)

/** What the two may differ in: they look at different moments, and each measures itself. */
const MOVING = /^node_(scrape_collector|exporter_build|textfile|time_seconds)/

/** Facts that stay the same between two moments: here values must be equal. */
const STEADY =
  /^node_(boot_time_seconds|uname_info|filefd_maximum|memory_(MemTotal|SwapTotal)_bytes|filesystem_(size_bytes|files|mount_info)|network_(info|mtu_bytes|up|protocol_type)|cpu_guest_seconds_total)$/

function seriesOf(samples: Awaited<ReturnType<typeof vector>>): Map<string, string> {
  return new Map(
    samples.map(({ metric, value }) => {
      const labels = Object.entries(metric).filter(([name]) => name !== 'job' && name !== 'instance')
      return [JSON.stringify(labels.sort(([a], [b]) => (a < b ? -1 : 1))), value[1]]
    }),
  )
}

describe.skipIf(exporter === undefined)('a real node_exporter beside our own host metrics', () => {
  test('has every series that we have, with the same labels, and equal values where they do not move', async () => {
    const port = await freePort()
    const child = runChild(exporter ?? '', [
      `--web.listen-address=127.0.0.1:${port}`,
      // Debian's build leaves out more mounts than node_exporter itself does.
      String.raw`--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)`,
    ])
    const bongsu = await startBongsu({
      config: `scrape_configs: [{ job_name: exporter, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }]`,
    })
    try {
      await eventually('a scrape', async () => {
        const [up] = await vector(bongsu.url, 'up{job="exporter"} ')
        return up?.value[1] === '1' ? up : undefined
      })
      const theirs = seriesOf(await vector(bongsu.url, '{job="exporter",__name__=~"node_.*"}'))
      const ours = await eventually('our own', async () => {
        const found = await vector(bongsu.url, '{job="node",__name__=~"node_.*"}')
        return found.length > 100 ? found : undefined
      })
      const checked = ours.filter(({ metric }) => !MOVING.test(metric['__name__'] ?? ''))
      const mine = seriesOf(checked)
      // node_exporter knows the memory fields of older kernels only; we tell all that this one has.
      const more = [...mine.keys()].filter((series) => !theirs.has(series) && !series.includes('node_memory_'))
      expect(more).toEqual([])
      const steady = checked.filter(({ metric }) => STEADY.test(metric['__name__'] ?? ''))
      expect(steady.length).toBeGreaterThan(5)
      for (const [series, value] of seriesOf(steady)) expect(theirs.get(series), series).toBe(value)
    } finally {
      await bongsu.stop()
      await child.stop()
    }
  })
})
