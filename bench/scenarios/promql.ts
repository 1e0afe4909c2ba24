/**
 * PromQL over 10,000 series and four hours: the same 34 queries to all in turns, what each costs, and whether Bongsu's answers
 * are Prometheus'. Then a small query beside a heavy one, with writes going on.
 */
import { askInTurns } from '../support/ask-in-turns.ts'
import type { QueryCost } from '../support/ask-in-turns.ts'
import { fairnessOf } from '../support/promql-fairness.ts'
import { Fleet } from '../support/promql-data.ts'
import { PROMQL_QUERIES } from '../support/promql-queries.ts'
import { KINDS, summaryOf } from '../support/promql-summary.ts'
import type { CostsByLane } from '../support/promql-summary.ts'
import { Lane } from '../support/query-lane.ts'
import { load } from '../support/remote-write-load.ts'
import { sleep } from '../support/scenario.ts'
import type { Bench, FigureSpec, JointScenario, Run } from '../support/scenario.ts'
import { settle } from '../support/settle.ts'
import type { Target, TargetName, TargetOptions } from '../support/targets.ts'
import { shown } from '../support/verdict.ts'

/** What is older than this is in Bongsu's tables only, in the process without recent samples in memory. */
const STORE_ONLY_AGE_MS = 8 * 60_000
const FLUSH = { flush_interval: '5s' }
const WARM_UPS = 4000
const WARM_UP_MS = 8000
const NO_CACHE = { range_cache: '0B' }

