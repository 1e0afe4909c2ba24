import { array, assert, constantFrom, integer, nat, oneof, property, record, uint8Array } from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printEntries } from '../../../test/support/entries.ts'
import type { EntryCursor } from './cursor.ts'
import type { Family } from './family.ts'
import { MalformedExposition } from './malformed.ts'
import { lintOpenMetrics } from './openmetrics-lint.ts'
import { NhcbCursor } from './nhcb-cursor.ts'
import { NhcbMemory } from './nhcb-memory.ts'
import { ProtobufCursor } from './protobuf-cursor.ts'
import { SeriesCache } from './series-cache.ts'
import { TextCursor } from './text-cursor.ts'
import { finishOpenMetrics, writeOpenMetrics, writeText } from './write-text.ts'
import { writeProtobuf } from './write-protobuf.ts'

const exemplar = { labels: [['id', 'a"b']] as const, value: 1, timestamp: 1500 }
const FAMILIES: readonly Family[] = [
  {
    name: 'requests_total',
    type: 'counter',
    help: 'h\\elp',
    metrics: ['a', 'b c} d', '\\"\n'].map((path, i) => ({
      labels: [['path', path]] as const,
      timestamp: 1000 * i,
      startTimestamp: 500,
      value: { kind: 'number' as const, value: i * 1.5, exemplar },
    })),
  },
  { name: 'a.b', type: 'gauge', metrics: [{ labels: [['é', 'ü']], value: { kind: 'number', value: NaN } }] },
  {
    name: 'lat_seconds',
    type: 'histogram',
    unit: 'seconds',
    metrics: [
      {
        labels: [['x', 'y']],
        value: { kind: 'histogram', count: 3, sum: 1.5e-7, buckets: [{ bound: 1, count: 2, exemplar }] },
      },
    ],
  },
  {
    name: 'sum',
    type: 'summary',
    metrics: [{ labels: [], value: { kind: 'summary', count: 2, sum: -1, quantiles: [[0.5, Infinity]] } }],
  },
  {
    name: 'nat',
    type: 'histogram',
    metrics: [
      {
        labels: [],
        value: {
          kind: 'native',
          histogram: {
            schema: 3,
            zeroThreshold: 0.01,
            zeroCount: 1,
            count: 6,
            sum: 3,
            stale: false,
            integer: true,
            positive: { offsets: [-2, 3], lengths: [2, 1], counts: [1, 2, 2] },
            negative: { offsets: [], lengths: [], counts: [] },
            customValues: [],
            resetHint: 'unknown',
          },
        },
      },
    ],
  },
]

const TEXT = Buffer.from(FAMILIES.map((one) => writeText(one, 'allow-utf-8')).join(''))
const OPENMETRICS = Buffer.from(
  FAMILIES.map((one) => writeOpenMetrics(one, 'allow-utf-8', true)).join('') + finishOpenMetrics(),
)
const PROTOBUF = Buffer.concat(FAMILIES.map((one) => writeProtobuf(one, 'allow-utf-8')))

interface Change {
  readonly at: number
  readonly drop: number
  readonly put: Uint8Array
}

const telling = constantFrom(
  '"',
  '\\',
  '\n',
  '{',
  '}',
  '=',
  ',',
  ' ',
  '#',
  '# EOF',
  '# TYPE a counter\n',
  '\u0000',
  'NaN',
  '1_0',
  '0x1p3',
  '9'.repeat(400),
  '{"',
)
const put: Arbitrary<Uint8Array> = oneof(
  uint8Array({ maxLength: 4 }),
  telling.map((text) => Buffer.from(text)),
)
const changes: Arbitrary<readonly Change[]> = array(
  record({ at: nat(2000), drop: integer({ min: 0, max: 30 }), put }),
  { maxLength: 4 },
)

function changed(page: Buffer, steps: readonly Change[]): Buffer {
  return steps.reduce((bytes, { at, drop, put: added }) => {
    const from = at % (bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, from), added, bytes.subarray(from + drop)])
  }, page)
}

/** Every entry, and the message at which the page ended badly. Any other error, or an endless page, fails the test. */
function outcome(cursor: EntryCursor, limit: number): string[] {
  const lines: string[] = []
  let steps = 0
  const counted: EntryCursor = new Proxy(cursor, {
    get(target, name) {
      if (name === 'next' && steps++ > limit) throw new Error('the cursor does not end')
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value as (...all: unknown[]) => unknown).bind(target) : value
    },
  })
  try {
    lines.push(...printEntries(counted))
  } catch (error) {
    if (!(error instanceof MalformedExposition)) throw error
    lines.push(`${error.message} at ${error.line} ${error.offset}`)
  }
  return lines
}

