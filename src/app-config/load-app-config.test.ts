import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printProblem } from '../config/problem.ts'
import { loadAppConfig } from './load-app-config.ts'
import type { LoadedAppConfig } from './load-app-config.ts'
import { printAppConfig, SECTIONS } from './sections.ts'
import { configFileOf, flagsOf, misspelt, overridesOfEnvironment, overridesOfFlags, SETTINGS } from './settings.ts'
import { schemaAt } from '../config/schema-walk.ts'

let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bongsu-config-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const load = (text: string, env: Record<string, string> = {}): Promise<LoadedAppConfig> => {
  const file = join(folder, 'main.yml')
  writeFileSync(file, text)
  return loadAppConfig({ file, overrides: overridesOfEnvironment(env), env })
}
const told = ({ problems }: LoadedAppConfig): readonly string[] =>
  problems.map((problem) => `${problem.severity} ${printProblem(problem).replaceAll(`${folder}/`, '')}`)

test('the list of sections names each by its own key', () => {
  for (const [key, section] of Object.entries(SECTIONS)) expect(section.key).toBe(key)
})

describe('what jobs inherit', () => {
  const job = async (global: string, own: string) => {
    const { config } = await load(`global: {${global}}\nscrape_configs: [{job_name: a${own}}]`)
    return config?.scrape_configs[0]
  }

  test('the defaults of Prometheus', async () => {
    expect(await job('', '')).toMatchObject({
      scrape_interval: 60_000,
      scrape_timeout: 10_000,
      metrics_path: '/metrics',
      scheme: 'http',
      honor_timestamps: true,
      scrape_protocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
      metric_name_escaping_scheme: 'allow-utf-8',
    })
  })

  const cases: [name: string, global: string, own: string, want: object][] = [
    ['the interval', 'scrape_interval: 15s', '', { scrape_interval: 15_000, scrape_timeout: 10_000 }],
    ['a timeout no longer than the interval', 'scrape_interval: 5s', '', { scrape_timeout: 5000 }],
    ['a timeout no longer than the own interval', '', ', scrape_interval: 3s', { scrape_timeout: 3000 }],
    [
      '0 counts as left out',
      'sample_limit: 5',
      ', sample_limit: 0, scrape_interval: 0s',
      { sample_limit: 5, scrape_interval: 60_000 },
    ],
    [
      'own limits win',
      'sample_limit: 5, body_size_limit: 1MB',
      ', sample_limit: 7',
      { sample_limit: 7, body_size_limit: 1_048_576 },
    ],
    [
      'protobuf comes first for native histograms',
      'scrape_native_histograms: true',
      '',
      { scrape_protocols: expect.arrayContaining(['PrometheusProto']) },
    ],
    [
      'unless the protocols are said',
      'scrape_protocols: [PrometheusText0.0.4]',
      ', scrape_native_histograms: true',
      { scrape_protocols: ['PrometheusText0.0.4'] },
    ],
    [
      'own legacy names are escaped',
      '',
      ', metric_name_validation_scheme: legacy',
      { metric_name_escaping_scheme: 'underscores' },
    ],
    [
      'bearer tokens become an authorization',
      '',
      ', bearer_token_file: /t',
      { authorization: { type: 'Bearer', credentials_file: '/t' } },
    ],
  ]
  test.each(cases)('%s', async (_, global, own, want) => {
    expect(await job(global, own)).toMatchObject(want)
  })
})

