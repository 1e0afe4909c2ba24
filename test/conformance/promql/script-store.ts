/** One real store for many scripts: each start of a script and each `clear` is a tenant of its own, which costs nothing. */
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { silentLog } from '../../../src/core/log.ts'
import { durationMs } from '../../../src/core/time.ts'
import type { TenantId } from '../../../src/model/tenant.ts'
import { loadMigrations, migrate } from '../../../src/store/migrate.ts'
import type { MetricsStore } from '../../../src/write/metrics-store.ts'
import { embeddedEngine } from '../../support/embedded-store.ts'
import { metricsStore, never } from '../../support/metrics-store.ts'
import { TestClock } from '../../support/test-clock.ts'

/** Scripts begin at the epoch and reach some days from it. */
const BEHIND_SCRIPTS = 100 * 86_400_000
const FOREVER = durationMs(1e15)

export interface ScriptStore extends AsyncDisposable {
  readonly store: MetricsStore
  freshTenant(): TenantId
}

/** `now`: where the store's clock stands still, in UnixMs. */
export async function openScriptStore(now = BEHIND_SCRIPTS): Promise<ScriptStore> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-promql-'))
  const engine = embeddedEngine(join(folder, 'data'))
  await engine.start(never)
  const clock = new TestClock(now)
  await migrate(await loadMigrations(), { cluster: undefined }, { engine, clock, log: silentLog, signal: never })
  const store = metricsStore({
    engine,
    walFolder: join(folder, 'wal'),
    clock,
    head: { max_age: FOREVER, out_of_order_time_window: FOREVER, flush_interval: FOREVER },
  })
  await store.start(never)
  let tenants = 0
  return {
    store,
    freshTenant: () => `script-${++tenants}` as TenantId,
    [Symbol.asyncDispose]: async () => {
      const deadline = AbortSignal.timeout(30_000)
      await store.stop(deadline)
      await engine.stop(deadline)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
