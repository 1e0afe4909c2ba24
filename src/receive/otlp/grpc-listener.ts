/** OTLP over gRPC. Source: opentelemetry-proto 1.11, docs/specification.md, "OTLP/gRPC". */
import type { Buffer } from 'node:buffer'
import { logVerbosity, Metadata, Server, ServerCredentials, setLogVerbosity, status } from '@grpc/grpc-js'
import type { sendUnaryData, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js'
import { encodeExportResponse, encodeStatus } from '../../codec/otlp/response.ts'
import { messageOf } from '../../core/errors.ts'
import { printAddress } from '../../core/address.ts'
import type { Component } from '../../core/lifecycle.ts'
import type { Log } from '../../core/log.ts'
import type { Counter, Telemetry } from '../../core/telemetry.ts'
import { tenantOf } from '../http.ts'
import { requestCounter } from './http.ts'
import { cannotListenOn } from './listen-address.ts'
import type { ListenAddress } from './listen-address.ts'
import { cancelled, failureOf, serviceOf, SIGNAL_NAMES, SIGNALS } from './service.ts'
import type { OtlpService, SignalName } from './service.ts'

export interface OtlpGrpcOptions {
  /** Undefined = none. */
  readonly address: ListenAddress | undefined
  /** Of one message, before and after decompression. */
  readonly maxMessageSize: number
}

export interface OtlpGrpcDeps {
  readonly services: readonly OtlpService[]
  readonly log: Log
  readonly telemetry: Telemetry
}

type Call = ServerUnaryCall<Buffer, Buffer>

/** The gRPC port. Messages are passed on undecoded, so that a bad one is answered as OTLP wants it. */
export class OtlpGrpcListener implements Component {
  readonly name = 'otlp-grpc'
  readonly #options: OtlpGrpcOptions
  readonly #deps: OtlpGrpcDeps
  readonly #requests: Counter<'transport' | 'signal' | 'code'>
  #server: Server | undefined
  #port: number | undefined

  constructor(options: OtlpGrpcOptions, deps: OtlpGrpcDeps) {
    this.#options = options
    this.#deps = deps
    this.#requests = requestCounter(deps.telemetry)
  }

  /** The port listened on; undefined when there is none. */
  get port(): number | undefined {
    return this.#port
  }

  /** Throws `otlp.cannot_listen` for a configured address; for the default one it only warns. */
  async start(): Promise<void> {
    const { address, maxMessageSize } = this.#options
    if (address === undefined) return
    setLogVerbosity(logVerbosity.NONE) // what it would print, we log
    const server = new Server({ 'grpc.max_receive_message_length': maxMessageSize, 'grpc.so_reuseport': 0 })
    for (const signal of SIGNAL_NAMES) {
      server.addService(definitionOf(signal), {
        Export: (call: Call, answer: sendUnaryData<Buffer>) => void this.#export(call, answer, signal),
      })
    }
    try {
      this.#port = await bind(server, printAddress(address))
    } catch (error) {
      server.forceShutdown()
      cannotListenOn('OTLP over gRPC', address, error, this.#deps.log)
      return
    }
    this.#server = server
    this.#deps.log.info('OTLP over gRPC listens', { address: printAddress({ ...address, port: this.#port }) })
  }

  /** Lets calls at hand end; at the deadline they are cut. */
  async stop(deadline: AbortSignal): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#port = undefined
    if (server === undefined) return
    const cut = (): void => server.forceShutdown()
    deadline.addEventListener('abort', cut, { once: true })
    await new Promise<void>((resolve) => {
      server.tryShutdown(() => resolve())
      if (deadline.aborted) cut()
    })
    deadline.removeEventListener('abort', cut)
  }

  async #export(call: Call, answer: sendUnaryData<Buffer>, signal: SignalName): Promise<void> {
    const gone = new AbortController()
    call.on('cancelled', () => gone.abort(new Error('the sender cancelled the call')))
    try {
      const service = serviceOf(this.#deps.services, signal)
      const tenant = tenantOf({ headers: { 'x-scope-orgid': call.metadata.get('x-scope-orgid').join('') } })
      const request = {
        body: call.request,
        encoding: 'protobuf',
        transport: 'grpc',
        tenant,
        signal: gone.signal,
      } as const
      const partial = await service.export(request)
      this.#requests.inc(1, { transport: 'grpc', signal, code: '0' })
      answer(null, encodeExportResponse(partial, SIGNALS[signal].rejectedKey, 'protobuf'))
    } catch (error) {
      this.#fail(error, gone.signal.aborted, answer, signal)
    }
  }

  #fail(error: unknown, isGone: boolean, answer: sendUnaryData<Buffer>, signal: SignalName): void {
    const failure = isGone ? cancelled(error) : failureOf(error)
    this.#requests.inc(1, { transport: 'grpc', signal, code: String(failure.code) })
    if (failure.bug === true) {
      this.#deps.log.error('OTLP call failed', {
        signal,
        error: error instanceof Error ? error.stack : messageOf(error),
      })
    }
    const metadata = new Metadata()
    metadata.set('grpc-status-details-bin', encodeStatus(failure, 'protobuf'))
    answer({ code: statusOf(failure.code), details: failure.message, metadata })
  }
}

// google.rpc.Code and gRPC's status codes are the same numbers.
function statusOf(code: number): status {
  return Object.values(status).find((one): one is status => Number(one) === code) ?? status.UNKNOWN
}

function definitionOf(signal: SignalName): ServiceDefinition {
  const bytes = (message: Buffer): Buffer => message
  return {
    Export: {
      path: `/${SIGNALS[signal].grpcService}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  }
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port)
      else reject(error)
    })
  })
}
