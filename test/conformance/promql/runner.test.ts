/** The runner of PromQL scripts must find what is wrong: with a script, and with what an engine answers. */
import { describe, expect, test } from 'vitest'
import { LabelSet } from '../../../src/model/labels.ts'
import { STALE_NAN } from '../../../src/model/stale.ts'
import { parseExpression } from '../../../src/query/promql/syntax/parse.ts'
import { printExpression } from '../../../src/query/promql/syntax/print.ts'
import { almostEqual } from './almost.ts'
import { otherTimes, pinnedTo } from './at-rewrite.ts'
import { customHistograms } from './custom-histograms.ts'
import type { Evaluator, Outcome, ResultRow } from './evaluator.ts'
import { runEval } from './script-runner.ts'
import { parseScript } from './script.ts'
import type { EvalCommand, LoadCommand } from './script.ts'
import { parseSeriesLine } from '../../../src/query/promql/series-line.ts'
import { parseStartOffsets } from './start-offsets.ts'
import { unquote } from './unquote.ts'

const language = { parse: (query: string) => parseExpression(query), print: printExpression }

/** Rows of `metric value value ...`: points at these times, one value at all of them. */
function rowsOf(lines: readonly string[], times: readonly number[]): ResultRow[] {
  return lines.map((line) => {
    const { labels, values } = parseSeriesLine(line)
    const points = values.length === 1 ? times.map(() => values[0]) : values
    const floats = points.flatMap((one, i) => (one?.kind === 'float' ? [{ t: times[i] ?? -1, value: one.value }] : []))
    const histograms = points.flatMap((one, i) =>
      one?.kind === 'histogram' ? [{ t: times[i] ?? -1, value: one.value }] : [],
    )
    return { labels, floats, histograms }
  })
}

/** Answers every query with these series, at any time. */
function answering(lines: readonly string[], more: Partial<Outcome & { kind: 'answered' }> = {}): Evaluator {
  const outcome = (type: 'vector' | 'matrix', times: readonly number[]): Promise<Outcome> =>
    Promise.resolve({ kind: 'answered', value: { type, rows: rowsOf(lines, times) }, warnings: [], infos: [], ...more })
  return {
    instant: (_, time) => outcome('vector', [time]),
    range: (_, start, end, step) =>
      outcome(
        'matrix',
        Array.from({ length: (end - start) / step + 1 }, (__, i) => start + i * step),
      ),
  }
}

function failing(message: string): Evaluator {
  const outcome = (): Promise<Outcome> => Promise.resolve({ kind: 'failed', message })
  return { instant: outcome, range: outcome }
}

function run(script: string, evaluator: Evaluator): Promise<string | undefined> {
  return runEval(parseScript(script)[0] as EvalCommand, evaluator, language, { pinned: true, ranged: true })
}

