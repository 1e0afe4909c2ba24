import { describe, expect, test } from 'vitest'
import { durationMs } from '../../core/time.ts'
import { NO_SPANS } from '../../model/histogram.ts'
import type { NativeHistogram } from '../../model/histogram.ts'
import { LabelSet } from '../../model/labels.ts'
import { STALE_NAN } from '../../model/stale.ts'
import { DEFAULT_TENANT } from '../../model/tenant.ts'
import { NO_SAMPLES } from '../../signals/metrics.ts'
import { headBlock } from '../../../test/support/head-rows.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import { headSection } from './config.ts'
import { Head } from './head.ts'
import { limitsOf, limitsSection } from './limits.ts'
import type { LimitsConfig } from './limits.ts'
import type { HeadConfig } from './config.ts'
import type { TenantHead } from './tenant-head.ts'

const T = 1_700_000_000_000
const MINUTE = 60_000
const HISTOGRAM: NativeHistogram = {
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 1,
  count: 1,
  sum: 0,
  stale: false,
  integer: true,
  positive: NO_SPANS,
  negative: NO_SPANS,
  customValues: [],
  resetHint: 'unknown',
}

function openHead(
  head: Partial<HeadConfig> = {},
  limits: Partial<LimitsConfig> = {},
): { head: Head; clock: TestClock } {
  const clock = new TestClock(T)
  const config = { ...headSection.schema.parse({}), ...head }
  return {
    head: new Head({ head: config, limits: { ...limitsSection.schema.parse({}), ...limits } }, { clock }),
    clock,
  }
}

function offer(
  tenant: TenantHead,
  labels: Record<string, string>,
  rows: readonly [t: number, value: number][],
): string[] {
  const ref = tenant.resolve(LabelSet.of(labels))
  if (typeof ref !== 'number') return [ref.code]
  const outcomes = new Uint8Array(rows.length)
  const samples = {
    ...NO_SAMPLES,
    refs: new Uint32Array(rows.length).fill(ref),
    timestamps: Float64Array.from(rows, ([t]) => t),
    values: Float64Array.from(rows, ([, value]) => value),
  }
  tenant.takeSamples(samples, T + 10 * MINUTE, outcomes)
  return Array.from(outcomes, (outcome) =>
    outcome === 0 ? 'kept' : outcome === 1 ? 'repeated' : tenant.codeOf(outcome),
  )
}

async function maintainTwice(head: Head, clock: TestClock): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await head.maintain(new AbortController().signal)
    await clock.advance(MINUTE)
  }
}

describe('rows out of order', () => {
  const cases: [name: string, window: number, rows: [number, number][], want: string[]][] = [
    [
      'keeps rows in order',
      30,
      [
        [T, 1],
        [T + 1, 2],
      ],
      ['kept', 'kept'],
    ],
    [
      'takes the same sample again as nothing new',
      30,
      [
        [T, 1],
        [T, 1],
      ],
      ['kept', 'repeated'],
    ],
    [
      'takes an older sample again as nothing new',
      30,
      [
        [T, 1],
        [T + 1, 2],
        [T, 1],
      ],
      ['kept', 'kept', 'repeated'],
    ],
    [
      'refuses another value at the same time',
      30,
      [
        [T, 1],
        [T, 2],
      ],
      ['kept', 'duplicate_timestamp'],
    ],
    [
      'tells a staleness marker from another NaN',
      30,
      [
        [T, STALE_NAN],
        [T, STALE_NAN],
        [T, NaN],
      ],
      ['kept', 'repeated', 'duplicate_timestamp'],
    ],
    [
      'keeps a late row within the window',
      30,
      [
        [T, 1],
        [T - 30 * MINUTE, 2],
      ],
      ['kept', 'kept'],
    ],
    [
      'refuses a row older than the window',
      30,
      [
        [T, 1],
        [T - 30 * MINUTE - 1, 2],
      ],
      ['kept', 'too_old'],
    ],
    [
      'refuses any late row without a window',
      0,
      [
        [T, 1],
        [T - 1, 2],
      ],
      ['kept', 'out_of_order'],
    ],
    [
      'takes a repeated row without a window',
      0,
      [
        [T, 1],
        [T, 1],
      ],
      ['kept', 'repeated'],
    ],
    [
      'takes ten minutes ahead and no more',
      30,
      [
        [T + 10 * MINUTE, 1],
        [T + 10 * MINUTE + 1, 1],
      ],
      ['kept', 'too_far_in_future'],
    ],
    [
      'refuses what is no time',
      30,
      [
        [NaN, 1],
        [0.5, 1],
      ],
      ['invalid_value', 'invalid_value'],
    ],
    [
      'takes a new series of any age',
      30,
      [
        [0, 1],
        [1, 1],
      ],
      ['kept', 'kept'],
    ],
  ]
  test.each(cases)('%s', (_, window, rows, want) => {
    const { head } = openHead({ out_of_order_time_window: durationMs(window * MINUTE) })
    expect(offer(head.tenant(DEFAULT_TENANT), { __name__: 'm' }, rows)).toEqual(want)
  })

  test('refuses a ref of a series that has left', async () => {
    const { head, clock } = openHead()
    const tenant = head.tenant(DEFAULT_TENANT)
    offer(tenant, { __name__: 'm' }, [[T, 1]])
    const { generation } = tenant
    await clock.advance(8 * 60 * MINUTE)
    await maintainTwice(head, clock)
    expect(tenant.registry.count).toBe(0)
    expect(tenant.generation).not.toBe(generation)
    const outcomes = new Uint8Array(1)
    tenant.takeSamples(
      { refs: Uint32Array.of(0), timestamps: Float64Array.of(T + 1), values: Float64Array.of(1) },
      T * 2,
      outcomes,
    )
    expect(tenant.codeOf(outcomes[0] as number)).toBe('series_removed')
  })
})

