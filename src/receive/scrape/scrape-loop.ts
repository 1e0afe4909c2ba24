import type { Clock } from '../../core/clock.ts'
import { BongsuError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { durationMs } from '../../core/time.ts'
import type { DurationMs, UnixMs } from '../../core/time.ts'
import type { SeriesRef } from '../../signals/metrics.ts'
import { bodyTooLarge } from './errors.ts'
import type { FailureLog } from './failure-log.ts'
import { openPage } from './open-page.ts'
import type { Page, PageFetcher } from './page-fetcher.ts'
import { PageReading } from './page-reading.ts'
import type { PageRules } from './page-reading.ts'
import type { ScrapeCache } from './scrape-cache.ts'
import type { PageSettings } from './page-settings.ts'
import type { ScrapeTelemetry } from './scrape-telemetry.ts'
import type { ScrapeWriter, Written } from './scrape-writer.ts'
import type { Target } from './target.ts'
import type { TargetMetadata } from './target-metadata.ts'
import { Ticker } from './ticker.ts'

export interface LoopOptions {
  readonly target: Target
  readonly rules: PageRules
  readonly page: PageSettings
  readonly interval: DurationMs
  readonly timeout: DurationMs
  readonly phase: DurationMs
}

export interface LoopDeps {
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: ScrapeTelemetry
  readonly fetcher: PageFetcher
  readonly writer: ScrapeWriter
  readonly cache: ScrapeCache
  readonly metadata: TargetMetadata
  readonly failures: FailureLog
  /** Aborts at the process's end: running scrapes are given up, and nothing more is written. */
  readonly lifetime: AbortSignal
  /** Those of `refs` that another running loop feeds. */
  readonly elsewhere: (refs: readonly SeriesRef[]) => ReadonlySet<SeriesRef>
}

interface Outcome {
  readonly error: BongsuError | undefined
  readonly reading: PageReading | undefined
  readonly bodyBytes: number
}

/** Scrapes one target at its pace. Follows scrapeLoop, prometheus/scrape/scrape.go@v3.14. */
export class ScrapeLoop {
  readonly target: Target
  readonly cache: ScrapeCache
  readonly metadata: TargetMetadata
  readonly #options: LoopOptions
  readonly #deps: LoopDeps
  readonly #ending = new AbortController()
  readonly #ticker: Ticker
  #markAtEnd = true
  #scraped: boolean
  /** Fails every scrape before it begins: the job has too many targets. */
  refusal: BongsuError | undefined

  constructor(options: LoopOptions, deps: LoopDeps) {
    this.target = options.target
    this.cache = deps.cache
    this.metadata = deps.metadata
    this.#options = options
    this.#deps = deps
    // A loop that takes over from another answers for the series that are there already.
    this.#scraped = options.target.report.lastScrape !== undefined
    this.#ticker = new Ticker(options.interval, options.phase, deps.clock)
  }

  /** Scrapes until `end`, or until the lifetime ends. A scrape under way at `end` is still written. */
  async run(): Promise<void> {
    const { lifetime } = this.#deps
    const { signal } = this.#ending
    const onEnd = (): void => this.#ending.abort()
    if (lifetime.aborted) onEnd()
    lifetime.addEventListener('abort', onEnd, { once: true })
    try {
      for (;;) {
        const time = await this.#ticker.next(signal)
        await this.#scrape(time).catch((error: unknown) => this.#broken(error, time))
        signal.throwIfAborted()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      lifetime.removeEventListener('abort', onEnd)
    }
  }

  /** Series that this loop keeps alive in the store. */
  fed(): Iterable<SeriesRef> {
    return this.#deps.writer.fed()
  }

  /** No scrape begins from now on. With `markStale`, `afterlife` marks the target's series stale. */
  end({ markStale }: { readonly markStale: boolean }): void {
    this.#markAtEnd = markStale
    this.#ending.abort()
  }

  /**
   * To be run after `run`: waits until the target would have been scraped twice more, and some, in case another loop takes over
   * its series; then marks those stale that none did, as of the first of these times.
   */
  async afterlife(): Promise<void> {
    const { clock, lifetime, writer, elsewhere, log } = this.#deps
    if (!this.#markAtEnd || !this.#scraped || lifetime.aborted) return
    try {
      const time = await this.#ticker.next(lifetime)
      await this.#ticker.next(lifetime)
      await clock.sleep(durationMs(this.#options.interval / 10), lifetime)
      await writer.writeEnd(time, elsewhere)
    } catch (error) {
      if (lifetime.aborted) return
      log.warn('series of a target that is gone could not be marked stale', {
        target: this.target.url,
        error: messageOf(error),
      })
    }
  }

  async #scrape(time: UnixMs): Promise<void> {
    const { clock, telemetry, writer } = this.#deps
    const started = clock.monotonic()
    const fetched = await this.#fetch()
    writer.begin()
    const { error, reading, bodyBytes } = this.#read(fetched, time)
    let seconds = 0
    const report = () => {
      seconds = (clock.monotonic() - started) / 1000
      return {
        up: error === undefined,
        seconds,
        scraped: reading?.total ?? 0,
        postRelabeling: reading?.kept ?? 0,
        seriesAdded: reading?.added ?? 0,
        timeoutSeconds: this.#options.timeout / 1000,
        sampleLimit: this.#options.rules.sampleLimit,
        bodyBytes,
      }
    }
    const failure = await writer.write({ reading, good: error === undefined }, time, report).then(
      (written) => this.#told(written, error === undefined ? reading : undefined),
      (reason: unknown) => this.#unwritten(reason),
    )
    this.#scraped = true
    telemetry.scraped(seconds, reading?.total ?? 0)
    this.#settle(error ?? failure, time, seconds)
  }

  async #fetch(): Promise<Page | BongsuError> {
    if (this.refusal !== undefined) return this.refusal
    try {
      return await this.#deps.fetcher.fetch(this.#deps.lifetime)
    } catch (error) {
      if (error instanceof BongsuError && !this.#deps.lifetime.aborted) return error
      throw error
    }
  }

  #read(fetched: Page | BongsuError, time: UnixMs): Outcome {
    if (fetched instanceof BongsuError) {
      const bodyBytes = fetched.code === bodyTooLarge.definition.code ? -1 : 0
      return { error: fetched, reading: undefined, bodyBytes }
    }
    const bodyBytes = fetched.bytes.length
    // An empty page is a good one without series, whatever its content type.
    if (bodyBytes === 0) return { error: undefined, reading: undefined, bodyBytes }
    const { cache, metadata, clock } = this.#deps
    const reading = new PageReading(cache, metadata, this.#options.rules, time, clock.now())
    try {
      const cursor = openPage(fetched, this.#options.page, cache)
      return { error: reading.read(cursor), reading, bodyBytes }
    } catch (error) {
      if (error instanceof BongsuError) return { error, reading, bodyBytes }
      throw error
    }
  }

  #told({ result, refused }: Written, page: PageReading | undefined): undefined {
    const { telemetry, log } = this.#deps
    telemetry.dropped('refused_series', refused)
    telemetry.dropped('duplicate', page?.duplicates ?? 0)
    telemetry.dropped('too_far_in_future', page?.tooFarAhead ?? 0)
    telemetry.dropped('rejected', result.rejected)
    const [first] = result.rejections
    if (first === undefined && refused === 0) return
    log.warn('samples of a scrape were not taken', {
      target: this.target.url,
      refusedSeries: refused,
      rejected: result.rejected,
      first: first?.message,
    })
  }

  // A bug costs one scrape, not the target.
  #broken(error: unknown, time: UnixMs): void {
    const { lifetime, log, telemetry } = this.#deps
    if (lifetime.aborted) return
    log.error('a scrape met a bug', { target: this.target.url, error: stackOf(error) })
    telemetry.failed('bug')
    this.target.report = { health: 'down', lastError: messageOf(error), lastScrape: time, lastScrapeSeconds: 0 }
  }

  #unwritten(reason: unknown): BongsuError {
    if (reason instanceof BongsuError) return reason
    throw reason
  }

  #settle(error: BongsuError | undefined, time: UnixMs, seconds: number): void {
    this.target.report = {
      health: error === undefined ? 'up' : 'down',
      lastError: error === undefined ? '' : error.message,
      lastScrape: time,
      lastScrapeSeconds: seconds,
    }
    if (error === undefined) return
    this.#deps.telemetry.failed(error.code)
    this.#deps.failures.add(this.target.url, error.message)
    this.#deps.log.debug('scrape failed', { target: this.target.url, error: error.message })
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
