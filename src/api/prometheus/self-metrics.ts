/** GET status/self_metrics: this process' own metrics as JSON. Follows selfMetrics, web/api/v1/api.go, prometheus@v3.14. */
import type { FastifyInstance } from 'fastify'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { GatheredFamily, Telemetry } from '../../core/telemetry.ts'
import { compileLabelRegexp } from '../../model/regexp.ts'
import type { LabelRegexp } from '../../model/regexp.ts'
import { paramsOf } from '../request.ts'
import { sendData } from './envelope.ts'
import { badRequest } from './params.ts'
import { prometheusDialect } from './routes.ts'

export function selfMetricsRoutes(deps: {
  readonly telemetry: Telemetry
  readonly log: Log
}): (app: FastifyInstance) => void {
  return (app) => {
    prometheusDialect(app, deps)
    app.get('/api/v1/status/self_metrics', (request, reply) => {
      const pattern = patternOf(paramsOf(request).get('metric_name_pattern') ?? '')
      const families = deps.telemetry.gather().filter(({ name }) => pattern?.test(name) ?? true)
      return sendData(reply, JSON.stringify(families.map(familyJson)))
    })
  }
}

/** Undefined: all names. */
function patternOf(pattern: string): LabelRegexp | undefined {
  if (pattern === '') return undefined
  try {
    return compileLabelRegexp(pattern)
  } catch (cause) {
    throw badRequest({ message: `invalid metric_name_pattern: ${messageOf(cause)}` }, { cause })
  }
}

type GatheredMetric = GatheredFamily['metrics'][number]

/** An `io.prometheus.client.MetricFamily` in protobuf's JSON: 64-bit integers are texts, what is infinite or no number has a name. */
function familyJson({ name, help, kind, metrics }: GatheredFamily): object {
  return {
    name,
    help,
    type: kind.toUpperCase(),
    metric: metrics.map((metric) => ({
      ...(Object.keys(metric.labels).length === 0 ? {} : { label: labelsOf(metric) }),
      [kind]: kind === 'histogram' ? histogramJson(metric) : { value: numberJson(metric.value) },
    })),
  }
}

function labelsOf({ labels }: GatheredMetric): object[] {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }))
}

/** The bucket of all is the count itself. */
function histogramJson({ buckets, sum }: GatheredMetric): object {
  return {
    sampleCount: String(buckets.at(-1)?.count ?? 0),
    sampleSum: numberJson(sum),
    bucket: buckets
      .filter(({ bound }) => bound !== Infinity)
      .map(({ bound, count }) => ({ cumulativeCount: String(count), upperBound: bound })),
  }
}

function numberJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}
