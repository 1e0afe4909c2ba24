import type { Target, TargetName } from './targets.ts'

export interface Point {
  readonly time: number
  readonly value: number
}

/** One series of an answer; an instant answer has one point. */
export interface AnswerSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly points: readonly Point[]
}

type Pair = readonly [time: number, value: string]
type Result = readonly { metric: Record<string, string>; value?: Pair; values?: readonly Pair[] }[]

// VictoriaMetrics answers repeated queries from a cache, and hides the last half minute, unless told not to.
const PLAIN: Readonly<Record<TargetName, Readonly<Record<string, string>>>> = {
  bongsu: {},
  prometheus: {},
  victoriametrics: { nocache: '1', latency_offset: '1ms' },
}

/** Asks `/api/v1/query` or `/api/v1/query_range`; times are UnixMs. Rejects when the target refuses. */
export async function ask(
  target: Target,
  query: string,
  at: { readonly time: number } | { readonly start: number; readonly end: number; readonly stepMs: number },
): Promise<readonly AnswerSeries[]> {
  const seconds = (ms: number): string => String(ms / 1000)
  const [path, times] =
    'time' in at
      ? ['query', { time: seconds(at.time) }]
      : ['query_range', { start: seconds(at.start), end: seconds(at.end), step: seconds(at.stepMs) }]
  const params = new URLSearchParams({ query, ...times, ...PLAIN[target.name] })
  const response = await fetch(`${target.url}/api/v1/${path}?${params.toString()}`)
  const text = await response.text()
  if (!response.ok) throw new Error(`${target.name} answered ${response.status} to ${query}: ${text.slice(0, 300)}`)
  const { data } = JSON.parse(text) as { data: { result: Result } }
  return data.result.map(({ metric, value, values }) => ({
    metric,
    points: (values ?? (value === undefined ? [] : [value])).map(([time, said]) => ({
      time: time * 1000,
      value: Number(said),
    })),
  }))
}
