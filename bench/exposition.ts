/**
 * What a scrape page costs: CPU per page of 10,000 samples, warm, every series known (`npx tsx bench/exposition.ts`).
 * Pages: text, the same in OpenMetrics with timestamps and exemplars, and protobuf; each is read by a cursor with a cache, and
 * each known series is looked up in a column by its slot, as the scraper does.
 */
import type { EntryCursor } from '../src/codec/exposition/cursor.ts'
import type { Family } from '../src/codec/exposition/family.ts'
import { NhcbCursor } from '../src/codec/exposition/nhcb-cursor.ts'
import { NhcbMemory } from '../src/codec/exposition/nhcb-memory.ts'
import { ProtobufCursor } from '../src/codec/exposition/protobuf-cursor.ts'
import { SeriesCache } from '../src/codec/exposition/series-cache.ts'
import { TextCursor } from '../src/codec/exposition/text-cursor.ts'
import { finishOpenMetrics, writeOpenMetrics, writeText } from '../src/codec/exposition/write-text.ts'
import { writeProtobuf } from '../src/codec/exposition/write-protobuf.ts'

const SAMPLES = 10_000
const ROUNDS = 60
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Families as a busy service shows them: a third counters, a third gauges, a third histogram buckets. */
function families(exemplars: boolean): Family[] {
  const found: Family[] = []
  let left = SAMPLES
  for (let i = 0; left > 0; i++) {
    const labels = (n: number): [string, string][] => [
      ['instance', `10.0.${n % 250}.17:9100`],
      ['job', 'kubernetes-pods'],
      ['namespace', `team-${n % 7}`],
      ['pod', `checkout-5d9f7c6b8-${(n * 7919) % 9973}`],
      ['code', String(200 + (n % 5))],
    ]
    const exemplar = exemplars
      ? { exemplar: { labels: [['trace_id', `4bf92f3577b34da6a3ce929d0e0e47${i % 90}`] as const], value: 0.3 } }
      : {}
    const number = (n: number, value: number) => ({
      labels: labels(n),
      value: { kind: 'number' as const, value, ...exemplar },
    })
    const tens = Array.from({ length: 10 }, (_, n) => n + i * 10)
    found.push(
      {
        name: `http_requests_${i}_total`,
        type: 'counter',
        help: 'Requests.',
        metrics: tens.map((n) => number(n, n * 1234567)),
      },
      {
        name: `memory_bytes_${i}`,
        type: 'gauge',
        help: 'Memory.',
        metrics: tens.map((n) => number(n, n * 0.000123456789012)),
      },
      {
        name: `latency_seconds_${i}`,
        type: 'histogram',
        help: 'Latency.',
        metrics: [
          {
            labels: labels(i),
            value: {
              kind: 'histogram',
              count: 1000 + i,
              sum: 12.5 * i,
              buckets: BOUNDS.map((bound, n) => ({ bound, count: n * 90 })),
            },
          },
        ],
      },
    )
    left -= 20 + BOUNDS.length + 3
  }
  return found
}

function measure(name: string, bytes: number, read: (cache: SeriesCache) => number): void {
  const cache = new SeriesCache()
  const times: number[] = []
  let samples = 0
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    samples = read(cache)
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  const warm = times.slice(20).sort((a, b) => a - b)
  const median = warm[warm.length >> 1] as number
  const size = `${samples} samples ${(bytes / 1e6).toFixed(2)} MB`
  const cpu = `first ${times[0]?.toFixed(1)}, warm median ${median.toFixed(2)}, best ${warm[0]?.toFixed(2)}`
  console.log(`${name.padEnd(30)} ${size}: CPU ms ${cpu} (${((median * 1e6) / samples).toFixed(0)} ns a sample)`)
}

/** Reads a page as the scraper does: refs by slot, labels only for new series. */
function consume(cursor: EntryCursor, refs: number[]): number {
  let samples = 0
  while (cursor.next()) {
    const { kind } = cursor
    if (kind !== 'series' && kind !== 'histogram') continue
    let { slot } = cursor
    if (slot < 0) {
      cursor.labels()
      slot = cursor.remember()
      refs[slot] = samples
    }
    if ((refs[slot] as number) >= 0 && cursor.exemplars().length < 9) samples++
  }
  return samples
}

function main(): void {
  const plain = families(false)
  const text = Buffer.from(plain.map((one) => writeText(one, 'allow-utf-8')).join(''))
  const stamped = plain.map((one) => ({
    ...one,
    metrics: one.metrics.map((metric) => ({ ...metric, timestamp: 1_700_000_000_123 })),
  }))
  const withTime = Buffer.from(stamped.map((one) => writeText(one, 'allow-utf-8')).join(''))
  const open = Buffer.from(plain.map((one) => writeOpenMetrics(one, 'allow-utf-8')).join('') + finishOpenMetrics())
  const rich = Buffer.from(
    families(true)
      .map((one) => writeOpenMetrics(one, 'allow-utf-8'))
      .join('') + finishOpenMetrics(),
  )
  const proto = Buffer.concat(plain.map((one) => writeProtobuf(one, 'allow-utf-8')))
  const refs: number[] = []
  measure('text', text.length, (cache) => consume(new TextCursor(text, { format: 'text', cache }), refs))
  measure('text, without a cache', text.length, () => consume(new TextCursor(text, { format: 'text' }), refs))
  measure('text, timestamps', withTime.length, (cache) =>
    consume(new TextCursor(withTime, { format: 'text', cache }), refs),
  )
  measure('OpenMetrics', open.length, (cache) => consume(new TextCursor(open, { format: 'openmetrics', cache }), refs))
  measure('OpenMetrics, _created wanted', open.length, (cache) =>
    consume(new TextCursor(open, { format: 'openmetrics', cache, createdTimestamps: true }), refs),
  )
  const started = plain.map((one) => ({
    ...one,
    metrics: one.metrics.map((metric) => ({ ...metric, startTimestamp: 1_700_000_000_123 })),
  }))
  const created = Buffer.from(
    started.map((one) => writeOpenMetrics(one, 'allow-utf-8', true)).join('') + finishOpenMetrics(),
  )
  measure('OpenMetrics, _created read', created.length, (cache) =>
    consume(new TextCursor(created, { format: 'openmetrics', cache, createdTimestamps: true }), refs),
  )
  measure('OpenMetrics, 60 % exemplars', rich.length, (cache) =>
    consume(new TextCursor(rich, { format: 'openmetrics', cache }), refs),
  )
  measure('protobuf', proto.length, (cache) => consume(new ProtobufCursor(proto, { cache }), refs))
  const memories = new WeakMap<SeriesCache, NhcbMemory>()
  measure('text, classic to NHCB', text.length, (cache) => {
    const memory = memories.get(cache) ?? new NhcbMemory(cache)
    memories.set(cache, memory)
    return consume(
      new NhcbCursor(new TextCursor(text, { format: 'text', cache }), { keepClassic: false, memory }),
      refs,
    )
  })
}

main()
