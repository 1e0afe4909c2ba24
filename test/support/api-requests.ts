/** Requests to the read side of the Prometheus API: sensible ones at random, and every parameter at its odd values. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly params: readonly (readonly [name: string, value: string])[]
}

/** A small generator of pseudo-random numbers (mulberry32): the same seed, the same requests. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** In `[0, 1)`. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] as T
  }

  chance(share: number): boolean {
    return this.next() < share
  }
}

const NAMES = ['http_requests_total', 'gappy', 'gone', 'flapping', 'odd_values', 'single', 'native', 'mixed'] as const
const SELECTORS = [
  'http_requests_total{code="200"}',
  'http_requests_total{code=~"2..|404",instance!="a"}',
  '{__name__=~"g.+"}',
  '{job="web",code!~".+"}',
  '{__name__=~".+",job!="page",job!=""}',
  '{"metric.with dots"}',
  '{"label é"="a \\"b\\"\\n\\\\"}',
  'colon:rule{a_b="x","a.b"="y"}',
  "native{kind=~'int.*|custom'}",
  'http_requests_total{code=""}',
  'absent_metric',
  'http_requests_total{instance=~"(?i)A"}',
] as const

/** Requests that a client may send in earnest, around the time of the samples (ms). */
export function sensibleRequests(count: number, dice: Dice, end: number): readonly ApiRequest[] {
  return Array.from({ length: count }, () => sensible(dice, end))
}

const FAR_PAST: [string, string][] = [
  ['start', '1000'],
  ['end', '2000'],
]
const ALL_TIME: [string, string][] = [
  ['start', '0'],
  ['end', '99999999999'],
]

function sensible(dice: Dice, end: number): ApiRequest {
  const method = dice.pick(['GET', 'GET', 'POST'] as const)
  const kind = dice.below(10)
  const limit = (): [string, string][] => (dice.chance(0.3) ? [['limit', String(dice.below(9))]] : [])
  if (kind < 3) {
    const params: [string, string][] = [['query', instantQuery(dice)], ['time', time(dice, end)], ...lookback(dice)]
    return { method, path: 'query', params: [...params, ...limit()] }
  }
  if (kind < 6) {
    const [from, to] = [end - dice.below(2_400_000), end - dice.below(1_000_000)]
    const range: [string, string][] = [
      ['start', seconds(Math.min(from, to))],
      ['end', seconds(Math.max(from, to))],
      ['step', dice.pick(['15', '7.5', '1m', '13s', '1h', '0.25m' as string, '60.001'])],
    ]
    return { method, path: 'query_range', params: [['query', selector(dice)], ...range, ...lookback(dice), ...limit()] }
  }
  const match = Array.from({ length: dice.below(3) }, (): [string, string] => ['match[]', dice.pick(SELECTORS)])
  const range = dice.pick<[string, string][]>([[], FAR_PAST, ALL_TIME])
  if (kind === 6) return { method, path: 'series', params: [['match[]', dice.pick(SELECTORS)], ...match, ...range] }
  if (kind === 7) return { method, path: 'labels', params: [...match, ...range, ...limit()] }
  if (kind === 8) {
    const name = dice.pick([
      'job',
      '__name__',
      'code',
      'U__label_20__e9_',
      'U__a_2e_b',
      'a.b',
      'absent',
      'label%20%C3%A9',
    ])
    return { method: 'GET', path: `label/${name}/values`, params: [...match, ...range, ...limit()] }
  }
  return { method, path: 'query_exemplars', params: [['query', selector(dice)], ...range] }
}

function selector(dice: Dice): string {
  return dice.chance(0.5) ? dice.pick(NAMES) : dice.pick(SELECTORS)
}

function instantQuery(dice: Dice): string {
  const range = dice.chance(0.4) ? `[${dice.pick(['5m', '1h', '30', '1m30s', '1y'])}]` : ''
  const offset = dice.chance(0.3) ? ` offset ${dice.pick(['1m', '-5m', '90s', '0s'])}` : ''
  const at = dice.chance(0.2) ? ` @ ${dice.pick(['start()', 'end()', '1.5', '1e9'])}` : ''
  const query = `${selector(dice)}${range}${offset}${at}`
  return dice.chance(0.1) ? `((${query}))` : query
}

function lookback(dice: Dice): [string, string][] {
  return dice.chance(0.2) ? [['lookback_delta', dice.pick(['1m', '10.5', '1h', '0', '-5'])]] : []
}