interface Place {
  readonly target: TargetName
  readonly options: TargetOptions
  /** Lanes over this one process, with their parameters. */
  readonly lanes: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const FRESH = { latency_offset: '1ms' }
const PLACES: readonly Place[] = [
  { target: 'bongsu', options: { head: FLUSH, query: NO_CACHE }, lanes: { bongsu: {} } },
  { target: 'bongsu', options: { head: FLUSH }, lanes: { 'bongsu, cached': {} } },
  { target: 'bongsu', options: { head: { ...FLUSH, max_age: '1m' }, query: NO_CACHE }, lanes: { 'bongsu, store': {} } },
  { target: 'prometheus', options: {}, lanes: { prometheus: {} } },
  {
    target: 'victoriametrics',
    options: {},
    lanes: { victoriametrics: { ...FRESH, nocache: '1' }, 'victoriametrics, cached': FRESH },
  },
]

/** Which lane stands for each target in a variant. */
const VARIANTS: Readonly<Record<string, Readonly<Partial<Record<TargetName, string>>>>> = {
  '': { bongsu: 'bongsu', prometheus: 'prometheus', victoriametrics: 'victoriametrics' },
  ', with result caches': { bongsu: 'bongsu, cached', victoriametrics: 'victoriametrics, cached' },
  ', from the tables': { bongsu: 'bongsu, store', prometheus: 'prometheus', victoriametrics: 'victoriametrics' },
}

const MEASURES = { CPU: 'cpuMs', best: 'minMs', median: 'medianMs' } as const

function figuresOf(): Record<string, FigureSpec> {
  const figures: Record<string, FigureSpec> = {}
  for (const query of Object.keys(PROMQL_QUERIES)) {
    for (const measure of Object.keys(MEASURES)) {
      const label = `${query}, ${measure}`
      figures[label] = { label, unit: 'ms', better: 'less' }
    }
  }
  const ratio = (label: string): FigureSpec => ({ label, unit: 'x' })
  return {
    ...figures,
    deviations: { label: "answers that are not Prometheus'", unit: 'of 34' },
    medianPrometheus: ratio('CPU, median of all queries: Prometheus'),
    geomeanPrometheus: ratio('CPU, geometric mean: Prometheus'),
    worstPrometheus: ratio('CPU, worst query: Prometheus'),
    wallPrometheus: ratio('median wall time, median of all: Prometheus'),
    fullScanPrometheus: ratio('CPU, full scan over a range: Prometheus'),
    medianVictoria: ratio('CPU, median: VictoriaMetrics without its cache'),
    geomeanVictoria: ratio('CPU, geometric mean: VictoriaMetrics without its cache'),
    wallVictoria: ratio('median wall time, median of all: VictoriaMetrics without its cache'),
    medianVictoriaCached: ratio('CPU, median: VictoriaMetrics with its cache, Bongsu with its own'),
    medianUncachedVictoriaCached: ratio('CPU, median: VictoriaMetrics with its cache, Bongsu without'),
    medianStorePrometheus: ratio('CPU, median, Bongsu from its tables: Prometheus'),
    wallStorePrometheus: ratio('median wall time, median, Bongsu from its tables: Prometheus'),
    smallP50: { label: 'small query beside a heavy one, p50', unit: 'ms', better: 'less' },
    smallP99: { label: 'small query beside a heavy one, p99', unit: 'ms', better: 'less' },
    heavyPerSecond: { label: 'heavy queries meanwhile', unit: '/s', better: 'more' },
    writeP99: { label: 'write beside a heavy query, p99', unit: 'ms', better: 'less' },
  }
}

const variantName = (kind: string, suffix: string): string => `${kind}${suffix}`

export function promqlScenario(quick: boolean): JointScenario {
  const size = quick ? { pods: 12, scrapes: 240, rounds: 2 } : { pods: 50, scrapes: 960, rounds: 3 }
  const kinds = Object.keys(KINDS)
  return {
    name: 'promql',
    summary: `${Object.keys(PROMQL_QUERIES).length} queries over ${size.pods * 200} series and ${size.scrapes / 240} h at 15 s, each over the whole range in steps of 60 s, and at its end`,
    variants: [
      'summary',
      'fairness',
      ...Object.keys(VARIANTS).flatMap((suffix) => kinds.map((kind) => variantName(kind, suffix))),
    ],
    figures: figuresOf(),
    measureAll: (targets, bench) => measureAll(targets, size, bench),
  }
}

interface Size {
  readonly pods: number
  readonly scrapes: number
  readonly rounds: number
}

async function measureAll(names: readonly TargetName[], size: Size, bench: Bench): Promise<readonly Run[]> {
  const end = Math.floor((Date.now() - STORE_ONLY_AGE_MS) / 60_000) * 60_000
  const fleet = new Fleet({ ...size, end })
  const places = PLACES.filter(({ target }) => names.includes(target))
  const targets: Target[] = []
  const lanes: Lane[] = []
  try {
    for (const { target: name, options, lanes: made } of places) {
      const target = await bench.targets.start(name, options)
      targets.push(target)
      lanes.push(...Object.entries(made).map(([lane, params]) => new Lane({ name: lane, target, params })))
    }
    await fill(targets, fleet, size.scrapes, bench)
    const costs = await askAll(lanes, { end, ...size }, bench)
    const runs = [...queryRuns(costs.byLane), ...summaryRuns(costs)]
    return [...runs, ...(await fairnessRuns(lanes, { fleet, end, seconds: bench.quick ? 5 : 10 }, bench))]
  } finally {
    for (const lane of lanes) lane.close()
    await Promise.all(targets.map((target) => target.stop()))
  }
}

/** The same bodies to all, one target after the other: nobody has to hold them all. */
async function fill(targets: readonly Target[], fleet: Fleet, scrapes: number, bench: Bench): Promise<void> {
  const cpu = new Map<Target, number>()
  let samples = 0
  for (let scrape = 0; scrape < scrapes; scrape += 10) {
    const bodies = fleet.next(10)
    samples += bodies.reduce((sum, body) => sum + body.samples, 0)
    for (const target of targets) {
      const { cpuSeconds } = await load({ url: target.writeUrl, senders: 2, pid: target.pid }, bodies)
      cpu.set(target, (cpu.get(target) ?? 0) + cpuSeconds)
    }
  }
  const told = [...cpu].map(([{ name }, seconds]) => `${name} ${seconds.toFixed(1)}`)
  bench.say(`  ${samples} samples written; CPU s: ${told.join(', ')}`)
  for (const target of targets) await settle(target, bench.quick ? 10 : 20)
  await sleep(1000)
}

interface AllCosts {
  readonly byLane: CostsByLane
  /** Undefined when Bongsu or Prometheus was not asked. */
  readonly deviations: number | undefined
}

async function askAll(lanes: readonly Lane[], at: { end: number } & Size, bench: Bench): Promise<AllCosts> {
  const byLane = new Map<string, Map<string, QueryCost>>(lanes.map(({ name }) => [name, new Map()]))
  await warmUp(lanes, at.end)
  let deviations = 0
  for (const [kind, stepMs] of Object.entries(KINDS)) {
    for (const [name, query] of Object.entries(PROMQL_QUERIES)) {
      const start = at.end - at.scrapes * 15_000
      const times = { start, end: at.end, ...(stepMs === undefined ? {} : { stepMs }) }
      const asked = await askInTurns(lanes, { query, times, rounds: at.rounds })
      for (const [lane, cost] of asked.costs) byLane.get(lane)?.set(`${kind} ${name}`, cost)
      const told = [...asked.costs].map(([lane, { cpuMs }]) => `${lane} ${shown(cpuMs)}`)
      bench.say(`  ${kind} ${name}, CPU ms: ${told.join(', ')}`)
      for (const problem of asked.problems) bench.say(`  ${kind} ${name}: ${problem}`)
      if (asked.hasDeviation) deviations++
    }
  }
  const isCompared = ['bongsu', 'prometheus'].every((name) => byLane.has(name))
  return { byLane, deviations: isCompared ? deviations : undefined }
}

/** A server that has run for a while has compiled what it runs: so have all before the first figure is taken. */
async function warmUp(lanes: readonly Lane[], end: number): Promise<void> {
  const small = ['up', 'one_series', 'one_rate', 'sum_pod_rate'].map((name) => PROMQL_QUERIES[name] ?? '')
  for (const lane of lanes) {
    const started = performance.now()
    for (let n = 0; n < WARM_UPS && performance.now() - started < WARM_UP_MS; n++) {
      const query = small[n % small.length] ?? ''
      const times = { start: end - 3_600_000, end, ...(n % 8 < 4 ? { stepMs: 60_000 } : {}) }
      // A target that refuses a query tells so when it is measured.
      await lane.ask(query, times).catch(() => undefined)
    }
  }
}

/** Costs of each query, as figures of the variants; a variant of Bongsu's needs Bongsu. */
function queryRuns(byLane: CostsByLane): Run[] {
  const variants = Object.entries(VARIANTS).filter(([suffix]) => suffix === '' || byLane.has('bongsu'))
  return variants.flatMap(([suffix, laneOf]) =>
    Object.keys(KINDS).flatMap((kind) =>
      Object.entries(laneOf).flatMap(([target, lane]): Run[] => {
        const costs = byLane.get(lane)
        if (costs === undefined) return []
        const figures: Record<string, number> = {}
        for (const query of Object.keys(PROMQL_QUERIES)) {
          const cost = costs.get(`${kind} ${query}`)
          if (cost === undefined) continue
          for (const [measure, key] of Object.entries(MEASURES)) {
            // Best times are for the main comparison: the tables are long enough.
            if (measure !== 'best' || suffix === '') figures[`${query}, ${measure}`] = cost[key]
          }
        }
        return [{ variant: variantName(kind, suffix), target: target as TargetName, figures }]
      }),
    ),
  )
}

function summaryRuns({ byLane, deviations }: AllCosts): Run[] {
  if (!byLane.has('bongsu')) return []
  const figures = { ...summaryOf(byLane), ...(deviations === undefined ? {} : { deviations }) }
  return [{ variant: 'summary', target: 'bongsu', figures }]
}

interface Fairness {
  readonly fleet: Fleet
  readonly end: number
  readonly seconds: number
}

/** A process after the other, as each is to have the machine for itself; all get the same new scrapes. */
async function fairnessRuns(lanes: readonly Lane[], { fleet, end, seconds }: Fairness, bench: Bench): Promise<Run[]> {
  const bodies = Array.from({ length: seconds }, () => fleet.next(1)).flat()
  const runs: Run[] = []
  for (const lane of lanes.filter(({ name, target }) => name === target.name)) {
    bench.say(`  fairness: ${lane.name}`)
    const variant = 'fairness'
    try {
      runs.push({ variant, target: lane.target.name, figures: await fairnessOf(lane, { bodies, end, seconds }) })
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error)
      runs.push({ variant, target: lane.target.name, figures: {}, failure })
    }
  }
  return runs
}
