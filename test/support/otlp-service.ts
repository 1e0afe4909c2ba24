import type { PartialSuccess } from '../../src/codec/otlp/response.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { durationMs } from '../../src/core/time.ts'
import { isStale } from '../../src/model/stale.ts'
import { DEFAULT_TENANT } from '../../src/model/tenant.ts'
import { otlpReceiverSection, otlpSection } from '../../src/receive/otlp/config.ts'
import { OtlpMetrics } from '../../src/receive/otlp/metrics-service.ts'
import { MemoryMetrics } from './memory-metrics.ts'
import { encodeMetricsRequest } from './otlp-message.ts'
import type { Metric, MetricsRequest, NumberPoint } from './otlp-message.ts'
import { TestClock } from './test-clock.ts'

/** The time at which the clock of `otlpService` stands; UnixMs. */
export const T = 1_700_000_000_000
/** Nanoseconds, as OTLP/JSON writes them. */
export const nano = (ms: number): string => `${ms}000000`

/** An OtlpMetrics over a consumer in memory, and short ways to send to it and to see what was kept. */
export function otlpService(otlp: object = {}, receiver: object = {}) {
  const next = new MemoryMetrics()
  const clock = new TestClock(T)
  const telemetry = new Telemetry()
  const options = {
    otlp: otlpSection.schema.parse(otlp),
    receiver: otlpReceiverSection.schema.parse(receiver),
    lookback: durationMs(300_000),
  }
  const service = new OtlpMetrics(options, { next, clock, telemetry })
  const sendBytes = (body: Buffer): Promise<PartialSuccess | undefined> =>
    service.export({
      body,
      encoding: 'protobuf',
      transport: 'http',
      tenant: DEFAULT_TENANT,
      signal: new AbortController().signal,
    })
  const send = (request: MetricsRequest): Promise<PartialSuccess | undefined> =>
    sendBytes(encodeMetricsRequest(request))
  /** All samples as `labels value@ms`, in order. */
  const lines = (): string[] =>
    next
      .all()
      .flatMap(({ labels, samples }) =>
        samples.map(
          ({ value, timestamp }) => `${labels.toString()} ${isStale(value) ? 'stale' : value}@${timestamp - T}`,
        ),
      )
  const names = (): string[] => next.all().map(({ labels }) => labels.toString())
  return { next, clock, telemetry, service, send, sendBytes, lines, names }
}

/** A point so many milliseconds after `T`. */
export const at = (ms: number, value: number, more: Partial<NumberPoint> = {}): NumberPoint => ({
  timeUnixNano: nano(T + ms),
  asDouble: value,
  ...more,
})
export const gauge = (name: string, ...dataPoints: NumberPoint[]): Metric => ({ name, gauge: { dataPoints } })
export const counter = (name: string, ...dataPoints: NumberPoint[]): Metric => ({
  name,
  sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
})
export const delta = (name: string, ...dataPoints: NumberPoint[]): Metric => ({
  name,
  sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints },
})
