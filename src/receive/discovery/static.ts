import type { TargetGroupConfig } from './config.ts'
import type { Discoverer, DiscoveryStatus, Publish } from './discoverer.ts'
import { checkGroups } from './target-group.ts'

/** `static_configs`: the groups that stand in the configuration, published once. */
export class StaticDiscoverer implements Discoverer {
  readonly status: DiscoveryStatus = { kind: 'static', lastError: '', lastRefresh: undefined }
  readonly #groups: readonly TargetGroupConfig[]

  constructor(groups: readonly TargetGroupConfig[]) {
    this.#groups = groups
  }

  run(publish: Publish): Promise<void> {
    publish(checkGroups(this.#groups, String))
    return Promise.resolve()
  }
}
