/** docs/reference/metrics.md: own metrics, as the telemetry of a process that has all its parts describes them. */
import { createApp } from '../../src/app.ts'
import { loadAppConfig } from '../../src/app-config/load-app-config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { code, heading, table } from './markdown.ts'

/** Makes every part of a process with default configuration, and starts none. */
export async function ownMetricsPage(): Promise<string> {
  const load = (): ReturnType<typeof loadAppConfig> => loadAppConfig({ file: undefined, overrides: [], env: {} })
  const { config } = await load()
  if (config === undefined) throw new Error('the default configuration has problems')
  const telemetry = new Telemetry()
  const deps = { clock: systemClock, log: silentLog, env: {}, version: '', revision: '', pageFolder: '', load }
  createApp(config, { ...deps, telemetry })
  return metricsPage(telemetry.describe())
}

export function metricsPage(metrics: ReturnType<Telemetry['describe']>): string {
  const rows = metrics.map(({ name, kind, help, labels }) => [code(name), kind, labels.map(code).join(', '), help])
  return `${heading('Metrics', 'the metrics that the parts register')}${table(['name', 'kind', 'labels', 'meaning'], rows)}`
}
