/** The programs that a benchmark compares, each in a process of its own over a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort, runChild } from '../../test/support/child.ts'
import type { Child } from '../../test/support/child.ts'
import { peer } from '../../test/support/peers.ts'
import { sleep } from './scenario.ts'

export const TARGETS = ['bongsu', 'prometheus', 'victoriametrics'] as const
export type TargetName = (typeof TARGETS)[number]

export interface Target {
  readonly name: TargetName
  readonly pid: number
  /** Base of the Prometheus API. */
  readonly url: string
  readonly writeUrl: string
  readonly dataDir: string
  /** From the start of the process until it said that it is ready, in seconds. */
  readonly readySeconds: number
  /** Ends it and removes its folder. */
  stop(): Promise<void>
  /** Ends it by SIGTERM or SIGKILL, leaving its data, and starts it again over them. */
  restart(how: 'stop' | 'kill'): Promise<Target>
}

export interface TargetOptions {
  /** `scrape_configs` and `global`, in Prometheus' form. */
  readonly scrapeConfig?: string
  /** Bongsu's own `head` section: key by key. */
  readonly head?: Readonly<Record<string, string>>
  /** Bongsu's own `query` section: key by key. */
  readonly query?: Readonly<Record<string, string>>
  /** Without Bongsu's limits on series, which the others don't have. */
  readonly unlimited?: boolean
}

const READY_SECONDS = 120
const POLL_MS = 5
const BONGSU = resolve(import.meta.dirname, '../../bin/bongsu.mjs')
// What Bongsu watches of its own accord would be in its figures only.
const QUIET = 'host_metrics: { enabled: false }\nself_scrape: { enabled: false }\n'
const UNLIMITED = 'limits: { max_global_series_per_user: 0, max_global_series_per_metric: 0 }\n'

/** Whether the program of a target is on this machine. */
export function isPresent(name: TargetName): boolean {
  return name === 'bongsu' || programOf(name) !== undefined
}

/** Starts targets, and can end all of those that still run. */
export class Targets {
  readonly #head: Readonly<Record<string, string>>
  readonly #running = new Set<{ readonly child: Child; readonly folder: string }>()

  /** `head` holds for every Bongsu that is started. */
  constructor(head: Readonly<Record<string, string>>) {
    this.#head = head
  }

  async start(name: TargetName, given: TargetOptions = {}): Promise<Target> {
    const options = { ...given, head: { ...this.#head, ...given.head } }
    const folder = mkdtempSync(join(tmpdir(), `bongsu-bench-${name}-`))
    mkdirSync(join(folder, 'data'))
    return this.#run(name, folder, options)
  }

  /** SIGKILL to all, and their folders are gone. For an end before the time. */
  async killAll(): Promise<void> {
    for (const { child, folder } of this.#running) {
      await child.kill()
      remove(folder)
    }
    this.#running.clear()
  }

  async #run(name: TargetName, folder: string, options: TargetOptions): Promise<Target> {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const dataDir = join(folder, 'data')
    const [program, args] = commandOf(name, { folder, dataDir, port, options })
    const started = performance.now()
    const child = runChild(program, args)
    const entry = { child, folder }
    this.#running.add(entry)
    const end = async (how: 'stop' | 'kill'): Promise<void> => {
      await (how === 'stop' ? child.stop() : child.kill())
      this.#running.delete(entry)
    }
    try {
      await ready(name, url, child)
    } catch (error) {
      await end('kill')
      remove(folder)
      throw error
    }
    return {
      name,
      pid: child.pid,
      url,
      writeUrl: `${url}/api/v1/write`,
      dataDir,
      readySeconds: (performance.now() - started) / 1000,
      stop: async () => {
        await end('stop')
        remove(folder)
      },
      restart: async (how) => {
        await end(how)
        return this.#run(name, folder, options)
      },
    }
  }
}

interface Place {
  readonly folder: string
  readonly dataDir: string
  readonly port: number
  readonly options: TargetOptions
}

function commandOf(name: TargetName, place: Place): readonly [program: string, args: readonly string[]] {
  const { folder, dataDir, port, options } = place
  const address = `127.0.0.1:${port}`
  const config = join(folder, 'config.yml')
  const scrape = options.scrapeConfig ?? 'scrape_configs: []\n'
  writeFileSync(config, name === 'bongsu' ? `${bongsuConfig(options)}${scrape}` : scrape)
  const program = name === 'bongsu' ? process.execPath : programOf(name)
  if (program === undefined) throw new Error(`${name} is not there`)
  switch (name) {
    case 'bongsu':
      return [
        program,
        ['--v8-pool-size=1', BONGSU, 'serve', '--listen', address, '--data-dir', dataDir, '--config', config],
      ]
    case 'prometheus':
      return [
        program,
        [
          `--config.file=${config}`,
          `--storage.tsdb.path=${dataDir}`,
          `--web.listen-address=${address}`,
          '--web.enable-remote-write-receiver',
          '--web.enable-admin-api',
        ],
      ]
    case 'victoriametrics':
      return [program, [`-storageDataPath=${dataDir}`, `-httpListenAddr=${address}`, `-promscrape.config=${config}`]]
  }
}

function bongsuConfig({ head = {}, query = {}, unlimited = false }: TargetOptions): string {
  const section = (keys: Readonly<Record<string, string>>): string =>
    `{ ${Object.entries(keys)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')} }`
  return `${QUIET}${unlimited ? UNLIMITED : ''}head: ${section(head)}\nquery: ${section(query)}\n`
}

function programOf(name: Exclude<TargetName, 'bongsu'>): string | undefined {
  return peer(name === 'prometheus' ? 'prometheus' : 'victoria-metrics')
}

async function ready(name: TargetName, url: string, child: Child): Promise<void> {
  const probe = name === 'victoriametrics' ? `${url}/health` : `${url}/-/ready`
  const life = { ended: false }
  void child.exited.then(() => (life.ended = true))
  const deadline = performance.now() + READY_SECONDS * 1000
  while (performance.now() < deadline && !life.ended) {
    if (await answers(probe)) return
    await sleep(POLL_MS)
  }
  throw new Error(`${name} was not ready within ${READY_SECONDS} s:\n${child.log().slice(-2000)}`)
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false // not listening yet
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
