/**
 * What an OTLP server answers, in the encoding of the request.
 * Source: opentelemetry-proto 1.11, docs/specification.md; google/rpc/{status,error_details}.proto.
 */
import { Buffer } from 'node:buffer'
import { ProtoWriter } from '../protobuf-writer.ts'

export type OtlpEncoding = 'protobuf' | 'json'

/** Rows (data points, log records, spans) that were not taken, and why. Zero rows with a message are a warning. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/** An Export*ServiceResponse. `rejectedKey` is the signal's name for its rows, e.g. `rejectedDataPoints`. */
export function encodeExportResponse(
  partial: PartialSuccess | undefined,
  rejectedKey: string,
  encoding: OtlpEncoding,
): Buffer {
  if (encoding === 'json') {
    if (partial === undefined) return Buffer.from('{}')
    // An int64 is a string in JSON.
    const partialSuccess = { [rejectedKey]: String(partial.rejected), errorMessage: partial.message }
    return Buffer.from(JSON.stringify({ partialSuccess }))
  }
  const writer = new ProtoWriter()
  if (partial !== undefined) {
    writer.message(1, (inner) => {
      if (partial.rejected > 0) inner.int64(1, partial.rejected)
      if (partial.message !== '') inner.string(2, partial.message)
    })
  }
  return writer.finish()
}

/** A google.rpc.Status. */
export interface RpcStatus {
  /** A google.rpc.Code, the numbers of gRPC's status codes. */
  readonly code: number
  readonly message: string
  /** Tells the client to send again after so many seconds (RetryInfo). */
  readonly retryAfterSeconds?: number
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

export function encodeStatus(status: RpcStatus, encoding: OtlpEncoding): Buffer {
  const { code, message, retryAfterSeconds } = status
  if (encoding === 'json') {
    const details =
      retryAfterSeconds === undefined ? {} : { details: [{ '@type': RETRY_INFO, retryDelay: `${retryAfterSeconds}s` }] }
    return Buffer.from(JSON.stringify({ code, message, ...details }))
  }
  const writer = new ProtoWriter()
  writer.int64(1, code).string(2, message)
  if (retryAfterSeconds !== undefined) {
    writer.message(3, (any) => {
      any.string(1, RETRY_INFO).message(2, (info) => {
        info.message(1, (delay) => delay.int64(1, retryAfterSeconds))
      })
    })
  }
  return writer.finish()
}
