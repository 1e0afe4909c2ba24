import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { EmbeddedEngine } from '../../src/store/embedded/engine.ts'
import type { EmbeddedOptions } from '../../src/store/embedded/engine.ts'

/** An embedded engine over `path`, not started. Small limits: several suites share a machine. */
export function embeddedEngine(path: string, options: Partial<EmbeddedOptions> = {}): EmbeddedEngine {
  const limits = { totalBytes: 2e9, queryBytes: 8e8, threads: 2 }
  const deps = { clock: systemClock, log: silentLog, telemetry: new Telemetry() }
  return new EmbeddedEngine({ path, limits, readers: 4, writers: 2, ...options }, deps)
}

/** Calls `use` with a folder that is gone afterwards. */
export async function withFolder<T>(use: (path: string) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'bongsu-store-'))
  try {
    return await use(path)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}
