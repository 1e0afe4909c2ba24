import type { Promised } from '../promises.ts'
import type { FigureSpec, Run, ScenarioFacts } from './scenario.ts'
import type { TargetName } from './targets.ts'

/** What one scenario gave. */
export interface ScenarioResult {
  readonly scenario: ScenarioFacts
  readonly runs: readonly Run[]
}

export interface Verdict {
  readonly promise: Promised
  readonly variant: string
  /** `unknown`: not measured, or there was no peer to compare with. */
  readonly verdict: 'reached' | 'missed' | 'unknown'
  /** `1.2 x the best of the peers` and the like. */
  readonly said: string
}

/** Median of a figure over the runs of a variant and target; undefined when none has it. */
export function figureOf(result: ScenarioResult, variant: string, target: TargetName, key: string): number | undefined {
  const values = result.runs
    .filter((run) => run.variant === variant && run.target === target)
    .flatMap(({ figures }) => figures[key] ?? [])
    .sort((a, b) => a - b)
  return values[values.length >> 1]
}

/** How many times better Bongsu's figure is than another's: above 1 is better. */
export function ratio(
  { better }: FigureSpec,
  ours: number | undefined,
  theirs: number | undefined,
): number | undefined {
  if (better === undefined || ours === undefined || theirs === undefined) return undefined
  return better === 'more' ? ours / theirs : theirs / ours
}

export function judge(promises: readonly Promised[], results: readonly ScenarioResult[]): readonly Verdict[] {
  return promises.flatMap((promise) => {
    const result = results.find(({ scenario }) => scenario.name === promise.scenario)
    if (result === undefined) return []
    const variants = promise.variant === undefined ? result.scenario.variants : [promise.variant]
    return variants.map((variant) => ({ promise, variant, ...judgeOne(promise, variant, result) }))
  })
}

function judgeOne(
  { figure, want }: Promised,
  variant: string,
  result: ScenarioResult,
): Pick<Verdict, 'verdict' | 'said'> {
  const spec = result.scenario.figures[figure]
  if (spec === undefined) throw new Error(`${result.scenario.name} has no figure ${figure}`)
  const ours = figureOf(result, variant, 'bongsu', figure)
  if (ours === undefined) return { verdict: 'unknown', said: 'not measured' }
  if (want.kind === 'most') {
    return {
      verdict: ours <= want.most ? 'reached' : 'missed',
      said: `${shown(ours)} of at most ${want.most} ${spec.unit}`,
    }
  }
  if (want.kind === 'least') {
    return { verdict: ours >= want.least ? 'reached' : 'missed', said: `${shown(ours)} of at least ${want.least}` }
  }
  const ratios = want.of.flatMap((peer) => ratio(spec, ours, figureOf(result, variant, peer, figure)) ?? [])
  if (ratios.length === 0) return { verdict: 'unknown', said: 'no peer was measured' }
  const worst = Math.min(...ratios)
  const against = want.of.length === 1 ? (want.of[0] ?? '') : 'the best peer'
  return { verdict: worst >= want.factor ? 'reached' : 'missed', said: `${shown(worst)} x as good as ${against}` }
}

/** Three digits that count. */
export function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (Math.abs(value) >= 1e4) return `${Math.round(value / 1e3)} k`
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
