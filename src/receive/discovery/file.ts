import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { every } from '../../core/clock.ts'
import { deferred } from '../../core/deferred.ts'
import { defineError, messageOf } from '../../core/errors.ts'
import type { FileSdConfig } from './config.ts'
import { Refreshes } from './discoverer.ts'
import type { Discoverer, DiscovererDeps, DiscoveryStatus, Publish } from './discoverer.ts'
import { glob } from './glob.ts'
import { parseJsonGroups, parseYamlGroups, withLabels } from './target-group.ts'
import type { TargetGroup } from './target-group.ts'

export const badFile = defineError<{ path: string; detail: string }>({
  code: 'discovery.bad_file',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ path, detail }) => `could not take targets from ${JSON.stringify(path)}: ${detail}`,
  advice: 'Correct the file; until then the targets that it last held stay.',
})

/**
 * `file_sd_configs`: groups from JSON or YAML files. Files are read anew when a folder of theirs changes, and every
 * `refresh_interval` in any case. A file that can't be used keeps the groups it last had; one that is gone loses them.
 */
export class FileDiscoverer implements Discoverer {
  readonly #config: FileSdConfig
  readonly #deps: DiscovererDeps
  readonly #refreshes: Refreshes
  readonly #watchers = new Map<string, FSWatcher>()
  #groups: ReadonlyMap<string, readonly TargetGroup[]> = new Map()

  constructor(config: FileSdConfig, deps: DiscovererDeps) {
    this.#config = config
    this.#deps = deps
    this.#refreshes = new Refreshes('file', deps)
  }

  get status(): DiscoveryStatus {
    return this.#refreshes.status
  }

  async run(publish: Publish, signal: AbortSignal): Promise<void> {
    let change = deferred()
    const wake = (): void => change.resolve()
    signal.addEventListener('abort', wake, { once: true })
    const timer = every(this.#deps.clock, this.#config.refresh_interval, signal, wake)
    while (!signal.aborted) {
      // Made anew before the files are read: what changes meanwhile is seen in the next turn.
      change = deferred()
      this.#watch(wake)
      const changed = await this.#refresh(signal)
      if (changed && !signal.aborted) publish([...this.#groups.values()].flat())
      await change.promise
    }
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
    await timer
  }

  /** True when the groups differ from those before. */
  async #refresh(signal: AbortSignal): Promise<boolean> {
    const paths = (await Promise.all(this.#config.files.map(glob))).flat()
    const next = new Map<string, readonly TargetGroup[]>()
    const faults: unknown[] = []
    for (const path of new Set(paths)) {
      const groups = await read(path).catch((error: unknown) => {
        faults.push(error)
        return this.#groups.get(path)
      })
      if (groups !== undefined) next.set(path, groups)
    }
    // A refresh with a fault counts as failed, though the other files of it are taken.
    await this.#refreshes.run(
      () => (faults.length > 0 ? Promise.reject(faults[0] as Error) : Promise.resolve()),
      signal,
    )
    const first = this.#groups.size === 0 && next.size === 0
    const changed = JSON.stringify([...next]) !== JSON.stringify([...this.#groups])
    this.#groups = next
    return changed || first
  }

  // A folder that is not there yet is tried again with each refresh.
  #watch(wake: () => void): void {
    for (const folder of new Set(this.#config.files.map((file) => dirname(file)))) {
      if (this.#watchers.has(folder)) continue
      try {
        const watcher = watch(folder, wake)
        const give = (): void => {
          watcher.close()
          this.#watchers.delete(folder)
        }
        watcher.on('error', give)
        this.#watchers.set(folder, watcher)
      } catch (error) {
        this.#deps.log.debug('folder is not watched', { folder, error: messageOf(error) })
      }
    }
  }
}

async function read(path: string): Promise<readonly TargetGroup[]> {
  try {
    const text = await readFile(path, 'utf8')
    const sourceOf = (index: number): string => `${path}:${index}`
    const isJson = extname(path).toLowerCase() === '.json'
    const groups = isJson ? parseJsonGroups(text, sourceOf) : parseYamlGroups(text, sourceOf)
    return groups.map((group) => withLabels(group, { __meta_filepath: path }))
  } catch (cause) {
    throw badFile({ path, detail: messageOf(cause) }, { cause })
  }
}