describe('what an engine answers', () => {
  const cases: [name: string, script: string, evaluator: Evaluator, want: RegExp | undefined][] = [
    ['the expected vector', 'eval instant at 5m m\nm{a="b"} 1', answering(['m{a="b"} 1']), undefined],
    ['almost the value', 'eval instant at 5m m\nm 1', answering(['m 1.0000001']), undefined],
    ['another value', 'eval instant at 5m m\nm 1', answering(['m 1.00001']), /expected 1, got 1.00001/],
    ['another label', 'eval instant at 5m m\nm 1', answering(['m{a="b"} 1']), /unexpected series/],
    ['a series less', 'eval instant at 5m m\nm 1\nn 1', answering(['m 1']), /series not found: n/],
    ['a series twice', 'eval instant at 5m m\nm 1', answering(['m 1', 'm 1']), /comes twice/],
    ['something instead of nothing', 'eval instant at 5m m', answering(['m 1']), /unexpected series/],
    ['another order', 'eval instant at 5m m\nexpect ordered\nn 1\nm 1', answering(['m 1', 'n 1']), /expected at/],
    ['the order', 'eval_ordered instant at 5m m\nm 1\nn 1', answering(['m 1', 'n 1']), undefined],
    ['a float for a histogram', 'eval instant at 5m m\nm {{count:1}}', answering(['m 1']), /expected a histogram/],
    ['a histogram for a float', 'eval instant at 5m m\nm 1', answering(['m {{count:1}}']), /expected 1, got {{/],
    ['another bucket', 'eval instant at 5m m\nm {{buckets:[1 2]}}', answering(['m {{buckets:[2 1]}}']), /expected/],
    [
      'the same buckets with empty ones',
      'eval instant at 5m m\nm {{buckets:[1 2]}}',
      answering(['m {{offset:-1 buckets:[0 1 2 0]}}']),
      undefined,
    ],
    [
      'a hint that nobody asked for',
      'eval instant at 5m m\nm {{count:1}}',
      answering(['m {{count:1 counter_reset_hint:reset}}']),
      undefined,
    ],
    [
      'another hint',
      'eval instant at 5m m\nm {{count:1 counter_reset_hint:gauge}}',
      answering(['m {{count:1 counter_reset_hint:reset}}']),
      /expected/,
    ],
    ['a range', 'eval range from 0 to 2m step 1m m\nm 1 _ 2', answering(['m 1 _ 2']), undefined],
    ['a point elsewhere', 'eval range from 0 to 2m step 1m m\nm 1 _ 2', answering(['m 1 2']), /float 1 expected/],
    ['a point more', 'eval range from 0 to 2m step 1m m\nm 1 2', answering(['m 1 2 3']), /expected 2 floats/],
    [
      'more points than times',
      'eval range from 0 to 1m step 1m m\nm 1 2 3',
      answering(['m 1 2 3']),
      /expected 2 points|more than/,
    ],
    ['an unsorted matrix', 'eval range from 0 to 1m step 1m m\nm 1\nn 1', answering(['n 1', 'm 1']), /not sorted/],
    ['series for a number', 'eval instant at 5m 1\n1', answering(['m 1']), /expected a scalar/],
    ['series for a string', 'eval instant at 5m "x"\nexpect string "x"', answering(['m 1']), /expected a string/],
    ['an error', 'eval instant at 5m m\nm 1', failing('no'), /failed: no/],
    ['an expected error', 'eval instant at 5m m\nexpect fail', failing('no'), undefined],
    ['no error', 'eval instant at 5m m\nexpect fail', answering([]), /expected an error/],
    ['the words of an error', 'eval instant at 5m m\nexpect fail msg: no', failing('no'), undefined],
    ['other words', 'eval instant at 5m m\nexpect fail msg: no', failing('no!'), /expected message "no"/],
    ['a pattern', 'eval instant at 5m m\nexpect fail regex: ^n.$', failing('no'), undefined],
    ['the old words', 'eval_fail instant at 5m m\nexpected_fail_message no', failing('yes'), /expected message "no"/],
    ['the old pattern', 'eval_fail instant at 5m m\nexpected_fail_regexp n.', failing('yes'), /expected pattern/],
  ]
  test.each(cases)('%s', async (_, script, evaluator, want) => {
    const got = await run(script, evaluator)
    expect(got ?? '').toMatch(want ?? /^$/)
  })

  test('a number, and a string', async () => {
    const evaluator = (outcome: Outcome): Evaluator => ({
      instant: () => Promise.resolve(outcome),
      range: (_, start) =>
        Promise.resolve({
          kind: 'answered',
          warnings: [],
          infos: [],
          value: {
            type: 'matrix',
            rows: [{ labels: LabelSet.EMPTY, floats: [{ t: start + 60_000, value: 2 }], histograms: [] }],
          },
        }),
    })
    const answered = { kind: 'answered', warnings: [], infos: [] } as const
    const two = evaluator({ ...answered, value: { type: 'scalar', value: 2 } })
    const text = evaluator({ ...answered, value: { type: 'string', value: 'a"b' } })
    expect(await run('eval instant at 5m 2\n2', two)).toBeUndefined()
    expect(await run('eval instant at 5m 2\n3', two)).toMatch(/expected 3, got 2/)
    expect(await run('eval instant at 5m "a\\"b"\nexpect string "a\\"b"', text)).toBeUndefined()
    expect(await run('eval instant at 5m "ab"\nexpect string `ab`', text)).toMatch(/expected "ab"/)
  })
})

describe('annotations', () => {
  const said = answering(['m 1'], { warnings: ['w one', 'w two'], infos: ['i'] })
  const silent = answering(['m 1'])
  const cases: [expectation: string, evaluator: Evaluator, want: RegExp | undefined][] = [
    ['expect no_info', said, /unexpected info: i/],
    ['expect no_warn', said, /unexpected warning/],
    ['expect info', said, undefined],
    ['expect info', silent, /no info matches/],
    ['expect warn msg: w one', said, /unexpected warning: w two/],
    ['expect warn msg: w one\nexpect warn regex: two$', said, undefined],
    ['expect warn msg: w one\nexpect warn msg: w', said, /no warning matches message "w"/],
    ['expect info regex: ^i$', said, undefined],
  ]
  test.each(cases)('%s', async (expectation, evaluator, want) => {
    const got = await run(`eval instant at 5m m\n${expectation}\nm 1`, evaluator)
    expect(got ?? '').toMatch(want ?? /^$/)
  })

  test('in the old notation', async () => {
    expect(await run('eval_warn instant at 5m m\nm 1', said)).toBeUndefined()
    expect(await run('eval_warn instant at 5m m\nm 1', silent)).toMatch(/expected a warning/)
    expect(await run('eval_info instant at 5m m\nm 1', silent)).toMatch(/expected a info/)
  })
})

describe('the evaluations that follow from one', () => {
  test('ask at other times, and for ranges around each', async () => {
    const asked: string[] = []
    const good = answering(['m 1'])
    const noting: Evaluator = {
      instant: (query, time) => {
        asked.push(`${query} at ${time}`)
        return good.instant(query, time)
      },
      range: (query, start, end, step) => {
        asked.push(`${query} from ${start} to ${end}`)
        return good.range(query, start, end, step)
      },
    }
    expect(await run('eval instant at 5m m\nm 1', noting)).toBeUndefined()
    expect(asked.filter((one) => one.includes(' at '))).toEqual(
      ['m', ...Array<string>(5).fill('m @ 300.000')].map(
        (query, i) => `${query} at ${[300_000, -3_000_000, 0, 60_000, 300_000, 3_000_000][i]}`,
      ),
    )
    expect(asked.filter((one) => one.includes(' from ')).length).toBe(6)
    expect(asked).toContain('m from 240000 to 360000')
  })

  test('find what is only wrong there', async () => {
    const good = answering(['m 1'])
    const bad = answering(['m 2'])
    const notPinned: Evaluator = { ...good, instant: (query, time) => (time < 0 ? bad : good).instant(query, time) }
    expect(await run('eval instant at 5m m\nm 1', notPinned)).toMatch(/m @ 300.000 at -3000000: m: expected 1, got 2/)
    const badRange: Evaluator = { instant: good.instant, range: bad.range }
    expect(await run('eval instant at 5m m\nm 1', badRange)).toMatch(/as a range query: m: expected 1, got 2/)
    const noMatter = 'eval instant at 5m m + start()\nm 1'
    expect(await run(noMatter, { instant: good.instant, range: bad.range })).toBeUndefined()
  })

  const pinned: [query: string, want: string | undefined][] = [
    ['m', 'm @ 100.000'],
    ['m @ 5', 'm @ 5.000'],
    ['rate(m[5m] offset 1m)', 'rate(m[5m] @ 100.000 offset 1m)'],
    ['sum_over_time(m[5m:1m])', 'sum_over_time(m[5m:1m] @ 100.000)'],
    ['sum_over_time(timestamp(m)[5m:1m] @ 7)', 'sum_over_time(timestamp(m)[5m:1m] @ 7.000)'],
    ['sum by (a) (m) + -(n)', 'sum by (a) (m @ 100.000) + -(n @ 100.000)'],
    ['topk(scalar(m), n)', 'topk(scalar(m @ 100.000), n @ 100.000)'],
    ['m + time()', undefined],
    ['timestamp(m)', undefined],
    ['sum(predict_linear(m[5m], 1))', undefined],
  ]
  test.each(pinned)('%s is pinned to a time', (query, want) => {
    const expression = pinnedTo(parseExpression(query), 100_000)
    expect(expression && printExpression(expression)).toBe(want)
  })

  test('go on both sides of the epoch', () => {
    expect(otherTimes(0)).toEqual([-1000, 0, 1000])
    expect(otherTimes(11)).toEqual([-110, 0, 2, 11, 110])
  })
})

describe('scripts', () => {
  test('are read to the end', () => {
    const commands = parseScript(
      ['# a comment', 'load 1m', '  m 1 2', '# another', 'eval instant at 1m m', '  m 2', '', 'clear'].join('\n'),
    )
    expect(commands.map(({ kind, line }) => `${kind} ${line}`)).toEqual(['load 2', 'eval 5', 'clear 8'])
  })

  test('load samples, gaps, and start timestamps', () => {
    const [command] = parseScript(
      'load 1m\nm{a="b"}@st -30s _x2 0s-1sx1\nm{a="b"} 1 2 _ 4+1x1\nn {{count:1}} stale\nn 7',
    ) as [LoadCommand]
    expect(command.series.map(({ labels }) => labels.toString())).toEqual(['m{a="b"}', 'n'])
    expect(command.series[0]?.samples).toEqual([
      { timestamp: 0, start: -30_000, value: 1 },
      { timestamp: 60_000, start: 0, value: 2 },
      { timestamp: 180_000, start: 180_000, value: 4 },
      { timestamp: 240_000, start: 239_000, value: 5 },
    ])
    expect(command.series[1]?.samples).toEqual([{ timestamp: 0, start: 0, value: 7 }])
  })

  const bad: [name: string, script: string, want: RegExp][] = [
    ['another command', 'drop 1', /line 1: invalid command/],
    ['no step', 'load', /invalid load command/],
    ['a bad step', 'load 1q', /line 1: invalid step definition/],
    ['a bad series', 'load 1m\nm{ 1', /line 2: /],
    ['starts without samples', 'load 1m\nm@st 1s', /no following sample line/],
    ['starts of another series', 'load 1m\nm@st 1s\nn 1', /does not match/],
    ['too few starts', 'load 1m\nm@st 1s\nm 1 2', /has 1 values but sample line has 2/],
    ['no time', 'eval instant m', /invalid evaluation/],
    ['a time that ends before it starts', 'eval range from 2m to 1m step 1m m', /is before/],
    ['an unknown expectation', 'eval instant at 1m m\nexpect luck', /invalid expect/],
    ['opposites', 'eval instant at 1m m\nexpect info\nexpect no_info', /cannot be used together/],
    ['two failures', 'eval instant at 1m m\nexpect fail\nexpect fail', /multiple expect fail/],
    ['many values of an instant', 'eval instant at 1m m\nm 1 2', /multiple values/],
    ['a bad string', 'eval instant at 1m "x"\nexpect string x', /not valid/],
    ['a bad pattern', 'eval instant at 1m m\nexpect fail regex: (', /invalid regex/],
  ]
  test.each(bad)('%s is refused', (_, script, want) => {
    expect(() => parseScript(script)).toThrow(want)
  })

  test('of range vectors tell their times', () => {
    const [command] = parseScript('eval instant at 0 m[3m]\nexpect range vector from 1m to 3m step 1m\nm 1 2 3') as [
      EvalCommand,
    ]
    expect(command).toMatchObject({ time: 180_000, start: 60_000, end: 180_000, step: 60_000, onlyInstant: true })
  })

  test('start offsets', () => {
    const want = '_ -60000 1000 3000 5000 5000 5000 _ _ 10000 11000'
    const got = parseStartOffsets('_ -1m 1s+2sx2 5sx1 _x2 10s--1sx1')
    expect(got.map((offset) => offset ?? '_').join(' ')).toBe(want)
    expect(() => parseStartOffsets('1s+2s')).toThrow(/expected 'x<count>'/)
    expect(() => parseStartOffsets('_x0')).toThrow(/repeat count/)
    expect(() => parseStartOffsets('1q')).toThrow(/invalid/)
  })

  test('quoted strings', () => {
    expect(unquote('"a\\n\\x41\\u00e9\\"\\\\"')).toBe('a\nAé"\\')
    expect(unquote('`a\\n`')).toBe('a\\n')
    for (const text of ['a', '"', '"a"b"', '"\\q"', '']) expect(unquote(text)).toBeUndefined()
  })
})

test('numbers are almost equal', () => {
  const equal: [number, number][] = [
    [1, 1.0000019],
    [NaN, -NaN],
    [STALE_NAN, STALE_NAN],
    [Infinity, Infinity],
    [0, -0],
    [1e308, 1.000001e308],
  ]
  const unequal: [number, number][] = [
    [1, 1.0000021],
    [0, 1e-300],
    [NaN, STALE_NAN],
    [1, NaN],
    [Infinity, -Infinity],
    [1, -1],
  ]
  expect(equal.filter(([a, b]) => !almostEqual(a, b))).toEqual([])
  expect(unequal.filter(([a, b]) => almostEqual(a, b))).toEqual([])
})

test('classic histograms become native ones', () => {
  const [command] = parseScript(
    [
      'load_with_nhcb 1m',
      'm_bucket{le="1"} 1 2',
      'm_bucket{le="5"} 3 4',
      'm_bucket{le="+Inf"} 4 6',
      'm_sum 10 20',
    ].join('\n'),
  ) as [LoadCommand]
  expect(command.withNhcb).toBe(true)
  const [series] = customHistograms(command.series)
  expect(series?.labels.toString()).toBe('m')
  expect(series?.samples).toMatchObject([
    { timestamp: 0, value: { schema: -53, count: 4, sum: 10, customValues: [1, 5], positive: { counts: [1, 2, 1] } } },
    { timestamp: 60_000, value: { schema: -53, count: 6, sum: 20, positive: { counts: [2, 2, 2] } } },
  ])
})
