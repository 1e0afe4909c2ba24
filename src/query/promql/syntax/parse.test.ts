import { describe, expect, test } from 'vitest'
import type { Expression } from './ast.ts'
import { choosesAll } from './choose.ts'
import { FUNCTIONS } from './functions.ts'
import { ALL_FEATURES } from './options.ts'
import type { ParserOptions } from './options.ts'
import { parseExpression, parseMetric, parseMetricSelector } from './parse.ts'
import { printExpression } from './print.ts'
import { PromqlSyntaxError } from './syntax-error.ts'
import { children, selectorsOf, typeOf, visit } from './walk.ts'

/** With parentheses around everything, to see what binds how. */
function shape(node: Expression): string {
  if (node.kind === 'binary') return `(${shape(node.left)} ${node.op} ${shape(node.right)})`
  if (node.kind === 'unary') return `(${node.op}${shape(node.operand)})`
  return printExpression(node)
}

function problemsOf(query: string, options?: ParserOptions): readonly (readonly [string, string])[] {
  try {
    parseExpression(query, options)
    return []
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error
    return error.problems.map(({ span, message }) => [query.slice(span.start, span.end), message])
  }
}

describe('precedence', () => {
  const cases: [query: string, want: string][] = [
    ['a + b * c', '(a + (b * c))'],
    ['a * b + c', '((a * b) + c)'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['a - b - c', '((a - b) - c)'],
    ['-a ^ b', '(-(a ^ b))'],
    ['-a * b', '((-a) * b)'],
    ['a ^ -b * c', '((a ^ (-b)) * c)'],
    ['a or b and c', '(a or (b and c))'],
    ['a and b unless c', '((a and b) unless c)'],
    ['a == b + c or d', '((a == (b + c)) or d)'],
    ['a atan2 b ^ c', '(a atan2 (b ^ c))'],
    ['-a offset 5m', '(-a offset 5m)'],
    ['a offset 5m * 2', '(a offset 5m * 2)'],
    ['a </ 2 + b', '(a </ (2 + b))'],
  ]
  test.each(cases)('%s', (query, want) => {
    expect(shape(parseExpression(query))).toBe(want)
  })
})

describe('numbers and strings', () => {
  const numbers: [query: string, want: number][] = [
    ['1_000', 1000],
    ['0x1F', 31],
    ['0X_ff', 255],
    ['0755', 493],
    ['089', 89],
    ['2.', 2],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['1_0.5_0', 10.5],
    ['iNf', Infinity],
    ['-Inf', -Infinity],
    ['NAN', NaN],
    ['9223372036854775807', 2 ** 63],
    ['1h30m', 5400],
    ['1ms', 0.001],
    ['--5', 5],
  ]
  test.each(numbers)('%s', (query, value) => {
    expect(parseExpression(query)).toMatchObject({ kind: 'number', value })
  })

  const strings: [query: string, want: string][] = [
    [String.raw`"a\n\t\"\\"`, 'a\n\t"\\'],
    [String.raw`'it\'s'`, "it's"],
    [String.raw`"\x41\101\u00e9\U0001F600"`, 'AAé\u{1f600}'],
    [String.raw`"\xc3\xa9"`, 'é'],
    [String.raw`"a\xffz\xc3\xa9\xc3"`, 'a\udcffzé\udcc3'],
    ['`raw\\n\n"`', 'raw\\n\n"'],
  ]
  test.each(strings)('%s', (query, value) => {
    expect(parseExpression(query)).toMatchObject({ kind: 'string', value })
  })
})

describe('positions', () => {
  test('are lines and bytes in messages, and UTF-16 offsets in problems', () => {
    const query = 'up{가="나"}\n+ {\u{1f600}}'
    const problem = { span: { start: 13, end: 17 }, message: "unexpected character inside braces: '\u{1f600}'" }
    expect(() => parseExpression('up{a="나"}\n+ {\u{1f600}}')).toThrow('2:4: parse error')
    expect(problemsOf('a + "나" + b{')).toEqual([['', 'unexpected end of input inside braces']])
    expect(problemsOf(query.replace('가', 'a'))).toEqual([['\u{1f600}}', problem.message]])
  })

  test('every problem is told', () => {
    expect(problemsOf('abs(a, ) + bogus(1) + floor("x"')).toEqual([
      [',', 'trailing commas not allowed in function call args'],
      ['bogus', 'unknown function with name "bogus"'],
      ['', 'unclosed left parenthesis'],
    ])
  })
})

describe('features that are off', () => {
  const cases: [option: keyof ParserOptions, query: string, message: string][] = [
    ['experimentalFunctions', 'info(a)', 'function "info" is not enabled'],
    [
      'experimentalFunctions',
      'limitk(1, a)',
      'limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions',
    ],
    ['durationExpressions', 'a[1m + 2m]', 'experimental duration expression is not enabled'],
    ['durationExpressions', 'a offset step()', 'experimental duration expression is not enabled'],
    ['extendedRangeSelectors', 'a[5m] anchored', 'anchored modifier is experimental and not enabled'],
    ['extendedRangeSelectors', 'a smoothed', 'smoothed modifier is experimental and not enabled'],
    ['fillModifiers', 'a + fill(1) b', 'binop fill modifiers are experimental and not enabled'],
  ]
  test.each(cases)('%s: %s', (option, query, message) => {
    expect(problemsOf(query)).toEqual([])
    expect(problemsOf(query, { ...ALL_FEATURES, [option]: false }).map(([, told]) => told)).toEqual([message])
  })
})

describe('names', () => {
  test('keywords name metrics and labels', () => {
    const query = 'sum by (by, on, bool) (offset{sum="1"}) + on (group_left) start'
    expect(printExpression(parseExpression(query))).toBe(query)
  })

  test('but without names no label, as in Prometheus', () => {
    expect(problemsOf('sum by (without) (a)')).toEqual([
      ['without', 'unexpected <without> in grouping opts, expected label'],
    ])
  })

  test('of functions are their own keys', () => {
    expect(FUNCTIONS.size).toBe(90)
    for (const [name, entry] of FUNCTIONS) expect(entry).toMatchObject({ name, doc: expect.stringMatching(/[^.]$/) })
  })
})

describe('selectors', () => {
  test('of match[] have matchers only', () => {
    expect(parseMetricSelector('up{job=~"a|b", "with.dot"!="x"}')).toEqual([
      { name: 'job', op: '=~', value: 'a|b' },
      { name: 'with.dot', op: '!=', value: 'x' },
      { name: '__name__', op: '=', value: 'up' },
    ])
    expect(parseMetricSelector('{"my.metric"}')).toEqual([{ name: '__name__', op: '=', value: 'my.metric' }])
    expect(() => parseMetricSelector('up[5m]')).toThrow('1:3: parse error: unexpected "["')
    expect(() => parseMetricSelector('{a=~"("}')).toThrow('error parsing regexp')
  })

  test('that accept the empty value everywhere choose all', () => {
    expect(choosesAll(parseMetricSelector('{a=~".*",b!="x"}'))).toBe(true)
    expect(choosesAll(parseMetricSelector('{a=~".+"}'))).toBe(false)
  })

  test('of one series are labels', () => {
    expect(parseMetric('up{job="a"}')).toEqual({ __name__: 'up', job: 'a' })
    expect(parseMetric('{"my.metric", "l b"="c"}')).toEqual({ __name__: 'my.metric', 'l b': 'c' })
    expect(() => parseMetric('up{job=~"a"}')).toThrow('unexpected <op:=~> in label set, expected "="')
  })
})

describe('walking', () => {
  const tree = parseExpression('topk(3, rate(a[5m])) + on (x) max_over_time(b[1h:5m])')

  test('finds selectors and types', () => {
    expect(selectorsOf(tree).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(typeOf(tree)).toBe('vector')
    expect(children(tree).map(typeOf)).toEqual(['vector', 'vector'])
  })

  test('tells the way to each node', () => {
    const ways: string[] = []
    visit(tree, (node, path) => {
      if (node.kind === 'selector') ways.push(path.map(({ kind }) => kind).join(' '))
    })
    expect(ways).toEqual(['binary aggregation call matrix', 'binary call subquery'])
  })
})
