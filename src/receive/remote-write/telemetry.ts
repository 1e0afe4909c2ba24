/** What the remote write receiver tells of itself: each happening is one call, which counts and logs. */
import type { WriteVersion } from '../../codec/remote-write/walk.ts'
import { BongsuError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Counter, Histogram, Telemetry } from '../../core/telemetry.ts'
import type { InFlight } from './in-flight.ts'
import type { WriteOutcome } from './receiver.ts'

export class RemoteWriteTelemetry {
  readonly #log: Log
  readonly #requests: Counter<'version' | 'status'>
  readonly #failures: Counter<'code'>
  readonly #bytes: Counter
  readonly #rows: Counter<'kind'>
  readonly #rejected: Counter<'code'>
  readonly #droppedExemplars: Counter
  readonly #duration: Histogram

  constructor({ log, telemetry }: { readonly log: Log; readonly telemetry: Telemetry }, inFlight: InFlight) {
    this.#log = log
    const counter = <L extends string = never>(name: string, help: string, ...labels: L[]): Counter<L> =>
      telemetry.counter({ name: `bongsu_remote_write_${name}_total`, help, labels })
    this.#requests = counter(
      'requests',
      'Requests that were decoded, by protocol version and answer.',
      'version',
      'status',
    )
    this.#failures = counter('failed_requests', 'Requests of which nothing was written, by error code.', 'code')
    this.#bytes = counter('received_bytes', 'Compressed bytes of the requests that were decoded.')
    this.#rows = counter('rows', 'Rows written: samples, histograms, exemplars.', 'kind')
    this.#rejected = counter('rejected_rows', 'Samples and histograms refused, by reason.', 'code')
    this.#droppedExemplars = counter('dropped_exemplars', 'Exemplars left out: invalid labels, or of a refused series.')
    this.#duration = telemetry.histogram({
      name: 'bongsu_remote_write_request_duration_seconds',
      help: 'Time from the whole body to the answer.',
    })
    telemetry
      .gauge({ name: 'bongsu_remote_write_in_flight_bytes', help: 'Bodies being received or written.' })
      .read(() => inFlight.bytes)
  }

  written(version: WriteVersion, outcome: WriteOutcome, bodyBytes: number, durationMs: number): void {
    const { refusals } = outcome
    this.#requests.inc(1, { version: String(version), status: refusals.rows === 0 ? '204' : '400' })
    this.#bytes.inc(bodyBytes)
    this.#duration.observe(durationMs / 1000)
    for (const kind of ['samples', 'histograms', 'exemplars'] as const) {
      if (outcome[kind] > 0) this.#rows.inc(outcome[kind], { kind })
    }
    if (refusals.exemplars > 0) this.#droppedExemplars.inc(refusals.exemplars)
    for (const [code, rows] of refusals.byCode) this.#rejected.inc(rows, { code })
    if (refusals.rows > 0) {
      this.#log.debug('remote write rows refused', { rows: refusals.rows, first: refusals.reasons[0] })
    }
  }

  failed(status: number, error: unknown): void {
    const code = error instanceof BongsuError ? error.code : `http_${status}`
    this.#failures.inc(1, { code })
    // What may be tried again is the store's trouble, which tells of it once for all senders.
    const isTold = status < 500 || (error instanceof BongsuError && error.retry)
    if (isTold) this.#log.debug('remote write request refused', { code, error: String(error) })
    else if (error instanceof BongsuError) this.#log.warn('remote write request failed', { code, error: error.message })
    else this.#log.error('remote write request failed', { error: (error as Error).stack ?? String(error) })
  }
}
