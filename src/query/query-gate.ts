/** How many queries run at once, of all tenants and of each: the others wait in line, and a line that is too long is told so. */
import { defineError } from '../core/errors.ts'
import { Gate } from '../core/gate.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { TenantId } from '../model/tenant.ts'

export const tooManyQueries = defineError<{ waiting: number }>({
  code: 'query.too_many_queries',
  status: 429,
  blame: 'nobody',
  retry: true,
  message: ({ waiting }) => `${waiting} queries of this tenant are waiting already`,
  advice: 'Send fewer queries at once, or raise query.max_concurrent and query.max_waiting.',
})

export interface QueryGateOptions {
  readonly maxConcurrent: number
  readonly maxConcurrentPerTenant: number
  /** Queries of one tenant that may wait. */
  readonly maxWaiting: number
}

export class QueryGate {
  readonly #options: QueryGateOptions
  readonly #all: Gate
  readonly #tenants = new Map<TenantId, { readonly gate: Gate; users: number }>()
  #running = 0

  constructor(options: QueryGateOptions, { telemetry }: { readonly telemetry: Telemetry }) {
    this.#options = options
    this.#all = new Gate(options.maxConcurrent)
    telemetry
      .gauge({ name: 'bongsu_query_running_queries', help: 'Queries under evaluation.' })
      .read(() => this.#running)
    telemetry.gauge({ name: 'bongsu_query_waiting_queries', help: 'Queries in line.' }).read(() => this.#waiting())
  }

  /**
   * Runs `work` once there is room for the tenant and at all. Time in line counts for the query's timeout: `signal` ends the
   * wait with its reason. Throws `query.too_many_queries` at once when the line is full.
   */
  async run<T>(tenant: TenantId, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const own = this.#open(tenant)
    try {
      if (own.gate.waiting >= this.#options.maxWaiting) throw tooManyQueries({ waiting: own.gate.waiting })
      return await this.#admitted(own.gate, work, signal)
    } finally {
      if (--own.users === 0) this.#tenants.delete(tenant)
    }
  }

  /** Where there is room at once nothing has to be waited for, which small queries would feel. */
  #admitted<T>(own: Gate, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    const counted = (): Promise<T> => this.#counted(work)
    if (!own.tryEnter()) return own.run(() => this.#all.run(counted, signal), signal)
    const done = this.#all.tryEnter() ? counted().finally(() => this.#all.leave()) : this.#all.run(counted, signal)
    return done.finally(() => own.leave())
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#running++
    try {
      return await work()
    } finally {
      this.#running--
    }
  }

  #open(tenant: TenantId): { readonly gate: Gate; users: number } {
    let own = this.#tenants.get(tenant)
    if (own === undefined) {
      own = { gate: new Gate(this.#options.maxConcurrentPerTenant), users: 0 }
      this.#tenants.set(tenant, own)
    }
    own.users++
    return own
  }

  #waiting(): number {
    let waiting = this.#all.waiting
    for (const { gate } of this.#tenants.values()) waiting += gate.waiting
    return waiting
  }
}
