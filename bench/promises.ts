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
  | { readonly kind: 'least'; readonly least: number }

const BOTH: readonly TargetName[] = ['prometheus', 'victoriametrics']
const best: Want = { kind: 'peers', factor: 1, of: BOTH }
const twicePrometheus: Want = { kind: 'peers', factor: 2, of: ['prometheus'] }
const likeVictoria: Want = { kind: 'peers', factor: 1, of: ['victoriametrics'] }
const belowPrometheus: Want = { kind: 'peers', factor: 1, of: ['prometheus'] }

const most = (value: number): Want => ({ kind: 'most', most: value })
const least = (value: number): Want => ({ kind: 'least', least: value })

export const PROMISES: readonly Promised[] = [
  { id: 'ingest-rate', scenario: 'ingest', figure: 'perSecond', want: best },
  { id: 'ingest-cpu', scenario: 'ingest', figure: 'perCpuSecondSettled', want: likeVictoria },
  { id: 'ingest-cpu-prometheus', scenario: 'ingest', figure: 'perCpuSecondSettled', want: twicePrometheus },
  { id: 'ingest-disk', scenario: 'ingest', figure: 'bytesPerSample', want: belowPrometheus },
  { id: 'fairness-write', scenario: 'fairness', figure: 'writeP99', want: most(1000) },
  { id: 'fairness-query', scenario: 'fairness', figure: 'instantP99', want: most(100) },
  { id: 'million-memory', scenario: 'million', figure: 'steadyMiB', want: most(3072) },
  { id: 'scrape-cpu', scenario: 'scrape', figure: 'cpuMs', want: belowPrometheus },
  { id: 'promql-equal', scenario: 'promql', variant: 'summary', figure: 'deviations', want: most(0) },
  { id: 'promql-prometheus', scenario: 'promql', variant: 'summary', figure: 'medianPrometheus', want: least(10) },
  { id: 'promql-victoria', scenario: 'promql', variant: 'summary', figure: 'medianVictoria', want: least(3) },
  {
    id: 'promql-victoria-cached',
    scenario: 'promql',
    variant: 'summary',
    figure: 'medianVictoriaCached',
    want: least(1),
  },
  { id: 'promql-slowest', scenario: 'promql', variant: 'summary', figure: 'worstPrometheus', want: least(1) },
  { id: 'promql-full-scan', scenario: 'promql', variant: 'summary', figure: 'fullScanPrometheus', want: least(20) },
  { id: 'promql-store', scenario: 'promql', variant: 'summary', figure: 'medianStorePrometheus', want: least(1) },
  { id: 'promql-fairness', scenario: 'promql', variant: 'fairness', figure: 'smallP99', want: most(100) },
  { id: 'promql-index', scenario: 'promql-wide', figure: 'equalityP50', want: most(5) },
  { id: 'promql-sample-memory', scenario: 'promql-wide', figure: 'bytesPerSample', want: belowPrometheus },
  { id: 'promql-series-memory', scenario: 'promql-wide', figure: 'bytesPerSeries', want: belowPrometheus },
  { id: 'start-ready', scenario: 'start', figure: 'stopReady', want: most(5) },
]
