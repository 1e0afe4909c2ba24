import type { Clock } from '../core/clock.ts'
import type { Component } from '../core/lifecycle.ts'
import type { Log } from '../core/log.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { StoreConfig } from './config.ts'
import { openDataFolder } from './data-folder.ts'
import type { DataFolder } from './data-folder.ts'
import { EmbeddedEngine } from './embedded/engine.ts'
import type { Engine } from './engine.ts'
import { RemoteEngine } from './remote/engine.ts'

/** Inserts at once: one of a full segment, one of late rows that a query waits for. */
const WRITERS = 2

export interface OpenEngineDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

/** The engine that the configuration names: a ClickHouse server where there is a URL, otherwise the embedded one. */
export function openEngine(config: StoreConfig, deps: OpenEngineDeps): Engine {
  const { memory, threads, max_concurrent_queries: readers, url } = config
  if (url !== undefined) {
    const { user, password, database, compression, cluster } = config
    return new RemoteEngine({ url, user, password, database, compression, cluster, connections: readers + WRITERS }, deps)
  }
  const limits = { totalBytes: memory.total, queryBytes: memory.query, threads }
  return new EmbeddedEngine({ path: config.path, limits, readers, writers: WRITERS }, deps)
}

/** Holds the data folder for this process where the engine does not do so itself: the log is in it, wherever the tables are. */
export function holdFolder(path: string): Component {
  let held: DataFolder | undefined
  return {
    name: 'data-folder',
    start: async () => {
      held = await openDataFolder(path)
    },
    stop: async () => {
      await held?.release()
      held = undefined
    },
  }
}