describe('label checks', () => {
  const limits = { max_label_names_per_series: 3, max_label_name_length: 10, max_label_value_length: 12 }
  const cases: [name: string, pairs: string[], want: string][] = [
    ['takes UTF-8 names', ['__name__', 'http.req', 'lab el', 'v'], 'kept'],
    ['needs a metric name', ['job', 'a'], 'invalid_labels'],
    ['needs any label', [], 'invalid_labels'],
    ['refuses an empty name', ['', 'x', '__name__', 'm'], 'invalid_labels'],
    ['refuses a name twice', ['__name__', 'm', 'a', '1', 'a', '2'], 'invalid_labels'],
    ['refuses names out of order', ['b', '1', '__name__', 'm'], 'invalid_labels'],
    ['refuses a value that is no UTF-8', ['__name__', 'm\ud800'], 'invalid_labels'],
    ['refuses a name that is no UTF-8', ['__name__', 'm', 'a\udc00', 'x'], 'invalid_labels'],
    ['refuses too many labels', ['__name__', 'm', 'a', '1', 'b', '2', 'c', '3'], 'label_limit'],
    ['counts the bytes of a name', ['__name__', 'm', '日本語日', 'x'], 'label_name_too_long'],
    ['takes a name of just the length', ['__name__', 'm', 'a234567890', 'x'], 'kept'],
    ['counts the bytes of a value', ['__name__', '日本語日x'], 'label_value_too_long'],
    ['takes a value of just the length', ['__name__', '日本語日'], 'kept'],
  ]
  test.each(cases)('%s', (_, pairs, want) => {
    const { head } = openHead({}, limits)
    const result = head.tenant(DEFAULT_TENANT).resolve(LabelSet.fromSorted(pairs))
    expect(typeof result === 'number' ? 'kept' : result.code).toBe(want)
  })
})

describe('limits of series', () => {
  test('refuse new series of a metric and name the label that exploded, and still take known ones', () => {
    const { head } = openHead({}, { max_global_series_per_metric: 10 })
    const tenant = head.tenant(DEFAULT_TENANT)
    const labels = (i: number): LabelSet => LabelSet.of({ __name__: 'http_requests', job: `j${i % 2}`, user: `u${i}` })
    for (let i = 0; i < 10; i++) expect(tenant.resolve(labels(i))).toBe(i)
    const refused = tenant.resolve(labels(10))
    expect(refused).toMatchObject({ code: 'metric_series_limit' })
    expect((refused as { message: string }).message).toMatch(
      /"http_requests" has 10 active series, the limit is 10.*"user"/,
    )
    expect(tenant.resolve(labels(3))).toBe(3)
    expect(tenant.resolve(LabelSet.of({ __name__: 'other' }))).toBe(10)
    expect(tenant.refusals.list()).toEqual([{ metric: 'http_requests', label: 'user', count: 1 }])
  })

  test('hold for a tenant as a whole, each with its own', () => {
    const { head } = openHead(
      {},
      { max_global_series_per_user: 1, overrides: { big: { max_global_series_per_user: 2 } } },
    )
    const small = head.tenant(DEFAULT_TENANT)
    const big = head.tenant('big' as typeof DEFAULT_TENANT)
    const one = LabelSet.of({ __name__: 'one' })
    const two = LabelSet.of({ __name__: 'two' })
    expect([small.resolve(one), big.resolve(one), big.resolve(two)]).toEqual([0, 0, 1])
    expect(small.resolve(two)).toMatchObject({ code: 'series_limit' })
    expect(
      limitsOf(limitsSection.schema.parse({ overrides: { big: { max_label_name_length: 5 } } }), big.tenant),
    ).toMatchObject({ nameBytes: 5, valueBytes: 4096 })
  })

  test('count a flood of refusals under a bounded number of metrics', () => {
    const { head } = openHead({}, { max_global_series_per_user: 1 })
    const tenant = head.tenant(DEFAULT_TENANT)
    for (let i = 0; i < 500; i++) tenant.resolve(LabelSet.of({ __name__: `m${i}` }))
    const list = tenant.refusals.list()
    expect(list.length).toBe(101)
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(499)
  })
})

