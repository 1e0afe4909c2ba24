import { appendFile } from 'node:fs/promises'
import type { Clock } from '../../core/clock.ts'
import { messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { ScrapeConfig } from './config.ts'

/** Lines that wait to be written while the disk is slow; more are lost. */
const MOST_WAITING = 10_000

/** `scrape_failure_log_file`: one JSON line a failed scrape. The file is opened for each write, so it may be rotated away. */
export class FailureLog {
  file: string | undefined
  readonly #job: string
  readonly #deps: { readonly clock: Clock; readonly log: Log }
  #waiting: string[] = []
  #writing: Promise<void> = Promise.resolve()

  constructor(
    config: Pick<ScrapeConfig, 'job_name' | 'scrape_failure_log_file'>,
    deps: { readonly clock: Clock; readonly log: Log },
  ) {
    this.file = config.scrape_failure_log_file
    this.#job = config.job_name
    this.#deps = deps
  }

  add(target: string, error: string): void {
    if (this.file === undefined || this.file === '' || this.#waiting.length >= MOST_WAITING) return
    const time = new Date(this.#deps.clock.now()).toISOString()
    const line = JSON.stringify({ time, level: 'ERROR', msg: error, job_name: this.#job, target })
    if (this.#waiting.push(`${line}\n`) === 1) this.#writing = this.#writing.then(() => this.#write())
  }

  /** Resolves when nothing waits. */
  async written(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    const lines = this.#waiting
    this.#waiting = []
    try {
      if (this.file !== undefined) await appendFile(this.file, lines.join(''))
    } catch (error) {
      this.#deps.log.warn('scrape_failure_log_file can not be written', { error: messageOf(error) })
    }
  }
}