describe('what is told', () => {
  const cases: [name: string, text: string, want: readonly string[]][] = [
    [
      'a timeout beyond the inherited interval',
      'global: {scrape_interval: 5s}\nscrape_configs:\n- job_name: a\n  scrape_timeout: 6s',
      [
        'error main.yml:4:19  scrape_configs[0].scrape_timeout  scrape timeout greater than scrape interval (5s) for scrape config with job name "a"',
      ],
    ],
    [
      'a name twice',
      'scrape_configs:\n- job_name: a\n- job_name: a',
      [
        'error main.yml:3:13  scrape_configs[1].job_name  found multiple scrape configs with job name "a", first found at main.yml:2',
      ],
    ],
    [
      'what jobs inherit that can not be, once',
      'global: {metric_name_validation_scheme: legacy, metric_name_escaping_scheme: allow-utf-8}\nscrape_configs: [{job_name: a}, {job_name: b}]',
      [
        'error main.yml:1:78  global.metric_name_escaping_scheme  utf8 metric names requested but validation scheme is not set to UTF8',
      ],
    ],
    [
      'rules between jobs, though one job can not be read',
      'scrape_configs:\n- job_name: a\n- job_nam: b\n- job_name: a\n  scrape_timeout: 2m',
      [
        'error main.yml:3:3  scrape_configs[1].job_name  job_name is empty',
        'error main.yml:3:3  scrape_configs[1].job_nam  unknown key "job_nam" (did you mean "job_name"?)',
        'error main.yml:4:13  scrape_configs[2].job_name  found multiple scrape configs with job name "a", first found at main.yml:2',
        'error main.yml:5:19  scrape_configs[2].scrape_timeout  scrape timeout greater than scrape interval (1m) for scrape config with job name "a"',
      ],
    ],
    [
      'nothing that only follows from a broken global section',
      'global: {scrape_interval: often}\nscrape_configs: [{job_name: a, scrape_timeout: 2m}]',
      ['error main.yml:1:27  global.scrape_interval  not a duration: "often" (try 15s, 1h30m)'],
    ],
    [
      'an OTLP translation that legacy names forbid',
      'global: {metric_name_validation_scheme: legacy}\notlp: {translation_strategy: NoTranslation}',
      [
        'error main.yml:2:30  otlp.translation_strategy  translation strategy "NoTranslation" is not allowed when metric_name_validation_scheme is legacy',
      ],
    ],
    [
      'what is not supported yet',
      'scrape_configs:\n- job_name: a\n  consul_sd_configs: [{}]',
      [
        'warning main.yml:3:3  scrape_configs[0].consul_sd_configs  consul_sd_configs is not supported yet: job "a" runs without it',
      ],
    ],
    [
      'what is not acted on yet',
      'remote_write:\n- url: http://a\nrule_files: [a.yml]',
      [
        'warning main.yml:1:1  remote_write  not acted on yet: nothing is sent to other systems',
        'warning main.yml:3:1  rule_files  not acted on yet: rules are not evaluated',
      ],
    ],
    [
      'what is not acted on within a job, but not what asks for what is done',
      'scrape_configs:\n- job_name: a\n  enable_http2: true\n  tls_config: {key_ref: k, cert_ref: c}\n- job_name: b\n  enable_http2: false',
      [
        'warning main.yml:3:3  scrape_configs[0].enable_http2  not acted on yet: requests go over HTTP/1.1',
        'warning main.yml:4:16  scrape_configs[0].tls_config.key_ref  not acted on yet: there is no secret manager to ask; use the key that ends in _file',
        'warning main.yml:4:28  scrape_configs[0].tls_config.cert_ref  not acted on yet: there is no secret manager to ask; use the key that ends in _file',
      ],
    ],
    [
      'nothing of what stands within something that is not acted on',
      'remote_read:\n- url: http://a\n  authorization: {credentials_ref: x}',
      ['warning main.yml:1:1  remote_read  not acted on yet: nothing is read from other systems'],
    ],
    [
      'what tunes another store, but not what is said to ours too',
      'storage:\n  tsdb:\n    out_of_order_time_window: 1h\n    retention: {time: 30m, size: 1GB}',
      [
        'warning main.yml:4:23  storage.tsdb.retention.time  samples are kept for an hour at least',
        'warning main.yml:4:28  storage.tsdb.retention.size  not acted on yet: samples are kept by time only',
      ],
    ],
    [
      'a label that legacy names forbid',
      'global: {metric_name_validation_scheme: legacy, external_labels: {a-b: c}}',
      ['error main.yml:1:67  global.external_labels.a-b  "a-b" is not a valid label name'],
    ],
    [
      'a rule that legacy names forbid',
      'scrape_configs:\n- job_name: a\n  metric_name_validation_scheme: legacy\n  relabel_configs: [{target_label: a-b}]',
      [
        'error main.yml:4:36  scrape_configs[0].relabel_configs[0].target_label  "a-b" is invalid \'target_label\' for replace action',
      ],
    ],
  ]
  test.each(cases)('%s', async (_, text, want) => {
    expect(told(await load(text))).toEqual(want)
  })

  test('of a file that is not there', async () => {
    const { config, problems } = await loadAppConfig({ file: join(folder, 'none.yml'), overrides: [], env: {} })
    expect(config).toBeUndefined()
    expect(problems[0]?.message).toContain('ENOENT')
  })

  test('without a file there are only defaults', async () => {
    const { config, problems } = await loadAppConfig({ file: undefined, overrides: [], env: {} })
    expect(problems).toEqual([])
    expect(config?.server.listen).toBe('127.0.0.1:9095')
  })
})