describe('mutated pages', () => {
  const formats = [
    ['text', 'text', false, TEXT],
    ['openmetrics', 'openmetrics', false, OPENMETRICS],
    ['openmetrics with start timestamps', 'openmetrics', true, OPENMETRICS],
  ] as const
  test.each(formats)('%s: the fast way and the long way agree, and both end', (_, format, createdTimestamps, page) => {
    assert(
      property(changes, (steps) => {
        const bytes = changed(page, steps)
        const cache = new SeriesCache()
        const limit = page.length + bytes.length
        outcome(new TextCursor(page, { format, createdTimestamps, cache }), limit)
        const known = outcome(new TextCursor(bytes, { format, createdTimestamps, cache }), limit)
        expect(known).toEqual(outcome(new TextCursor(bytes, { format, createdTimestamps }), limit))
      }),
      { numRuns: 200 },
    )
  })

  test('openmetrics: start timestamps, conversion and lint end too', () => {
    assert(
      property(changes, (steps) => {
        const bytes = changed(OPENMETRICS, steps)
        const cache = new SeriesCache()
        const memory = new NhcbMemory(cache)
        const read = (): string[] =>
          outcome(
            new NhcbCursor(new TextCursor(bytes, { format: 'openmetrics', cache, createdTimestamps: true }), {
              keepClassic: true,
              memory,
            }),
            bytes.length + 10,
          )
        expect(read()).toEqual(read())
        const problem = lintOpenMetrics(bytes)
        expect(problem === undefined || problem.offset <= bytes.length).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('protobuf: ends, and reads the same from the cache', () => {
    assert(
      property(changes, (steps) => {
        const bytes = changed(PROTOBUF, steps)
        const cache = new SeriesCache()
        const options = { cache, keepClassic: true, convertClassic: true }
        const read = (): string[] => outcome(new ProtobufCursor(bytes, options), bytes.length * 4 + 10)
        expect(read()).toEqual(read())
      }),
      { numRuns: 200 },
    )
  })

  test('noise is refused or read, never more', () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (bytes) => {
        const pages: EntryCursor[] = [
          new TextCursor(bytes, { format: 'text' }),
          new TextCursor(bytes, { format: 'openmetrics' }),
          new ProtobufCursor(bytes),
        ]
        for (const cursor of pages) expect(outcome(cursor, bytes.length * 4 + 10)).toBeInstanceOf(Array)
      }),
      { numRuns: 150 },
    )
  })
})

describe('hostile pages', () => {
  const many = (length: number, each: (i: number) => string): string =>
    Array.from({ length }, (_, i) => each(i)).join('')
  const label = (i: number): string => `l${(i * 7919) % 100_003}="${'\\\\'.repeat(3)}",`
  const bucket = (i: number): string => `h_bucket{le="${30_000 - i}"} ${30_000 - i}\n`
  const pages: [name: string, page: string, want: RegExp][] = [
    ['30,000 labels in no order', `x{${many(30_000, label)}} 1\n# EOF\n`, /^x\{.* 1$/],
    [
      'a label value without an end',
      `x{a="${'\\"'.repeat(300_000)}`,
      /expected label value, got "\\"(.{1,20000})\.\.\. \("INVALID"\)/,
    ],
    [
      'buckets from the last to the first',
      `# TYPE h histogram\n${many(30_000, bucket)}# EOF\n`,
      /^h \{schema:-53 count:30000 /,
    ],
    [
      'a family of _created words',
      `# TYPE c counter\n${many(20_000, (i) => `c_total{a="_created${i}"} 1\n`)}# EOF\n`,
      /^c_total\{a="_created19999"\} 1$/,
    ],
  ]
  test.each(pages)('%s: read or refused in linear time', (_, page, want) => {
    const memory = new NhcbMemory(new SeriesCache())
    const cursor = new TextCursor(Buffer.from(page), {
      format: 'openmetrics',
      createdTimestamps: true,
      cache: memory.cache,
    })
    expect(outcome(new NhcbCursor(cursor, { keepClassic: false, memory }), 200_000).at(-1)).toMatch(want)
  })
})
