/** One of the programs that answer the same queries in turn, and what an answer costs it. */
import { Agent, get } from 'node:http'
import { preciseCpuSeconds } from './process-figures.ts'
import type { Target } from './targets.ts'

/** A range when it has a step, else an instant. Times are UnixMs. */
export interface QueryTimes {
  readonly start: number
  readonly end: number
  readonly stepMs?: number
}

export interface LaneOptions {
  readonly name: string
  readonly target: Target
  /** Further parameters of each request. */
  readonly params: Readonly<Record<string, string>>
}

export interface Cost {
  readonly cpuMs: number
  readonly wallsMs: readonly number[]
}

export class Lane {
  readonly name: string
  readonly target: Target
  readonly #params: Readonly<Record<string, string>>
  readonly #agent = new Agent({ keepAlive: true })

  constructor({ name, target, params }: LaneOptions) {
    this.name = name
    this.target = target
    this.#params = params
  }

  /** The body of the answer; rejects when it is not 200. */
  ask(query: string, times: QueryTimes): Promise<Buffer> {
    const url = this.#urlOf(query, times)
    return new Promise((resolve, reject) => {
      get(url, { agent: this.#agent }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const body = Buffer.concat(parts)
          if (response.statusCode === 200) resolve(body)
          else reject(new Error(`${this.name} answered ${response.statusCode}: ${body.toString().slice(0, 200)}`))
        })
        response.on('error', reject)
      }).on('error', reject)
    })
  }

  /** Asks `count` times, one after the other. */
  async cost(query: string, times: QueryTimes, count: number): Promise<Cost> {
    const before = preciseCpuSeconds(this.target.pid)
    const wallsMs: number[] = []
    for (let n = 0; n < count; n++) {
      const started = performance.now()
      await this.ask(query, times)
      wallsMs.push(performance.now() - started)
    }
    return { cpuMs: (preciseCpuSeconds(this.target.pid) - before) * 1000, wallsMs }
  }

  close(): void {
    this.#agent.destroy()
  }

  #urlOf(query: string, { start, end, stepMs }: QueryTimes): string {
    const at: Record<string, string> =
      stepMs === undefined
        ? { time: String(end / 1000) }
        : { start: String(start / 1000), end: String(end / 1000), step: String(stepMs / 1000) }
    const params = new URLSearchParams({ query, ...at, ...this.#params })
    return `${this.target.url}/api/v1/${stepMs === undefined ? 'query' : 'query_range'}?${params.toString()}`
  }
}