describe('external labels', () => {
  test('take variables of the environment', async () => {
    const { config } = await load('global: {external_labels: {a: "x-${ZONE}"}}', { ZONE: 'eu' })
    expect(config?.global.external_labels).toEqual({ a: 'x-eu' })
  })

  test('tell of one that is not set', async () => {
    expect(told(await load('global: {external_labels: {a: "${ZONE}"}}'))).toEqual([
      'warning main.yml:1:31  global.external_labels.a  environment variable ZONE is empty or not set',
    ])
  })
})

describe("keys of Prometheus' own store", () => {
  const file = 'storage: {tsdb: {out_of_order_time_window: 7m, retention: {time: 3d}}, exemplars: {max_exemplars: 5}}'

  test('win over ours', async () => {
    const { config } = await load(`${file}\nstore: {retention: {metrics: 9d}}\nhead: {max_exemplars: 9}`)
    expect(config?.head).toMatchObject({ out_of_order_time_window: 420_000, max_exemplars: 5 })
    expect(config?.store.retention.metrics).toBe(3 * 86_400_000)
  })

  test('but not over the environment', async () => {
    const { config } = await load(file, { BONGSU_RETENTION_METRICS: '8d' })
    expect(config?.store.retention.metrics).toBe(8 * 86_400_000)
  })

  test('that are not there change nothing', async () => {
    const { config } = await load('storage: {tsdb: {retention: {time: 0s}}}\nstore: {retention: {metrics: 9d}}')
    expect(config?.store.retention.metrics).toBe(9 * 86_400_000)
    expect(config?.head).toMatchObject({ out_of_order_time_window: 7_200_000, max_exemplars: 100_000 })
  })
})

test("the data folder starts at the file's folder when the file names it, else at the working directory", async () => {
  expect((await load('store: {path: data}')).config?.store.path).toBe(join(folder, 'data'))
  expect((await load('store: {path: /data}')).config?.store.path).toBe('/data')
  expect((await load('')).config?.store.path).toBe(join(process.cwd(), 'bongsu-data'))
})

describe('scrape_config_files', () => {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

  test('add their jobs, with paths from their own folder, and inherit too', async () => {
    write('jobs-1.yml', 'scrape_configs: [{job_name: b, bearer_token_file: t}]')
    write('jobs-2.yml', 'scrape_configs: [{job_name: c}]')
    const { config } = await load(
      'global: {scrape_interval: 7s}\nscrape_config_files: ["jobs-*.yml"]\nscrape_configs: [{job_name: a}]',
    )
    expect(config?.scrape_configs.map(({ job_name: name }) => name)).toEqual(['a', 'b', 'c'])
    expect(config?.scrape_configs[1]).toMatchObject({
      scrape_interval: 7000,
      authorization: { credentials_file: join(folder, 't') },
    })
  })

  test('their problems name them', async () => {
    write('bad.yml', 'scrape_configs:\n- job_name: a\n- job_name: b\n  scrap_timeout: 5s\nglobal: {}')
    expect(told(await load('scrape_config_files: [bad.yml]\nscrape_configs: [{job_name: a}]'))).toEqual([
      'error bad.yml:2:13  scrape_configs[0].job_name  found multiple scrape configs with job name "a", first found at main.yml:2',
      'error bad.yml:4:3  scrape_configs[1].scrap_timeout  unknown key "scrap_timeout" (did you mean "scrape_timeout"?)',
      'error bad.yml:5:1  global  unknown section "global" (there are scrape_configs)',
    ])
  })

  test('a name that the main file has is refused', async () => {
    write('twice.yml', 'scrape_configs:\n- job_name: a')
    expect(told(await load('scrape_config_files: [twice.yml]\nscrape_configs: [{job_name: a}]'))).toEqual([
      'error twice.yml:2:13  scrape_configs[0].job_name  found multiple scrape configs with job name "a", first found at main.yml:2',
    ])
  })
})

