import type { Clock } from '../core/clock.ts'
import { defineError, messageOf } from '../core/errors.ts'
import type { Component } from '../core/lifecycle.ts'
import type { Log } from '../core/log.ts'
import type { Gauge, Telemetry } from '../core/telemetry.ts'
import type { UnixMs } from '../core/time.ts'
import type { Sections } from './load.ts'
import { printProblem } from './problem.ts'
import type { Problem } from './problem.ts'
import { isSameConfig } from './same-config.ts'

/** A component whose section has reload 'live'. */
export interface Reloadable<C> {
  /** Takes over `next`. On an error the component goes on with what it had. */
  apply(next: C): Promise<void>
}

export const configRefused = defineError<{ problems: readonly Problem[] }>({
  code: 'config.refused',
  status: 500,
  blame: 'operator',
  retry: false,
  message: ({ problems }) =>
    `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map(printProblem).join('\n')}`,
  advice: 'Mend what is named (`bongsu check config FILE` tells the same). A running process goes on with what it had.',
})

export const configNotApplied = defineError<{ sections: readonly string[] }>({
  code: 'config.not_applied',
  status: 500,
  blame: 'operator',
  retry: true,
  message: ({ sections }) => `the configuration could not be applied to ${sections.join(', ')}`,
  advice: 'See the log for the reason. Those sections go on as they were, the others follow the new file.',
})

/** What became of a reload, by keys of sections that changed. */
export interface ReloadReport {
  readonly applied: readonly string[]
  readonly needsRestart: readonly string[]
  readonly warnings: readonly Problem[]
}

type Values = Readonly<Record<string, unknown>>

export interface LastReload {
  /** Of the last attempt. */
  readonly success: boolean
  /** When the configuration in force was loaded. */
  readonly at: UnixMs
  readonly triedAt: UnixMs
}

export interface ReloaderOptions<C extends Values> {
  readonly sections: Sections
  /** What the process was started with. */
  readonly initial: C
}

export interface ReloaderDeps<C extends Values> {
  readonly load: () => Promise<{ readonly config: C | undefined; readonly problems: readonly Problem[] }>
  /** Who takes over a section with reload 'live', in the order of application. */
  readonly targets: { readonly [K in keyof C]?: Reloadable<C[K]> }
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
}

/** Reloads the configuration while the process runs. Reloads never overlap: one that comes meanwhile waits for its turn. */
export class ConfigReloader<C extends Values> {
  readonly #sections: Sections
  readonly #deps: ReloaderDeps<C>
  readonly #successful: readonly Gauge[]
  readonly #successTime: readonly Gauge[]
  #current: C
  #last: Promise<unknown> = Promise.resolve()
  #lastReload: LastReload

  constructor({ sections, initial }: ReloaderOptions<C>, deps: ReloaderDeps<C>) {
    this.#sections = sections
    this.#current = initial
    this.#deps = deps
    // Under Prometheus' names too: alerts that everybody has look for those.
    const gauges = (suffix: string, help: string): readonly Gauge[] =>
      ['bongsu', 'prometheus'].map((prefix) => deps.telemetry.gauge({ name: `${prefix}_config_${suffix}`, help }))
    this.#successful = gauges('last_reload_successful', 'Whether the last attempt to load the configuration succeeded.')
    this.#successTime = gauges('last_reload_success_timestamp_seconds', 'When the configuration was last loaded.')
    const now = deps.clock.now()
    this.#lastReload = { success: true, at: now, triedAt: now }
    this.#succeeded(true)
  }

  get lastReload(): LastReload {
    return this.#lastReload
  }

  /** What is in force: sections that need a restart are still as they were at the start. */
  get current(): C {
    return this.#current
  }

  /** Throws `config.refused` (nothing changed) and `config.not_applied` (some sections did not take it). */
  reload(): Promise<ReloadReport> {
    const next = this.#last.then(() => this.#reload())
    this.#last = next.catch(() => undefined)
    return next
  }

  async #reload(): Promise<ReloadReport> {
    const { log } = this.#deps
    try {
      const report = await this.#loadAndApply()
      this.#succeeded(true)
      for (const warning of report.warnings) log.warn(printProblem(warning))
      const { applied, needsRestart } = report
      log.info('configuration reloaded', { applied: applied.join(','), needs_restart: needsRestart.join(',') })
      return report
    } catch (error) {
      this.#succeeded(false)
      log.error('configuration not reloaded', { error: messageOf(error) })
      throw error
    }
  }

  async #loadAndApply(): Promise<ReloadReport> {
    const { config, problems } = await this.#deps.load()
    const errors = problems.filter(({ severity }) => severity === 'error')
    if (config === undefined || errors.length > 0) throw configRefused({ problems: errors })
    const changed = Object.keys(this.#sections).filter((key) => !isSameConfig(config[key], this.#current[key]))
    const needsRestart = changed.filter((key) => this.#sections[key]?.reload === 'restart')
    const applied: string[] = []
    const failed: string[] = []
    for (const key of this.#inOrder(changed.filter((one) => !needsRestart.includes(one)))) {
      try {
        await this.#deps.targets[key]?.apply(config[key] as C[string])
        this.#current = { ...this.#current, [key]: config[key] }
        applied.push(key)
      } catch (error) {
        failed.push(key)
        this.#deps.log.error('section not applied', { section: key, error: messageOf(error) })
      }
    }
    if (failed.length > 0) throw configNotApplied({ sections: failed })
    return { applied, needsRestart, warnings: problems.filter(({ severity }) => severity === 'warning') }
  }

  /** Sections with a target in the order of the targets, then the others, which nobody has to be told of. */
  #inOrder(keys: readonly string[]): readonly string[] {
    const targets = Object.keys(this.#deps.targets)
    return [...targets.filter((key) => keys.includes(key)), ...keys.filter((key) => !targets.includes(key))]
  }

  #succeeded(yes: boolean): void {
    const now = this.#deps.clock.now()
    this.#lastReload = { success: yes, at: yes ? now : this.#lastReload.at, triedAt: now }
    for (const gauge of this.#successful) gauge.set(yes ? 1 : 0)
    if (yes) for (const gauge of this.#successTime) gauge.set(now / 1000)
  }
}

/** The part of `process` that hang-ups come from. */
export interface HangupSource {
  on(event: 'SIGHUP', listener: () => void): unknown
  off(event: 'SIGHUP', listener: () => void): unknown
}

/** Reloads at each SIGHUP. `reload` tells of its own failures; they don't end the process. */
export function reloadOnHangup(source: HangupSource, reload: () => Promise<unknown>): Component {
  const running = new Set<Promise<unknown>>()
  const listener = (): void => {
    const one = reload()
      .catch(() => undefined) // the reloader has logged and counted it
      .finally(() => running.delete(one))
    running.add(one)
  }
  return {
    name: 'reload-on-hangup',
    start: () => {
      source.on('SIGHUP', listener)
      return Promise.resolve()
    },
    stop: async () => {
      source.off('SIGHUP', listener)
      await Promise.all(running)
    },
  }
}
