import type { ConfigFile } from '../config/load.ts'
import type { Override } from '../config/overrides.ts'
import type { Path, Problem } from '../config/problem.ts'
import { durationMs } from '../core/time.ts'
import { SHORTEST_RETENTION } from '../store/config.ts'
import type { AppConfig } from './sections.ts'

/**
 * Keys of Prometheus' own store that say what a key of ours says win over it, so that a file of Prometheus means the same here.
 * What the environment or the command line says of our key wins over both.
 */
export function withPrometheusKeys(
  config: AppConfig,
  context: {
    readonly overrides: readonly Override[]
    readonly file: Pick<ConfigFile<never>, 'problemAt'>
    readonly report: (problem: Problem) => void
  },
): AppConfig {
  const { tsdb, exemplars } = config.storage ?? {}
  const window = tsdb?.out_of_order_time_window ?? config.head.out_of_order_time_window
  const head = {
    ...config.head,
    out_of_order_time_window: window,
    max_exemplars: exemplars?.max_exemplars ?? config.head.max_exemplars,
  }
  const asked = tsdb?.retention?.time ?? 0 // 0 counts as left out, as upstream
  const isOverridden = context.overrides.some(({ path }) => path.join('.') === 'store.retention.metrics')
  if (asked === 0 || isOverridden) return { ...config, head }
  if (asked < SHORTEST_RETENTION) {
    const at: Path = ['storage', 'tsdb', 'retention', 'time']
    context.report(context.file.problemAt('warning', at, 'samples are kept for an hour at least'))
  }
  const metrics = durationMs(Math.max(asked, SHORTEST_RETENTION))
  return { ...config, head, store: { ...config.store, retention: { ...config.store.retention, metrics } } }
}