describe('what is shown', () => {
  test('defaults are filled in, secrets hidden, empty things left out', async () => {
    const text = [
      'scrape_configs:',
      '- job_name: a',
      '  basic_auth: {username: u, password: verysecret}',
      '  proxy_url: http://me:mypassword@proxy:3128',
      '  body_size_limit: 15MB',
      '  relabel_configs: [{source_labels: [x], target_label: y}]',
    ]
    const { config } = await load(text.join('\n'))
    const shown = printAppConfig(config as NonNullable<typeof config>)
    expect(shown).not.toMatch(/verysecret|mypassword/)
    for (const line of [
      '    scrape_interval: 1m\n',
      '      password: <secret>\n',
      '    proxy_url: http://me:xxxxx@proxy:3128\n',
      '    body_size_limit: 15MiB\n',
      '        regex: (.*)\n',
      '        action: replace\n',
    ]) {
      expect(shown).toContain(line)
    }
    expect(shown).not.toMatch(/params|file_sd_configs|rule_files/)
  })

  test('passwords in addresses are hidden, also among the flags', async () => {
    const { config } = await load('store: {url: "http://me:my@password@db:8123"}')
    const shown = printAppConfig(config as NonNullable<typeof config>)
    expect(shown).toContain('url: http://me:xxxxx@db:8123')
    expect(flagsOf(config as NonNullable<typeof config>)['store-url']).toBe('http://me:xxxxx@db:8123')
  })

  test('labels may have any names', async () => {
    const { config } = await load('global: {external_labels: {source: a, test: b, constructor: c}}')
    const shown = printAppConfig(config as NonNullable<typeof config>)
    expect(shown).toContain('  external_labels:\n    source: a\n    test: b\n    constructor: c\n')
  })

  test('it reads as the same configuration', async () => {
    const first = await load(
      'global: {scrape_interval: 90s, external_labels: {a: "1"}}\nscrape_configs: [{job_name: a, static_configs: [{targets: [b:1]}], params: {x: ["1"]}}]',
    )
    const shown = printAppConfig(first.config as NonNullable<typeof first.config>)
    const again = await load(shown)
    // Every job says what Prometheus' default is, and that is told of.
    expect(told(again).filter((line) => !line.endsWith('not acted on yet: requests go over HTTP/1.1'))).toEqual([])
    expect(printAppConfig(again.config as NonNullable<typeof again.config>)).toBe(shown)
  })
})

describe('settings from outside the file', () => {
  test('each is a key of a section, and no name stands for two', () => {
    for (const {
      path: [section, ...keys],
    } of SETTINGS) {
      const { schema } = SECTIONS[section as keyof typeof SECTIONS]
      expect([section, ...keys, schemaAt(schema, keys) !== undefined]).toEqual([section, ...keys, true])
    }
    const names = SETTINGS.flatMap(({ env, flags }) => [env, ...flags])
    expect(new Set(names).size).toBe(names.length)
  })

  test('the environment wins over the file, and the command line over both', async () => {
    const file = join(folder, 'main.yml')
    writeFileSync(file, 'server: {listen: ":1"}')
    const env = { BONGSU_LISTEN: ':2' }
    const flags = new Map([['--listen', { name: '--web.listen-address', value: ':3' }]])
    const listen = async (overrides: Parameters<typeof loadAppConfig>[0]['overrides']): Promise<string | undefined> =>
      (await loadAppConfig({ file, overrides, env })).config?.server.listen
    expect(await listen([])).toBe(':1')
    expect(await listen(overridesOfEnvironment(env))).toBe(':2')
    expect(await listen([...overridesOfEnvironment(env), ...overridesOfFlags(flags)])).toBe(':3')
  })

  test('a problem names the variable', async () => {
    expect(told(await load('', { BONGSU_LOG_LEVEL: 'warning' }))).toEqual([
      'error BONGSU_LOG_LEVEL  log.level  unknown value "warning" (there are debug, info, warn, error)',
    ])
  })

  test('a misspelt variable is told of, a strange one is left alone', () => {
    const heard = misspelt({ BONGSU_LISTNE: 'x', BONGSU_TESTS_ONLY: 'x', LISTEN: 'x' })
    expect(heard.map(({ file }) => file)).toEqual(['BONGSU_LISTNE'])
  })

  const files: [name: string, flag: string, env: Record<string, string>, there: boolean, want: string | undefined][] = [
    ['the command line comes first', 'a.yml', { BONGSU_CONFIG: 'b.yml' }, true, 'a.yml'],
    ['then the environment', '', { BONGSU_CONFIG: 'b.yml' }, true, 'b.yml'],
    ['then bongsu.yml', '', {}, true, 'bongsu.yml'],
    ['else there is none', '', {}, false, undefined],
  ]
  test.each(files)('%s', (_, flag, env, there, want) => {
    const flags = new Map(flag === '' ? [] : [['--config', { name: '--config.file', value: flag }]])
    expect(configFileOf(flags, env, () => there)).toBe(want)
  })
})
