/** A real Prometheus and a real Bongsu that hold the same samples and scrape the same page. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compressSnappy } from '../../src/codec/snappy.ts'
import { startBongsu } from './bongsu-process.ts'
import { freePort, runChild } from './child.ts'
import { eventually } from './eventually.ts'
import { startServer } from './http-server.ts'
import { api, vector } from './prometheus-api.ts'
import { writeRequestV2 } from './remote-write-message.ts'
import type { SeriesInput } from './remote-write-message.ts'

export interface ApiPair extends AsyncDisposable {
  readonly prometheus: string
  readonly bongsu: string
  /** What Bongsu has logged. */
  readonly log: () => string
}

const FEATURES = 'exemplar-storage,native-histograms,promql-per-step-stats'

/** Resolves once both hold `series` and have scraped `page`. */
export async function startApiPair(
  program: string,
  series: readonly SeriesInput[],
  page: string,
  external: Readonly<Record<string, string>>,
): Promise<ApiPair> {
  const target = await startServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(page)
  })
  const folder = mkdtempSync(join(tmpdir(), 'bongsu-pair-'))
  const port = await freePort()
  const config = [
    `global: { scrape_interval: 1s, external_labels: ${JSON.stringify(external)} }`,
    'scrape_configs:',
    '  - job_name: page',
    `    static_configs: [{ targets: ["${target.address}", "drop.me:1"], labels: { zone: a } }]`,
    '    relabel_configs: [{ source_labels: [__address__], regex: "drop.*", action: drop }]',
    '  - job_name: none',
  ].join('\n')
  writeFileSync(join(folder, 'prometheus.yml'), config)
  const child = runChild(program, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    `--enable-feature=${FEATURES}`,
  ])
  const own = 'self_scrape: { enabled: false }\nhost_metrics: { enabled: false }\n'
  const bongsu = await startBongsu({ config: `${config}\n${own}` })
  const prometheus = `http://127.0.0.1:${port}`
  const pair = {
    prometheus,
    bongsu: bongsu.url,
    log: () => bongsu.log(),
    [Symbol.asyncDispose]: async () => {
      await child.stop()
      await bongsu.stop()
      await target[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    for (const base of [prometheus, bongsu.url]) {
      await eventually(`${base} is ready`, async () => ((await fetch(`${base}/-/ready`)).ok ? true : undefined))
      await send(base, series)
      await eventually('the page is scraped', async () => ((await vector(base, 'up')).length > 0 ? true : undefined))
      await eventually('metadata', async () =>
        Object.keys(await api<object>(base, 'metadata')).length > 0 ? true : undefined,
      )
    }
    return pair
  } catch (error) {
    const log = `${child.log()}\n${bongsu.log()}`
    await pair[Symbol.asyncDispose]()
    throw new Error(`the pair did not start:\n${log}`, { cause: error })
  }
}

async function send(base: string, series: readonly SeriesInput[]): Promise<void> {
  const response = await fetch(`${base}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '2.0.0',
    },
    body: Uint8Array.from(compressSnappy(writeRequestV2(series))),
  })
  if (!response.ok) throw new Error(`${base} refused the samples: ${response.status} ${await response.text()}`)
}
