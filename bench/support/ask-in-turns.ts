/** One query to several lanes in turns, so that a busy moment of the machine hits all of them. */
import { deviation } from './compare-answers.ts'
import { percentile } from './process-figures.ts'
import type { Lane, QueryTimes } from './query-lane.ts'

export interface QueryCost {
  /** Of the server, an answer. */
  readonly cpuMs: number
  readonly minMs: number
  readonly medianMs: number
}

export interface Turns {
  readonly query: string
  readonly times: QueryTimes
  readonly rounds: number
}

export interface Asked {
  readonly costs: ReadonlyMap<string, QueryCost>
  /** Refusals and deviations, for people. */
  readonly problems: readonly string[]
  /** Some lane of Bongsu says other than Prometheus, or refuses. */
  readonly hasDeviation: boolean
}

/** A turn of a lane lasts about this long, unless a single answer takes longer. */
const TURN_MS = 80
const MOST_A_TURN = 60
/** A lane that took this long for a query has had its turns. */
const MOST_MS = 2000

export async function askInTurns(lanes: readonly Lane[], { query, times, rounds }: Turns): Promise<Asked> {
  const problems: string[] = []
  const answers = new Map<string, Buffer>()
  const counts = new Map<Lane, number>()
  for (const lane of lanes) {
    try {
      const started = performance.now()
      answers.set(lane.name, await lane.ask(query, times))
      const isSlow = performance.now() - started > MOST_MS / 2
      counts.set(lane, isSlow ? 1 : await warmedUp(lane, query, times))
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  const deviations = [...deviationsOf(answers)]
  const isRefused = lanes.some(({ name }) => name.startsWith('bongsu') && !answers.has(name))
  const taken = new Map<string, { cpuMs: number; wallsMs: number[] }>()
  for (let round = 0; round < rounds; round++) {
    for (const [lane, count] of counts) {
      const sum = taken.get(lane.name) ?? { cpuMs: 0, wallsMs: [] }
      if (sum.wallsMs.reduce((total, one) => total + one, 0) > MOST_MS) continue
      const { cpuMs, wallsMs } = await lane.cost(query, times, count)
      sum.cpuMs += cpuMs
      sum.wallsMs.push(...wallsMs)
      taken.set(lane.name, sum)
    }
  }
  const costs = new Map(
    [...taken].map(([name, { cpuMs, wallsMs }]) => {
      const cost = { cpuMs: cpuMs / wallsMs.length, minMs: Math.min(...wallsMs), medianMs: percentile(wallsMs, 0.5) }
      return [name, cost]
    }),
  )
  return { costs, problems: [...problems, ...deviations], hasDeviation: isRefused || deviations.length > 0 }
}

/** Asks until what this query runs is compiled, as in a server that has answered a dashboard for a while. */
const WARM_MS = 700

/** Warms up, and tells how many answers fit into a turn. */
async function warmedUp(lane: Lane, query: string, times: QueryTimes): Promise<number> {
  const warming = performance.now()
  while (performance.now() - warming < WARM_MS) await lane.ask(query, times)
  const started = performance.now()
  let asked = 0
  do {
    await lane.ask(query, times)
    asked++
  } while (performance.now() - started < TURN_MS && asked < MOST_A_TURN)
  return asked
}

function* deviationsOf(answers: ReadonlyMap<string, Buffer>): Generator<string> {
  const truth = answers.get('prometheus')
  if (truth === undefined) return
  for (const [name, answer] of answers) {
    if (!name.startsWith('bongsu')) continue
    const found = deviation(answer, truth)
    if (found !== undefined) yield `${name} deviates from Prometheus: ${found}`
  }
}