function time(dice: Dice, end: number): string {
  const at = end - dice.below(2_700_000) + 300_000
  return dice.chance(0.3) ? new Date(at).toISOString() : seconds(at)
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

const ODD = {
  times: [
    '',
    'abc',
    '-1',
    '-1.5',
    '1e3',
    '1.2e9',
    '1700000000.0005',
    '2024-02-30T00:00:00Z',
    '2024-01-02T03:04:05+02:00',
    '2024-01-02T03:04:05.678901Z',
    '2024-01-02 03:04:05Z',
    '2024-01-02T24:00:00Z',
    '1_000',
    ' 1',
  ],
  durations: ['', 'abc', '0', '-1', '1h1m', '1m1h', '5', '.5', '1e2', '1e30', '0.0004', '5m ', '1.5m'],
  limits: ['', '0', '1', '-1', 'abc', '1.5', '99999999999999999999', '+2'],
  queries: [
    '',
    ' ',
    '#',
    '1',
    '1+1',
    '-1',
    '2^3^2',
    '-2^2',
    '1/0',
    '7 % 4',
    '0x1F',
    '010',
    '1e3',
    'Inf',
    '-inf',
    'NaN',
    '5m',
    '"a"',
    "'a\\'b'",
    '`a\\n`',
    '(1)',
    '(up{job="web"})',
    'vector(1)',
    'vector(1+1)',
    '{}',
    '{a=""}',
    '{a=~".*"}',
    'up{',
    'up{a}',
    'up{a=}',
    'up{a=b}',
    'up{a="b" c="d"}',
    'up{a="b"',
    'up{a="b",}',
    'up{,}',
    'up{a=~"("}',
    'up{__name__="x"}',
    '{"a","b"}',
    'up{"a"}',
    'up[',
    'up[5m',
    'up[]',
    'up[0s]',
    'up[-5m]',
    'up[5m] @',
    'up offset',
    'up offset 5m offset 5m',
    'up @ 1 @ 2',
    'up @ abc',
    'up{a="b"} extra',
    'up;',
    'up{a="\\q"}',
    'up{a="b',
    "'abc",
    '1 +',
    '(1',
    '1)',
    'up @ start',
    'UP{A="b"}',
    'offset',
    'by',
    'up offset -5m',
    '"a" + 1',
    '{__name__="gappy"}',
  ],
  matches: [
    '',
    '{}',
    '{a=""}',
    'up[5m]',
    'up offset 5m',
    'rate(up)',
    '-x',
    'up{a=~"["}',
    '{a!=""}',
    'a b',
    '1',
    '"a"',
    '{"metric.with dots"}',
    'up{"up"}',
    'gappy{__name__="gone"}',
  ],
} as const

/** Every endpoint with every odd value of every parameter, one at a time. */
export function oddRequests(end: number): readonly ApiRequest[] {
  const at: [string, string] = ['time', seconds(end)]
  const range: [string, string][] = [
    ['start', seconds(end - 60_000)],
    ['end', seconds(end)],
  ]
  const query: [string, string] = ['query', 'gappy']
  const step: [string, string] = ['step', '30']
  const match: [string, string] = ['match[]', 'gappy']
  const one = (path: string, name: string, values: readonly string[], rest: ApiRequest['params'] = []): ApiRequest[] =>
    values.map((value) => ({
      method: 'GET',
      path,
      params: [...rest.filter(([other]) => other !== name), [name, value]],
    }))
  const instant = [query, at]
  const ranged = [query, ...range, step]
  const listings = ['labels', 'label/job/values', 'series']
  return [
    ...one('query', 'query', ODD.queries, [at]),
    ...one('query', 'time', ODD.times, [['query', '1']]).filter(({ params }) => params[1]?.[1] !== ''),
    ...one('query', 'limit', ODD.limits, instant),
    ...one('query', 'timeout', ODD.durations, instant),
    ...one('query', 'lookback_delta', ODD.durations, instant),
    ...one('query_range', 'query', ODD.queries, [...range, step]),
    ...one('query_range', 'start', ODD.times, ranged),
    ...one('query_range', 'end', ODD.times, ranged),
    ...one('query_range', 'step', ODD.durations, ranged),
    ...one('query_range', 'limit', ODD.limits, ranged),
    ...one('query_exemplars', 'query', ODD.queries),
    ...one('query_exemplars', 'start', ODD.times, [['query', 'gappy']]),
    ...one('query_exemplars', 'end', ODD.times, [
      ['query', 'gappy'],
      ['start', '-100'],
    ]),
    ...listings.flatMap((path) => one(path, 'match[]', ODD.matches)),
    ...listings.flatMap((path) => one(path, 'limit', ODD.limits, [match])),
    ...listings.flatMap((path) => one(path, 'start', ODD.times, [match])),
    ...one('format_query', 'query', ODD.queries),
    ...one('parse_query', 'query', ODD.queries),
    ...one(
      'metadata',
      'limit',
      ODD.limits.filter((text) => text !== '1' && text !== '+2'),
    ),
    ...one('metadata', 'limit_per_metric', ODD.limits),
    ...one('metadata', 'metric', ['page_requests_total', 'absent', '']),
    ...one('targets', 'state', ['', 'any', 'active', 'DROPPED', 'odd']),
    ...one('targets', 'scrapePool', ['page', 'absent']),
    ...one('targets/metadata', 'metric', ['page_requests_total', 'absent']),
    ...one('targets/metadata', 'match_target', ['{zone="a"}', '{zone="b"}', 'up{', '{}']),
    ...one('targets/metadata', 'limit', ['0', 'abc'], [['metric', 'page_requests_total']]),
    ...one('scrape_pools/config', 'scrapePool', ['', 'absent']),
    ...one('rules', 'type', ['', 'alert', 'RECORD', 'odd']),
    ...one('rules', 'exclude_alerts', ['true', 'F', 'odd']),
    ...one('rules', 'group_limit', ['1', '0', '-1', 'abc'], []),
    ...one('rules', 'group_next_token', ['abc'], []),
    ...one('rules', 'match[]', ['{a="b"}', '{', '{}']),
    ...one('status/tsdb', 'limit', ['0', '-1', 'abc', '10001']),
    ...[
      'series',
      'query',
      'query_range',
      'scrape_pools',
      'rules',
      'alerts',
      'alertmanagers',
      'status/walreplay',
      'status/tsdb/blocks',
      'notifications',
      'scrape_pools/config',
      'targets/relabel_steps',
    ].map((path): ApiRequest => ({ method: 'GET', path, params: [] })),
    ...[
      [1000, 11_000_000],
      [1000, 11_000_999],
      [1000, 11_001_000],
      [1, 11_000],
    ].map(([stepMs = 0, width = 0]): ApiRequest => ({
      method: 'GET',
      path: 'query_range',
      params: [query, ['start', '0'], ['end', seconds(width)], ['step', String(stepMs / 1000)]],
    })),
  ]
}
