import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import type { BongsuProcess } from './bongsu-process.ts'
import { encodeMetricsRequest, metricsRequest } from './otlp-message.ts'
import { gauge, nano } from './otlp-service.ts'

/** For `config`: OTLP on free ports. */
export const OTLP_ON_FREE_PORTS =
  'otlp_receiver: { grpc_listen_address: "127.0.0.1:0", http_listen_address: "127.0.0.1:0" }'

const EXPORT = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'

/** A gauge with one point of now, encoded. */
export function gaugeRequest(name: string, value: number, attributes: Readonly<Record<string, string>> = {}): Buffer {
  const point = { timeUnixNano: nano(Date.now()), asDouble: value }
  return encodeMetricsRequest(metricsRequest([gauge(name, point)], { 'service.name': 'otlp', ...attributes }))
}

export async function exportHttp(
  url: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const answer = await fetch(`${url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: new Uint8Array(body),
  })
  await answer.arrayBuffer()
  return answer
}

/** Over gRPC; resolves with the status code, 0 = taken. */
export async function exportGrpc(bongsu: BongsuProcess, body: Buffer, tenant?: string): Promise<number> {
  const address = /OTLP over gRPC listens.* address=(\S+)/.exec(bongsu.log())?.[1] ?? ''
  const client = new Client(address, credentials.createInsecure())
  const metadata = new Metadata()
  if (tenant !== undefined) metadata.set('x-scope-orgid', tenant)
  const same = (bytes: Buffer): Buffer => bytes
  try {
    return await new Promise<number>((resolve) => {
      const options = { deadline: Date.now() + 20_000 }
      client.makeUnaryRequest(EXPORT, same, same, body, metadata, options, (error: ServiceError | null) =>
        resolve(error?.code ?? 0),
      )
    })
  } finally {
    client.close()
  }
}
