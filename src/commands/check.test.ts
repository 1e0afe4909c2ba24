import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from './check.ts'
import { checkConfig } from './check/config.ts'
import { describeFlags, parseFlags } from './flags.ts'
import type { Flag } from './flags.ts'

describe('check config', () => {
  let folder = ''
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bongsu-check-'))))
  afterAll(() => rmSync(folder, { recursive: true }))

  const run = async (files: Readonly<Record<string, string>>): Promise<{ good: boolean; text: string }> => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    let text = ''
    const paths = Object.keys(files).map((name) => join(folder, name))
    const good = await checkConfig(paths, { env: {}, write: (more) => void (text += more) })
    return { good, text: text.replaceAll(`${folder}/`, '') }
  }

  test('a good file', async () => {
    expect(await run({ 'a.yml': 'scrape_configs: [{job_name: a}]' })).toEqual({
      good: true,
      text: 'Checking a.yml\n  SUCCESS: a.yml is a valid configuration (1 scrape job, 0 warnings)\n',
    })
  })

  test('one bad file among others: every one is checked, and the outcome is bad', async () => {
    const { good, text } = await run({ 'a.yml': 'globl: {}\nscrape_configs: [{}]', 'b.yml': 'runtime: {gogc: 50}' })
    expect(good).toBe(false)
    expect(text).toBe(
      [
        'Checking a.yml',
        '  error: a.yml:1:1  globl  unknown section "globl" (did you mean "global"?)',
        '  error: a.yml:2:18  scrape_configs[0].job_name  job_name is empty',
        '  FAILED: 2 errors, 0 warnings',
        'Checking b.yml',
        '  warning: b.yml:1:1  runtime  not acted on: there is no Go runtime here',
        '  SUCCESS: b.yml is a valid configuration (0 scrape jobs, 1 warning)',
        '',
      ].join('\n'),
    )
  })

  test('files that are named and not there are warned of, in files of jobs too', async () => {
    writeFileSync(join(folder, 'b.yml'), 'scrape_configs: [{job_name: a, bearer_token_file: token}]')
    const main = 'scrape_config_files: ["none-*.yml", b.yml]\nglobal: {query_log_file: written.log}'
    const { good, text } = await run({ 'a.yml': main })
    expect(good).toBe(true)
    expect(text.split('\n').filter((line) => line.includes('file: '))).toEqual([
      '  warning: a.yml:1:23  scrape_config_files[0]  matches no file: none-*.yml',
      '  warning: b.yml:1:51  scrape_configs[0].bearer_token_file  there is no such file: token',
    ])
  })

  test('the rule files that it names are checked with it', async () => {
    writeFileSync(join(folder, 'good-rules.yml'), 'groups: [{name: g, rules: [{record: a, expr: b}]}]')
    writeFileSync(join(folder, 'bad-rules.yml'), 'groups: [{name: g, rules: [{record: a, expr: b +}]}]')
    const good = await run({ 'a.yml': 'rule_files: [good-*.yml]' })
    expect(good.good).toBe(true)
    expect(good.text).toContain('Checking good-rules.yml\n  SUCCESS: 1 rules found\n')
    const both = await run({ 'a.yml': 'rule_files: ["*-rules.yml"]' })
    expect(both.good).toBe(false)
    expect(both.text).toMatch(/Checking bad-rules\.yml\n {2}FAILED:\nbad-rules\.yml:1:46 .*unexpected end of input/)
  })

  test('needs to be told what to check', async () => {
    await expect(check.run([])).rejects.toThrow('check what?')
    await expect(check.run(['config'])).rejects.toThrow('needs a FILE')
  })
})

describe('options', () => {
  const flags: readonly Flag[] = [
    { names: ['--config', '--config.file'], value: 'FILE', summary: 'the file' },
    { names: ['--help', '-h'], summary: 'help' },
  ]
  const parse = (...args: string[]): [Record<string, string>, readonly string[]] => {
    const { options, rest } = parseFlags(args, flags)
    return [Object.fromEntries([...options].map(([key, { name, value }]) => [key, `${name} ${value}`])), rest]
  }

  test('are read in both ways of writing, under their first name', () => {
    expect(parse('--config', 'a', 'x', '-h')).toEqual([{ '--config': '--config a', '--help': '-h true' }, ['x']])
    expect(parse('--config.file=a=b')).toEqual([{ '--config': '--config.file a=b' }, []])
    expect(parse('--', '--config')).toEqual([{}, ['--config']])
  })

  const wrong: [args: string[], want: string][] = [
    [['--confg', 'a'], 'unknown option --confg (did you mean --config?)'],
    [['--config'], 'option --config needs a value'],
    [['--help=yes'], 'option --help takes no value'],
  ]
  test.each(wrong)('%j is refused', (args, want) => {
    expect(() => parseFlags(args, flags)).toThrow(want)
  })

  test('are described', () => {
    expect(describeFlags(flags)).toBe('  --config FILE  the file\n  --help         help\n')
  })
})
