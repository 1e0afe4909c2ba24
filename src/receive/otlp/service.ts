/** What OTLP's transports and signals have in common: a transport knows paths, encodings and status codes, a signal its data. */
import type { Buffer } from 'node:buffer'
import type { OtlpEncoding, PartialSuccess } from '../../codec/otlp/response.ts'
import { BongsuError, defineError, messageOf } from '../../core/errors.ts'
import type { TenantId } from '../../model/tenant.ts'

export type OtlpTransport = 'http' | 'grpc'

/** One decompressed request. */
export interface ExportRequest {
  readonly body: Buffer
  readonly encoding: OtlpEncoding
  readonly transport: OtlpTransport
  readonly tenant: TenantId
  readonly signal: AbortSignal
}

/** The receiving end of one signal. */
export interface OtlpService {
  readonly signal: SignalName
  /** Resolves once what was taken is durable; undefined = all was. Throws catalogue errors; those with `retry` ask for a resend. */
  export(request: ExportRequest): Promise<PartialSuccess | undefined>
}

export type SignalName = 'metrics' | 'traces' | 'logs'

/** Where each signal is sent to. Source: opentelemetry-proto 1.11, docs/specification.md. */
export const SIGNALS: Readonly<
  Record<SignalName, { readonly path: string; readonly grpcService: string; readonly rejectedKey: string }>
> = {
  metrics: {
    path: '/v1/metrics',
    grpcService: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
    rejectedKey: 'rejectedDataPoints',
  },
  traces: {
    path: '/v1/traces',
    grpcService: 'opentelemetry.proto.collector.trace.v1.TraceService',
    rejectedKey: 'rejectedSpans',
  },
  logs: {
    path: '/v1/logs',
    grpcService: 'opentelemetry.proto.collector.logs.v1.LogsService',
    rejectedKey: 'rejectedLogRecords',
  },
}

export const SIGNAL_NAMES: readonly SignalName[] = ['metrics', 'traces', 'logs']

export const signalNotSupported = defineError<{ signal: SignalName }>({
  code: 'otlp.signal_not_supported',
  status: 501,
  blame: 'caller',
  retry: false,
  message: ({ signal }) => `OTLP ${signal} are not supported yet`,
  advice: 'Send only metrics here, or set the exporter of this signal to "none".',
})

export const unsupportedContentType = defineError<{ got: string }>({
  code: 'otlp.unsupported_content_type',
  status: 415,
  blame: 'caller',
  retry: false,
  message: ({ got }) => `content type "${got}" is not supported here`,
  advice: 'Use application/x-protobuf or application/json.',
})

/** The service of a signal; throws `otlp.signal_not_supported`. */
export function serviceOf(services: readonly OtlpService[], signal: SignalName): OtlpService {
  const service = services.find((one) => one.signal === signal)
  if (service === undefined) throw signalNotSupported({ signal })
  return service
}

/** How a failure is told to the sender. */
export interface Failure {
  readonly httpStatus: number
  /** google.rpc.Code and gRPC status code. */
  readonly code: number
  readonly message: string
  /** Only when sending the same again may succeed. */
  readonly retryAfterSeconds?: number
  /** A defect of ours: to be logged with its stack, and not shown. */
  readonly bug?: true
}

const RETRY_AFTER_SECONDS = 5
/** google.rpc.Code */
const CODE = {
  cancelled: 1,
  invalidArgument: 3,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
}

/** OTLP clients send again only after 429, 502, 503 and 504, and over gRPC after UNAVAILABLE or where RetryInfo is given. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof BongsuError)) {
    return { httpStatus: 500, code: CODE.internal, message: 'internal error', bug: true }
  }
  const { message, status, retry } = error
  if (retry) {
    const overloaded = status === 429
    const code = overloaded ? CODE.resourceExhausted : CODE.unavailable
    return { httpStatus: overloaded ? 429 : 503, code, message, retryAfterSeconds: RETRY_AFTER_SECONDS }
  }
  return { httpStatus: status, code: codeOf(status), message }
}

function codeOf(status: number): number {
  switch (status) {
    case 413:
      return CODE.resourceExhausted
    case 501:
      return CODE.unimplemented
    default:
      return status < 500 ? CODE.invalidArgument : CODE.internal
  }
}

/** The failure of a request whose sender went away: nobody reads it, but it is no defect. */
export function cancelled(reason: unknown): Failure {
  return { httpStatus: 499, code: CODE.cancelled, message: `cancelled: ${messageOf(reason)}` }
}
