/** The receiver cases of prometheus/compliance, over HTTP. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compressSnappy } from '../../src/codec/snappy.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemClock } from '../../src/core/clock.ts'
import { Telemetry } from '../../src/core/telemetry.ts'
import { parseDuration } from '../../src/core/time.ts'
import { remoteWriteReceiverSection } from '../../src/receive/remote-write/config.ts'
import { remoteWriteRoutes } from '../../src/receive/remote-write/routes.ts'
import type { MetricsConsumer } from '../../src/signals/metrics.ts'
import { loadMigrations, migrate } from '../../src/store/migrate.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'
import { embeddedEngine } from '../support/embedded-store.ts'
import { metricsStore, never } from '../support/metrics-store.ts'
import { MemoryMetrics } from '../support/memory-metrics.ts'
import { writeRequestV1, writeRequestV2 } from '../support/remote-write-message.ts'
import type { HistogramInput, MetadataInput, SeriesInput, SpanInput } from '../support/remote-write-message.ts'

type Labels = Readonly<Record<string, string>>
interface Row {
  readonly labels: Labels
  readonly offset?: string
  readonly createdTimestampOffset?: string
}
interface SampleRow extends Row {
  readonly value: number | string
}
interface Case {
  readonly test: string
  readonly name: string
  readonly level: 'MUST' | 'SHOULD' | 'MAY'
  readonly request: {
    readonly rw1?: boolean
    readonly samples?: readonly SampleRow[]
    readonly histograms?: readonly (Row & { readonly histogram: Record<string, unknown> })[]
    readonly exemplars?: readonly (SampleRow & { readonly exemplarLabels: Labels })[]
    readonly metadata?: readonly { labels: Labels; type: string; help: string; unit: string }[]
    readonly headers?: Readonly<Record<string, string>>
    readonly corruptFirstByte?: string
  }
  readonly expect: {
    readonly success: boolean
    readonly exactStatus?: number
    readonly samples?: number
    readonly histograms?: number
    readonly exemplars?: number
  }
}

const folder = conformanceDir()
const file = folder === undefined ? undefined : join(folder, 'prometheus/remotewrite/receiver-cases.json')
const cases = file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases
if (file === undefined) console.log('conformance remote write receiver: skipped, there is no conformance folder')

const TYPES = ['UNSPECIFIED', 'COUNTER', 'GAUGE', 'HISTOGRAM', 'GAUGEHISTOGRAM', 'SUMMARY', 'INFO', 'STATESET']
/** Since 2.0 rc.4 the start is told with each sample; before, once for the series. */
type Starts = 'per sample' | 'per series'

class RequestBuilder {
  readonly #case: Case['request']
  readonly #now: number
  readonly #starts: Starts
  readonly #exemplarsLeft: NonNullable<Case['request']['exemplars']>[number][]

  constructor(request: Case['request'], now: number, starts: Starts) {
    this.#case = request
    this.#now = now
    this.#starts = starts
    this.#exemplarsLeft = [...(request.exemplars ?? [])]
  }

