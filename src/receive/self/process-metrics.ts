/** What the process tells of itself under the names that every Prometheus client library uses, and how long its event loop stalls. */
import { readdirSync, readFileSync } from 'node:fs'
import { every } from '../../core/clock.ts'
import type { Clock } from '../../core/clock.ts'
import type { Component } from '../../core/lifecycle.ts'
import type { Histogram, Telemetry } from '../../core/telemetry.ts'
import { durationMs } from '../../core/time.ts'

/** How often the event loop is asked. What is shorter than this is its normal work. */
const TICK = durationMs(20)
const DELAYS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * The delay is measured with a timer of our own: unlike `monitorEventLoopDelay`, whose percentiles are of the time since a
 * reset, its buckets can be rated over any range and by several scrapers.
 */
export class ProcessMetrics implements Component {
  readonly name = 'process-metrics'
  readonly #clock: Clock
  readonly #delay: Histogram
  readonly #life = new AbortController()
  #ticking: Promise<void> = Promise.resolve()

  constructor({ clock, telemetry }: { readonly clock: Clock; readonly telemetry: Telemetry }) {
    this.#clock = clock
    this.#delay = telemetry.histogram({
      name: 'bongsu_process_event_loop_delay_seconds',
      help: `How much later than asked for a timer of ${TICK} ms ran: how long everything else had to wait.`,
      buckets: DELAYS,
    })
    const startedAt = clock.now() / 1000 - process.uptime()
    telemetry
      .counter({ name: 'process_cpu_seconds_total', help: 'Processor time of the process, in seconds.' })
      .read(() => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1e6
      })
    const gauges: [name: string, help: string, from: () => number][] = [
      ['process_start_time_seconds', 'When the process began, in Unix seconds.', () => startedAt],
      ['process_resident_memory_bytes', 'Memory of the process that is in RAM.', () => process.memoryUsage.rss()],
      ['process_open_fds', 'Files, sockets and pipes that the process has open; NaN without /proc.', openFiles],
      ['process_max_fds', 'How many it may have open; NaN without /proc.', maxFiles],
      ['bongsu_process_heap_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed],
      ['bongsu_process_buffer_bytes', 'Memory of buffers outside the heap.', () => process.memoryUsage().arrayBuffers],
    ]
    for (const [name, help, from] of gauges) telemetry.gauge({ name, help }).read(from)
  }

  start(): Promise<void> {
    let last = this.#clock.monotonic()
    this.#ticking = every(this.#clock, TICK, this.#life.signal, () => {
      const now = this.#clock.monotonic()
      this.#delay.observe(Math.max(0, now - last - TICK) / 1000)
      last = now
      return Promise.resolve()
    })
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#life.abort()
    await this.#ticking
  }
}

/** The folder itself is open while it is read: one less. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return NaN // no /proc here, as the help says
  }
}

function maxFiles(): number {
  try {
    const [, soft = ''] = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === 'unlimited' ? Infinity : Number(soft === '' ? NaN : soft)
  } catch {
    return NaN // no /proc here, as the help says
  }
}
