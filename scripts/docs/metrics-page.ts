/** docs/reference/metrics.md: own metrics, as the telemetry of a process that has all its parts describes them. */
import type { Telemetry } from '../../src/core/telemetry.ts'
import { code, heading, table } from './markdown.ts'

export function metricsPage(metrics: ReturnType<Telemetry['describe']>): string {
  const rows = metrics.map(({ name, kind, help, labels }) => [code(name), kind, labels.map(code).join(', '), help])
  return `${heading('Metrics', 'the metrics that the parts register')}${table(['name', 'kind', 'labels', 'meaning'], rows)}`
}
