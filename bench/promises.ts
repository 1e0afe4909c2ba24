/** What Bongsu's figures are held against. A promise that is not reached says so in the report, with what stands in its way. */
import type { TargetName } from './support/targets.ts'

export interface Promised {
  /** Also the heading of its notes in notes.md. */
  readonly id: string
  readonly scenario: string
  /** Absent = in each variant. */
  readonly variant?: string
  readonly figure: string
  readonly want: Want
}

export type Want =
  /** At least as good as `factor` times the best of the peers that were measured. */
  | { readonly kind: 'peers'; readonly factor: number; readonly of: readonly TargetName[] }
  | { readonly kind: 'most'; readonly most: number }

const BOTH: readonly TargetName[] = ['prometheus', 'victoriametrics']
const best: Want = { kind: 'peers', factor: 1, of: BOTH }
const likePrometheus: Want = { kind: 'peers', factor: 1, of: ['prometheus'] }

export const PROMISES: readonly Promised[] = [
  { id: 'ingest-rate', scenario: 'ingest', figure: 'perSecond', want: best },
  { id: 'ingest-cpu', scenario: 'ingest', figure: 'perCpuSecondSettled', want: best },
  { id: 'ingest-disk', scenario: 'ingest', figure: 'bytesPerSample', want: best },
  { id: 'fairness-write', scenario: 'fairness', figure: 'writeP99', want: { kind: 'most', most: 100 } },
  { id: 'fairness-longest', scenario: 'fairness', figure: 'writeMax', want: { kind: 'most', most: 1000 } },
  { id: 'fairness-query', scenario: 'fairness', figure: 'instantP99', want: { kind: 'most', most: 50 } },
  { id: 'million-memory', scenario: 'million', figure: 'steadyMiB', want: best },
  { id: 'scrape-cpu', scenario: 'scrape', figure: 'cpuMs', want: likePrometheus },
  { id: 'start-ready', scenario: 'start', figure: 'stopReady', want: { kind: 'most', most: 10 } },
  { id: 'start-after-kill', scenario: 'start', figure: 'killAnswer', want: { kind: 'most', most: 15 } },
]
