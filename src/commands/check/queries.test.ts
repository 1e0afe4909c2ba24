import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printed } from '../../../test/support/terminal.ts'
import { findQueries } from './found-queries.ts'
import { withoutVariables } from './grafana-variables.ts'
import { queries } from './queries.ts'
import { offsetsInFile } from './text-places.ts'

describe('check queries', () => {
  let folder = ''
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bongsu-queries-'))))
  afterAll(() => rmSync(folder, { recursive: true }))

  const run = async (name: string, text: string, ...options: string[]): Promise<{ code: number; lines: string[] }> => {
    const file = join(folder, name)
    writeFileSync(file, text)
    const { code, out } = await printed(queries, [...options, file])
    return { code, lines: out.replaceAll(`${folder}/`, '').trimEnd().split('\n') }
  }

  test('tells every problem of a list with its place', async () => {
    expect(await run('list.promql', 'up\n\nsum(\n  rat(x[5m])\n)\n')).toEqual({
      code: 1,
      lines: [
        'Checking list.promql',
        '  error: list.promql:4:3  unknown function with name "rat"',
        '      rat(x[5m])',
        '      ^~~',
        '  FAILED: 2 queries, 1 error, 0 warnings',
      ],
    })
  })

  test('looks into rule files', async () => {
    const rules =
      'groups:\n  - name: a\n    rules:\n      - record: x\n        expr: |\n          sum(up)\n          + su(y)\n      - alert: b\n        expr: \'up{a="x"} ==\'\n'
    expect((await run('rules.yml', rules)).lines.filter((line) => line.includes('error:'))).toEqual([
      '  error: rules.yml:7:13  unknown function with name "su"',
      '  error: rules.yml:9:28  unexpected end of input',
    ])
  })

  test('looks into dashboards, past what is another language', async () => {
    const dashboard = {
      panels: [
        { datasource: { type: 'loki' }, targets: [{ expr: '{a="b"} |= "c"' }] },
        { datasource: { uid: '$ds' }, targets: [{ expr: '{a="b"} |= "c"' }] },
        { targets: [{ expr: 'rate(x_total{job="$job"}[$__rate_interval]) / $n' }, { expr: 'sum("a\\nb"' }] },
      ],
      templating: { list: [{ name: 'ds', type: 'datasource', query: 'loki' }] },
    }
    const { code, lines } = await run('board.json', JSON.stringify(dashboard, undefined, 2))
    expect(code).toBe(1)
    expect(lines.at(-1)).toMatch(/^ {2}FAILED: 2 queries, [12] errors?, 0 warnings$/)
    const written = JSON.stringify(dashboard, undefined, 2).split('\n')
    const line = written.findIndex((one) => one.includes('"sum('))
    const column = (written[line] as string).length
    expect(lines[1]).toBe(`  error: board.json:${line + 1}:${column}  unclosed left parenthesis`)
  })

  test('warnings are no failure, unless they shall be', async () => {
    const text = 'rate(node_load1[5m])\nup == NaN\n'
    const { code, lines } = await run('list.promql', text)
    expect(code).toBe(0)
    expect(lines.filter((line) => line.includes('warning:'))).toEqual([
      '  warning: list.promql:1:6  rate-of-gauge: node_load1 looks like a gauge: rate() is for counters; use delta() or deriv()',
      '  warning: list.promql:2:1  nan-compared: == NaN is never true: to find NaN, compare with itself: x != x',
    ])
    expect((await run('list.promql', text, '--lint-fatal')).code).toBe(3)
    expect((await run('list.promql', text, '--lint-fatal', '--off', 'rate-of-gauge,nan-compared')).code).toBe(0)
    expect((await run('list.promql', text, '--lint-fatal', '--off', 'all')).code).toBe(0)
    await expect(run('list.promql', text, '--off', 'rate-of-gauges')).rejects.toThrow('did you mean rate-of-gauge?')
  })

  test('reads the standard input, and tells of files that are not there', async () => {
    expect((await printed(queries, ['-'], { input: 'up\n' })).out).toBe(
      'Checking standard input\n  SUCCESS: 1 query, 0 errors, 0 warnings\n',
    )
    expect(await printed(queries, [join(folder, 'none')])).toMatchObject({ code: 1 })
    await expect(printed(queries, [])).rejects.toThrow('needs a FILE')
  })
})

describe('queries in plain text', () => {
  const cases: [name: string, text: string, want: string[]][] = [
    ['one a line', 'up\nfoo\n', ['up', 'foo']],
    ['one over lines', 'sum(\n  up\n)\n', ['sum(\n  up\n)']],
    ['blocks', 'up +\ndown\n\n\n  foo\n', ['up +\ndown', '  foo']],
    ['comments', '# all of it\nup\n\n# nothing\n', ['# all of it\nup']],
    ['a broken one alone', 'sum(\n  up\n', ['sum(\n  up']],
    ['a broken line among good ones', 'up\nsum(\n', ['up', 'sum(']],
  ]
  test.each(cases)('%s', (_, text, want) => {
    expect(findQueries('list', text).queries.map((one) => one.text)).toEqual(want)
  })
})

describe('variables of dashboards', () => {
  const cases: [query: string, want: string][] = [
    ['rate(x[$__rate_interval])', 'rate(x[5m              ])'],
    ['rate(x[${w}m])', 'rate(x[0005m])'],
    ['x[1h:$step]', 'x[1h:5m   ]'],
    ['x offset $o', 'x offset 5m'],
    ['topk($n, x)', 'topk(5 , x)'],
    ['sum by ($g, b) (x)', 'sum by (x_, b) (x)'],
    ['foo_${a}_bar', 'foo_x____bar'],
    ['$metric{a="$b"}', 'x______{a="$b"}'],
    ['x{$label=~"a"}', 'x{x_____=~"a"}'],
    ['x{a="b", ${filters}}', 'x{a="b", x="_"     }'],
    ['x > [[limit]]', 'x > 5        '],
  ]
  test.each(cases)('%s', (query, want) => {
    expect(withoutVariables(query)).toBe(want)
  })
})

describe('places in a file', () => {
  const at = (raw: string, value: string, part: string): string => {
    const start = raw.indexOf(':') + 2
    return raw.slice(offsetsInFile(value, raw, start)[value.indexOf(part)]).split('\n', 1)[0] ?? ''
  }
  test('of plain, quoted and block texts', () => {
    expect(at('a: sum(up)', 'sum(up)', 'up')).toBe('up)')
    expect(at('a: "x{b=\\"c\\"} + d"', 'x{b="c"} + d', 'd')).toBe('d"')
    expect(at("a: 'it''s + d'", "it's + d", 'd')).toBe("d'")
    expect(at('a: |\n  one\n  + two\n', 'one\n+ two\n', 'two')).toBe('two')
    expect(at('a: >-\n  one\n  + two\n', 'one + two', 'two')).toBe('two')
    expect(at('a: one\n  + two\n', 'one + two', 'two')).toBe('two')
  })
})
