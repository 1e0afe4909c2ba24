/** A script as data and questions about them: so that all its rows can be loaded once, and be asked wherever they are by then. */
import type { TenantId } from '../../../src/model/tenant.ts'
import type { EvalCommand, LoadCommand, Command } from './script.ts'

/** Evaluations that see the same rows. */
export interface Stage {
  /** Theirs alone. */
  readonly tenant: TenantId
  /** All since the last `clear`. */
  readonly loads: readonly LoadCommand[]
  readonly evals: readonly EvalCommand[]
}

export function stagesOf(script: readonly Command[], freshTenant: () => TenantId): Stage[] {
  const stages: Stage[] = []
  let loads: readonly LoadCommand[] = []
  let evals: EvalCommand[] | undefined
  for (const command of script) {
    if (command.kind === 'eval') {
      if (evals === undefined) stages.push({ tenant: freshTenant(), loads, evals: (evals = []) })
      evals.push(command)
    } else {
      loads = command.kind === 'clear' ? [] : [...loads, command]
      evals = undefined
    }
  }
  return stages
}
