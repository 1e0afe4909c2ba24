/** targets, targets/metadata, targets/relabel_steps, scrape_pools, scrape_pools/config: the scraper's state. Follows web/api/v1/api.go, prometheus. */
import type { FastifyInstance } from 'fastify'
import { printValue } from '../../config/print.ts'
import type { Log } from '../../core/log.ts'
import { LabelSet } from '../../model/labels.ts'
import type { Selector } from '../../model/matcher.ts'
import { compileLabelRegexp } from '../../model/regexp.ts'
import { parseMetricSelector } from '../../query/promql/syntax/parse.ts'
import { scrapeJobSchema } from '../../receive/scrape/config.ts'
import type { ActiveTarget, DroppedTarget, ScrapeState } from '../../receive/scrape/state.ts'
import { paramsOf } from '../request.ts'
import { sendData } from './envelope.ts'
import { badRequest, numberParam, withName } from './params.ts'
import { labelsJson } from './result-json.ts'
import { prometheusDialect } from './routes.ts'

export interface TargetDeps {
  readonly scrape: ScrapeState
  readonly log: Log
}

export function targetRoutes(deps: TargetDeps): (app: FastifyInstance) => void {
  const { scrape } = deps
  return (app) => {
    prometheusDialect(app, deps)
    app.get('/api/v1/targets', (request, reply) => {
      const params = paramsOf(request)
      return sendData(reply, targetsJson(scrape, params.get('state') ?? '', params.get('scrapePool') ?? ''))
    })
    app.get('/api/v1/targets/metadata', (request, reply) => sendData(reply, metadataJson(scrape, paramsOf(request))))
    app.get('/api/v1/targets/relabel_steps', (request, reply) => {
      const params = paramsOf(request)
      const pool = required(params, 'scrapePool')
      const steps = scrape.relabelSteps(pool, labelsParam(params)) ?? noSuchPool(pool)
      const rows = steps.map(
        ({ rule, output, keep }) => `{"rule":${JSON.stringify(rule)},"output":${labelsJson(output)},"keep":${keep}}`,
      )
      return sendData(reply, `{"steps":[${rows.join(',')}]}`)
    })
    app.get('/api/v1/scrape_pools', (_request, reply) =>
      sendData(reply, JSON.stringify({ scrapePools: scrape.pools().map(({ name }) => name) })),
    )
    app.get('/api/v1/scrape_pools/config', (request, reply) => {
      const pool = required(paramsOf(request), 'scrapePool')
      const found = scrape.pools().find(({ name }) => name === pool) ?? noSuchPool(pool)
      return sendData(reply, JSON.stringify({ yaml: printValue(scrapeJobSchema, found.config) }))
    })
  }
}

function required(params: URLSearchParams, name: string): string {
  const text = params.get(name) ?? ''
  if (text === '') throw badRequest({ message: `no ${name} parameter provided` })
  return text
}

function noSuchPool(pool: string): never {
  throw badRequest({ message: `error retrieving scrape config: unknown scrape pool: ${pool}` })
}

function labelsParam(params: URLSearchParams): LabelSet {
  const parsed = parseJson(required(params, 'labels'))
  const isRecord = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  if (!isRecord || !Object.values(parsed).every((value) => typeof value === 'string')) {
    throw badRequest({ message: 'error parsing labels: not a JSON object of strings' })
  }
  return LabelSet.of(parsed as Record<string, string>)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw badRequest({ message: 'error parsing labels: not JSON' }, { cause })
  }
}

function targetsJson(scrape: ScrapeState, state: string, pool: string): string {
  const shows = (which: string): boolean => ['', 'any', which].includes(state.toLowerCase())
  const some = pool === '' ? undefined : pool
  const active = shows('active') ? scrape.activeTargets(some).map(activeJson) : []
  const dropped = shows('dropped') ? scrape.droppedTargets(some).map(droppedJson) : []
  const counts = shows('dropped') ? JSON.stringify(scrape.droppedTargetCounts()) : 'null'
  return `{"activeTargets":[${active.join(',')}],"droppedTargets":[${dropped.join(',')}],"droppedTargetCounts":${counts}}`
}

function droppedJson({ discoveredLabels, scrapePool }: DroppedTarget): string {
  return `{"discoveredLabels":${labelsJson(discoveredLabels)},"scrapePool":${JSON.stringify(scrapePool)}}`
}

/** Go's zero time: how Prometheus writes "never". */
const NEVER = '0001-01-01T00:00:00Z'

function activeJson(target: ActiveTarget): string {
  const { lastScrape, lastScrapeDuration } = target
  const rest = {
    scrapePool: target.scrapePool,
    scrapeUrl: target.scrapeUrl,
    globalUrl: target.globalUrl,
    lastError: target.lastError,
    lastScrape: lastScrape === undefined ? NEVER : new Date(lastScrape).toISOString(),
    lastScrapeDuration,
    health: target.health,
    scrapeInterval: target.scrapeInterval,
    scrapeTimeout: target.scrapeTimeout,
  }
  return `{"discoveredLabels":${labelsJson(target.discoveredLabels)},"labels":${labelsJson(target.labels)},${JSON.stringify(rest).slice(1)}`
}

function metadataJson(scrape: ScrapeState, params: URLSearchParams): string {
  const limit = numberParam(params, 'limit', 'limit must be a number') ?? -1
  const metric = params.get('metric') ?? ''
  const match = params.get('match_target') ?? ''
  const accepts = matchesSelector(match === '' ? [] : withName('match_target', () => parseMetricSelector(match)))
  const rows: string[] = []
  for (const row of scrape.targetMetadata(metric === '' ? undefined : metric, accepts)) {
    if (limit >= 0 && rows.length >= limit) break
    const { type, help, unit } = row
    const name = metric === '' ? { metric: row.metric } : {}
    rows.push(`{"target":${labelsJson(row.target)},${JSON.stringify({ ...name, type, help, unit }).slice(1)}`)
  }
  return `[${rows.join(',')}]`
}

function matchesSelector(selector: Selector): (labels: LabelSet) => boolean {
  const tests = selector.map(({ name, op, value }) => {
    const regexp = op === '=~' || op === '!~' ? compileLabelRegexp(value) : undefined
    const equal = (text: string): boolean => (regexp === undefined ? text === value : regexp.test(text))
    const wanted = op === '=' || op === '=~'
    return (labels: LabelSet): boolean => equal(labels.get(name) ?? '') === wanted
  })
  return (labels) => tests.every((test) => test(labels))
}
