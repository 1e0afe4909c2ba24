import type { Targets, TargetName } from './targets.ts'

/** Figures of one run, by the key of their specification. */
export type Figures = Readonly<Record<string, number>>

export interface FigureSpec {
  readonly label: string
  readonly unit: string
  /** Which way is better; absent = told for orientation, without a ratio. */
  readonly better?: 'more' | 'less'
}

export interface Bench {
  readonly quick: boolean
  readonly targets: Targets
  /** Tells what is going on, on stderr. */
  say(line: string): void
}

/** What a scenario says of itself. */
export interface ScenarioFacts {
  readonly name: string
  readonly summary: string
  readonly figures: Readonly<Record<string, FigureSpec>>
  readonly variants: readonly string[]
}

/** One thing that is measured, of each target in turn. */
export interface Scenario extends ScenarioFacts {
  /** Runs of each variant and target; figures are medians of them. */
  readonly rounds: number
  /** Whether a target can be measured so; absent = all can. */
  readonly suits?: (target: TargetName, variant: string) => boolean
  /** Rejects when the target does not do what it is asked. Leaves no process behind. */
  measure(target: TargetName, variant: string, bench: Bench): Promise<Figures>
}

/** One run of a variant and a target. */
export interface Run {
  readonly variant: string
  readonly target: TargetName
  readonly figures: Figures
  /** Why there are no figures. */
  readonly failure?: string
}

/** What is measured of all targets at once, as they have to take turns in small steps. */
export interface JointScenario extends ScenarioFacts {
  /** Leaves no process behind. */
  measureAll(targets: readonly TargetName[], bench: Bench): Promise<readonly Run[]>
}

/** Waits, in real time. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
