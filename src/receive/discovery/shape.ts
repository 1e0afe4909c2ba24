/** All ways of finding targets, as keys to be spread into a scrape job or an Alertmanager entry. */
import { z } from 'zod'
import { dnsSdSchema, fileSdSchema, httpSdSchema, targetGroupSchema } from './config.ts'
import type { TargetGroupConfig } from './config.ts'
import { foreignSdShape } from './foreign.ts'

export const discoveryShape = {
  static_configs: z.array(targetGroupSchema).prefault([]).describe('targets, listed here'),
  file_sd_configs: z.array(fileSdSchema).prefault([]).describe('targets from files that are watched'),
  http_sd_configs: z.array(httpSdSchema).prefault([]).describe('targets from an HTTP service'),
  dns_sd_configs: z.array(dnsSdSchema).prefault([]).describe('targets from DNS'),
  ...foreignSdShape,
}

/** Refuses URLs as targets, unless there are relabeling rules, which may make an address of whatever stands there. */
export function checkStaticTargets(
  job: { readonly static_configs: readonly TargetGroupConfig[]; readonly relabel_configs: readonly unknown[] },
  ctx: z.RefinementCtx,
): void {
  if (job.relabel_configs.length > 0) return
  for (const [i, group] of job.static_configs.entries()) {
    for (const [k, target] of group.targets.entries()) {
      if (!target.includes('/')) continue
      const message = `${JSON.stringify(target)} is not a valid hostname (host:port; scheme and path have keys of their own)`
      ctx.addIssue({ code: 'custom', path: ['static_configs', i, 'targets', k], message })
    }
  }
}
