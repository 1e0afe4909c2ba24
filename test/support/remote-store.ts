import { Secret } from '../../src/config/secret.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { RemoteEngine } from '../../src/store/remote/engine.ts'
import type { RemoteOptions } from '../../src/store/remote/engine.ts'
import { FRONT_PASSWORD, FRONT_USER } from './clickhouse-front.ts'

/** A remote engine for the server at `url` (by default with the user of a ClickHouse front), not started. */
export function remoteEngine(url: string, options: Partial<RemoteOptions> = {}): RemoteEngine {
  const deps = { clock: systemClock, log: silentLog, telemetry: new Telemetry() }
  const access = { user: FRONT_USER, password: new Secret(FRONT_PASSWORD), database: 'bongsu' }
  return new RemoteEngine({ url, ...access, compression: false, connections: 8, cluster: undefined, ...options }, deps)
}
