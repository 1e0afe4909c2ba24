/** From the configuration to the store's parts, for app.ts: the engine, and behind it what brings the schema up to date. */
import type { Clock } from '../core/clock.ts'
import type { Component } from '../core/lifecycle.ts'
import type { Log } from '../core/log.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { StoreConfig } from './config.ts'
import { EmbeddedEngine } from './embedded/engine.ts'
import type { Engine } from './engine.ts'
import { loadMigrations, migrate } from './migrate.ts'
import { RemoteEngine } from './remote/engine.ts'
import { applyRetention } from './retention.ts'

export interface StoreDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

/** The engine that `store` asks for: a ClickHouse where it names a url, else the embedded one. Not started. */
export function createEngine(config: StoreConfig, deps: StoreDeps): Engine {
  const { url, user, password, database, cluster, compression } = config
  if (url !== undefined) {
    const connections = config.max_concurrent_queries + WRITERS
    return new RemoteEngine({ url, user, password, database, cluster, compression, connections }, deps)
  }
  const limits = { totalBytes: config.memory.total, queryBytes: config.memory.query, threads: config.threads }
  const readers = Math.min(config.max_concurrent_queries, EMBEDDED_READERS)
  const options = { path: config.path, limits, readers, writers: WRITERS }
  return new EmbeddedEngine(options, deps)
}

/** Of libuv's 16 threads (bin/bongsu.mjs) each query takes one for as long as it lasts; writers and files need some too. */
const EMBEDDED_READERS = 12
/** One insert on its way while the next is written: more only make more parts to merge. */
const WRITERS = 2

/** Migrations and retention, as a part that starts behind the engine and before all that uses it. */
export class StoreSchema implements Component {
  readonly name = 'store schema'
  readonly #config: StoreConfig
  readonly #deps: { readonly engine: Engine; readonly clock: Clock; readonly log: Log }

  constructor(config: StoreConfig, deps: { readonly engine: Engine; readonly clock: Clock; readonly log: Log }) {
    this.#config = config
    this.#deps = deps
  }

  /** Rejects as `migrate` does, or with the engine's `store.*` errors. */
  async start(signal: AbortSignal): Promise<void> {
    const { cluster, retention, url } = this.#config
    const placement = { cluster: url === undefined ? undefined : cluster }
    const deps = { ...this.#deps, signal }
    await migrate(await loadMigrations(), placement, deps)
    await applyRetention(retention, placement, deps)
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}
