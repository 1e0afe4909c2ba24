/** The programs that a benchmark compares, each in a process of its own over an empty folder. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBongsu } from '../../test/support/bongsu-process.ts'
import { freePort, runChild } from '../../test/support/child.ts'
import { eventually } from '../../test/support/eventually.ts'
import { peer } from '../../test/support/peers.ts'

export interface Target {
  readonly name: 'bongsu' | 'prometheus' | 'victoriametrics'
  readonly pid: number
  readonly writeUrl: string
  /** Base of the Prometheus query API. */
  readonly queryUrl: string
  readonly dataDir: string
  stop(): Promise<void>
}

export interface TargetOptions {
  /** Text of a scrape configuration in Prometheus' form, for those that scrape. */
  readonly scrapeConfig?: string
  readonly dataDir?: string
}

const QUIET = 'host_metrics: { enabled: false }\nself_scrape: { enabled: false }\n'

export async function startTarget(name: Target['name'], options: TargetOptions = {}): Promise<Target | undefined> {
  const folder = mkdtempSync(join(tmpdir(), `bongsu-bench-${name}-`))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const dataDir = options.dataDir ?? join(folder, 'data')
  if (name === 'bongsu') {
    const bongsu = await startBongsu({ dataDir, config: `${QUIET}${options.scrapeConfig ?? ''}` })
    const stop = async (): Promise<void> => {
      await bongsu.stop()
      remove()
    }
    return { name, pid: bongsu.pid, writeUrl: `${bongsu.url}/api/v1/write`, queryUrl: bongsu.url, dataDir, stop }
  }
  const program = peer(name === 'prometheus' ? 'prometheus' : 'victoria-metrics')
  if (program === undefined) return undefined
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  writeFileSync(join(folder, 'scrape.yml'), options.scrapeConfig ?? 'scrape_configs: []\n')
  const args =
    name === 'prometheus'
      ? [
          `--config.file=${folder}/scrape.yml`,
          `--storage.tsdb.path=${dataDir}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--web.enable-remote-write-receiver',
        ]
      : [
          `-storageDataPath=${dataDir}`,
          `-httpListenAddr=127.0.0.1:${port}`,
          ...(options.scrapeConfig === undefined ? [] : [`-promscrape.config=${folder}/scrape.yml`]),
        ]
  const child = runChild(program, args)
  await eventually(`${name} is up`, async () => ((await fetch(`${base}/-/healthy`)).ok ? true : undefined))
  const stop = async (): Promise<void> => {
    await child.stop()
    remove()
  }
  return { name, pid: child.pid, writeUrl: `${base}/api/v1/write`, queryUrl: base, dataDir, stop }
}