  series(): SeriesInput[] {
    const { samples = [], histograms = [], metadata = [] } = this.#case
    const rows: SeriesInput[] = []
    for (const [i, row] of [...samples, ...histograms].entries()) {
      const later = [...samples, ...histograms].slice(i + 1).some((other) => key(other.labels) === key(row.labels))
      rows.push({ ...this.#identity(row, later), ...this.#value(row) })
    }
    for (const { labels } of this.#case.exemplars ?? []) {
      if (this.#exemplarsLeft.some((left) => key(left.labels) === key(labels)))
        rows.push(this.#identity({ labels }, false))
    }
    const named = new Set(rows.map((row) => new Map(row.labels).get('__name__')))
    for (const { labels } of metadata) if (!named.has(labels['__name__'])) rows.push(this.#identity({ labels }, false))
    return rows
  }

  #identity(row: Row, later: boolean): SeriesInput {
    const mine = this.#exemplarsLeft.filter(({ labels }) => key(labels) === key(row.labels))
    const taken = later ? mine.slice(0, 1) : mine
    for (const one of taken) this.#exemplarsLeft.splice(this.#exemplarsLeft.indexOf(one), 1)
    const exemplars = taken.map((one) => ({
      labels: Object.entries(one.exemplarLabels),
      value: numberOf(one.value),
      timestamp: this.#time(one.offset),
    }))
    const metadata = this.#metadata(row.labels)
    const created = row.createdTimestampOffset
    return {
      // Reversed, so that a receiver that trusts the order is found out.
      labels: Object.entries(row.labels).reverse(),
      exemplars,
      ...(metadata === undefined ? {} : { metadata }),
      ...(created === undefined || this.#starts === 'per sample' ? {} : { createdTimestamp: this.#time(created) }),
    }
  }

  #value(
    row: Row & { readonly value?: number | string; readonly histogram?: Record<string, unknown> },
  ): Partial<SeriesInput> {
    const created = row.createdTimestampOffset
    const start = created === undefined || this.#starts === 'per series' ? {} : { startTimestamp: this.#time(created) }
    const timestamp = this.#time(row.offset)
    if (row.histogram === undefined) return { samples: [{ value: numberOf(row.value ?? 0), timestamp, ...start }] }
    return { histograms: [{ ...histogramOf(row.histogram), timestamp, ...start }] }
  }

  #metadata(labels: Labels): MetadataInput | undefined {
    const found = this.#case.metadata?.find((one) => one.labels['__name__'] === labels['__name__'])
    return found === undefined ? undefined : { type: TYPES.indexOf(found.type), help: found.help, unit: found.unit }
  }

  #time(offset = '0'): number {
    const negative = offset.startsWith('-')
    return this.#now + (negative ? -1 : 1) * (parseDuration(negative ? offset.slice(1) : offset) ?? NaN)
  }
}

function key(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function numberOf(value: number | string): number | bigint {
  const bits = /0x[0-9a-f]+/.exec(String(value))
  if (bits !== null) return BigInt(bits[0])
  return typeof value === 'number' ? value : Number(value.replace('Inf', 'Infinity'))
}

function histogramOf(raw: Record<string, unknown>): HistogramInput {
  const spans = (name: string): Record<string, SpanInput[]> => {
    const pairs = raw[name] as [number, number][] | undefined
    return pairs === undefined ? {} : { [name]: pairs.map(([offset, length]) => ({ offset, length })) }
  }
  return { sum: 0, timestamp: 0, ...raw, ...spans('positiveSpans'), ...spans('negativeSpans') }
}

function bodyOf(request: Case['request'], now: number, starts: Starts): Buffer {
  const series = new RequestBuilder(request, now, starts).series()
  const body = compressSnappy(request.rw1 === true ? writeRequestV1(series) : writeRequestV2(series))
  if (request.corruptFirstByte !== undefined) body[0] = request.corruptFirstByte.charCodeAt(0)
  return body
}

function headersOf({ rw1, headers }: Case['request']): Record<string, string> {
  const proto = rw1 === true ? 'prometheus.WriteRequest' : 'io.prometheus.write.v2.Request'
  return {
    'Content-Encoding': 'snappy',
    'Content-Type': rw1 === true ? 'application/x-protobuf' : `application/x-protobuf;proto=${proto}`,
    'X-Prometheus-Remote-Write-Version': rw1 === true ? '0.1.0' : '2.0.0',
    ...headers,
  }
}

/** What the suite asks of an answer; undefined when it is as asked. */
function problemOf(answer: Response, want: Case['expect']): string | undefined {
  const { status } = answer
  if (want.exactStatus !== undefined && status !== want.exactStatus) return `status ${status}, not ${want.exactStatus}`
  if (want.success !== (status >= 200 && status < 300)) return `status ${status}`
  if (!want.success && want.exactStatus === undefined && status !== 400) return `status ${status}, not 400`
  for (const kind of ['samples', 'histograms', 'exemplars'] as const) {
    const written = Number(answer.headers.get(`x-prometheus-remote-write-${kind}-written`) ?? '0')
    const expected = want[kind] ?? 0
    if (want.success ? written !== expected : written > expected) return `${written} ${kind} written, not ${expected}`
  }
  return undefined
}

/** Where the rows go: a consumer in memory, or the store itself (write-ahead log and tables of the embedded engine). */
const consumers: [name: string, open: (folder: string) => Promise<OpenConsumer>][] = [
  ['memory', () => Promise.resolve({ consumer: new MemoryMetrics(), close: () => Promise.resolve() })],
  ['the store', openStore],
]

interface OpenConsumer {
  readonly consumer: MetricsConsumer
  close(): Promise<void>
}

async function openStore(path: string): Promise<OpenConsumer> {
  const engine = embeddedEngine(join(path, 'data'))
  await engine.start(never)
  await migrate(
    await loadMigrations(),
    { cluster: undefined },
    { engine, clock: systemClock, log: silentLog, signal: never },
  )
  const store = metricsStore({ engine, walFolder: join(path, 'wal') })
  await store.start(never)
  const close = async (): Promise<void> => {
    await store.stop(AbortSignal.timeout(20_000))
    await engine.stop(AbortSignal.timeout(20_000))
  }
  return { consumer: store.consumer, close }
}

describe.skipIf(cases.length === 0).each(consumers)('remote write receiver over %s', (consumerName, openConsumer) => {
  let app: FastifyInstance
  let open: OpenConsumer
  let path = ''
  let url = ''
  let now = Date.now()
  const failures: { name: string; reason: string }[] = []
  let passed = 0

  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'bongsu-remote-write-'))
    open = await openConsumer(path)
    app = Fastify()
    const options = remoteWriteReceiverSection.schema.parse({})
    const deps = { clock: systemClock, log: silentLog, telemetry: new Telemetry(), random: { next: () => 0.5 } }
    remoteWriteRoutes(options, { consumer: open.consumer, ...deps })(app)
    url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/v1/write`
  })

  afterAll(async () => {
    printTally({ suite: `remote write receiver over ${consumerName}`, passed, left: failures })
    await app.close()
    await open.close()
    await rm(path, { recursive: true })
  })

  test.each(cases.map((one) => [`${one.level} ${one.test} ${one.name}`, one] as const))('%s', async (name, one) => {
    const problems: string[] = []
    for (const starts of ['per sample', 'per series'] as const) {
      const body = bodyOf(one.request, (now += 10), starts)
      const answer = await fetch(url, { method: 'POST', body: new Uint8Array(body), headers: headersOf(one.request) })
      const text = await answer.text()
      const problem = problemOf(answer, one.expect)
      if (problem !== undefined) problems.push(`${starts}: ${problem}: ${text}`)
    }
    if (problems.length === 0) passed++
    else failures.push({ name, reason: problems.join('; ') })
    expect(problems).toEqual([])
  })
})