describe('the head', () => {
  test('stays within its bytes: the oldest samples go, and the watermark tells from when on all are there', async () => {
    const { head } = openHead({ max_bytes: 400_000, max_age: durationMs(1e11) })
    const tenant = head.tenant(DEFAULT_TENANT)
    const want = new Map<string, number[]>()
    for (let series = 0; series < 20; series++) {
      const times = Array.from({ length: 4000 }, (_, i) => T - 4_000_000 + i * 1000 + series)
      offer(
        tenant,
        { __name__: 'm', series: String(series) },
        times.map((t) => [t, t]),
      )
      want.set(String(series), times)
    }
    expect(head.bytes).toBeGreaterThan(400_000)
    await head.maintain(new AbortController().signal)
    expect(head.bytes).toBeLessThanOrEqual(400_000)
    expect(head.watermark).toBeLessThan(T)
    for (const ref of tenant.match([])) {
      const times = (want.get(tenant.labelsOf(ref).get('series') ?? '') ?? []).filter((t) => t >= head.watermark)
      const { values } = headBlock(tenant, [ref], { start: head.watermark, end: Infinity })
      expect(values.length).toBe(times.length)
    }
  })

  test('knows the newest row of a series that has a histogram later than its samples', () => {
    const { head } = openHead()
    const tenant = head.tenant(DEFAULT_TENANT)
    offer(tenant, { __name__: 'm' }, [])
    tenant.takeHistogram(0, T + MINUTE, HISTOGRAM, 0, T + MINUTE)
    expect(offer(tenant, { __name__: 'm' }, [[T, 1]])).toEqual(['kept'])
    expect(tenant.samples.lastTime(0)).toBe(T + MINUTE)
  })

  test('keeps for a reader what was there when it came', async () => {
    const { head, clock } = openHead({ max_age: durationMs(60 * MINUTE) })
    const tenant = head.tenant(DEFAULT_TENANT)
    offer(tenant, { __name__: 'm' }, [[T, 1]])
    const pin = head.pin()
    await clock.advance(100 * 60 * MINUTE)
    const { signal } = new AbortController()
    await head.maintain(signal)
    expect(head.watermark).toBeGreaterThan(T)
    expect(headBlock(tenant, [0], { start: pin.watermark, end: Infinity }).values.length).toBe(1)
    pin.release()
    await clock.advance(10 * MINUTE)
    await head.maintain(signal)
    expect(head.sampleCount).toBe(0)
  })

  test('gives a ref out anew only when nobody can read the labels that it had', async () => {
    const { head, clock } = openHead({ max_age: durationMs(60 * MINUTE) })
    const tenant = head.tenant(DEFAULT_TENANT)
    offer(tenant, { __name__: 'old' }, [[T, 1]])
    const pin = head.pinLabels()
    await clock.advance(100 * 60 * MINUTE)
    const { signal } = new AbortController()
    await head.maintain(signal)
    expect(tenant.registry.count).toBe(1) // it may have been registered a moment ago
    await maintainTwice(head, clock)
    expect(tenant.registry.count).toBe(0)
    expect(tenant.resolve(LabelSet.of({ __name__: 'new' }))).toBe(1)
    expect(tenant.labelsOf(0).name).toBe('old')
    pin.release()
    await head.maintain(signal)
    expect(tenant.resolve(LabelSet.of({ __name__: 'newer' }))).toBe(0)
  })
})
