import { Resolver } from 'node:dns/promises'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { systemClock } from '../../core/clock.ts'
import { silentLog } from '../../core/log.ts'
import { Telemetry } from '../../core/telemetry.ts'
import { conformanceDir } from '../../../test/support/conformance.ts'
import { startDns } from '../../../test/support/dns-server.ts'
import type { DnsServer } from '../../../test/support/dns-server.ts'
import { answer, startServer } from '../../../test/support/http-server.ts'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import { TestClock } from '../../../test/support/test-clock.ts'
import { HttpClient } from '../http-client/client.ts'
import { dnsSdSchema, fileSdSchema, httpSdSchema } from './config.ts'
import type { Discoverer } from './discoverer.ts'
import { DnsDiscoverer } from './dns.ts'
import { FileDiscoverer } from './file.ts'
import { glob } from './glob.ts'
import { HttpDiscoverer } from './http.ts'
import { candidateNames, readSearchPath } from './search-path.ts'
import type { TargetGroup } from './target-group.ts'
import { parseJsonGroups, parseYamlGroups } from './target-group.ts'

const deps = (clock = new TestClock()) => ({ clock, log: silentLog, telemetry: new Telemetry() })

/** A discoverer at work: what it published, and a wait for more. */
class Running implements AsyncDisposable {
  readonly published: (readonly TargetGroup[])[] = []
  readonly #stop = new AbortController()
  readonly #run: Promise<void>
  #wake = (): void => undefined

  constructor(discoverer: Discoverer) {
    this.#run = discoverer.run((groups) => {
      this.published.push(groups)
      this.#wake()
    }, this.#stop.signal)
  }

  /** The addresses last published, once `accept` holds for them. */
  async until(accept: (addresses: readonly string[]) => boolean): Promise<readonly string[]> {
    for (;;) {
      const last = this.published.at(-1)
      const addresses = last?.flatMap(({ targets }) => targets.map((target) => target['__address__'] ?? ''))
      if (addresses !== undefined && accept(addresses)) return addresses
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#run
  }
}

const is =
  (...want: readonly string[]) =>
  (got: readonly string[]) =>
    got.join() === want.join()

describe('target groups', () => {
  const source = (index: number): string => `s:${index}`

  test('are read from JSON and YAML alike', () => {
    const want = [
      { source: 's:0', labels: { a: 'b', n: '1' }, targets: [{ __address__: 'x:1' }, { __address__: 'y' }] },
      { source: 's:1', labels: {}, targets: [] },
    ]
    const json = '[{"targets":["x:1","y"],"labels":{"a":"b","n":"1"}},{"targets":null}]'
    expect(parseJsonGroups(json, source)).toEqual(want)
    expect(parseYamlGroups('- targets: [x:1, y]\n  labels: {a: b, n: 1}\n- labels:\n', source)).toEqual(want)
    expect(parseYamlGroups('# nothing\n', source)).toEqual([])
  })

  const bad: [name: string, text: string][] = [
    ['null', '[null]'],
    ['an unknown key', '[{"targets":[],"label":{}}]'],
    ['no list', '{"targets":[]}'],
    ['a label that is a number', '[{"targets":[],"labels":{"a":1}}]'],
    ['broken JSON', '[{'],
  ]
  test.each(bad)('refuse %s', (_, text) => {
    expect(() => parseJsonGroups(text, source)).toThrow('not a list of target groups')
  })

  const folder = conformanceDir()
  test.skipIf(folder === undefined)("are those of Prometheus' own samples", async () => {
    const read = (file: string): Promise<string> =>
      readFile(join(folder ?? '', 'prometheus/prometheus/discovery-testdata', file), 'utf8')
    const valid = parseJsonGroups(await read('file/fixtures/valid.json'), source)
    expect(valid.map(({ targets }) => targets.length)).toEqual([2, 1])
    expect(parseYamlGroups(await read('file/fixtures/valid.yml'), source)).toEqual(valid)
    expect(parseYamlGroups(await read('file/fixtures/valid3.yml'), source)).toEqual(valid)
    expect(parseYamlGroups(await read('file/fixtures/valid2.yml'), source)).toHaveLength(3)
    expect(parseJsonGroups(await read('http/fixtures/http_sd.good.json'), source)).toHaveLength(1)
    const [json, yaml] = [await read('file/fixtures/invalid_nil.json'), await read('file/fixtures/invalid_nil.yml')]
    expect(() => parseJsonGroups(json, source)).toThrow('not a list')
    expect(() => parseYamlGroups(yaml, source)).toThrow('not a list')
  })
})

describe('files', () => {
  const yaml = (...targets: readonly string[]): string => `- targets: [${targets.join()}]\n`

  test('are read, and read anew as they change', async () => {
    await using folder = await tempFolder()
    const [a, b] = [join(folder.path, 'a.yml'), join(folder.path, 'b.json')]
    await writeFile(a, yaml('one:1'))
    const config = fileSdSchema.parse({ files: [join(folder.path, '*.yml'), b], refresh_interval: '1h' })
    const discoverer = new FileDiscoverer(config, deps())
    await using running = new Running(discoverer)
    await running.until(is('one:1'))
    expect(running.published[0]?.[0]).toMatchObject({ source: `${a}:0`, labels: { __meta_filepath: a } })
    await writeFile(b, '[{"targets":["two:2"]}]')
    await running.until(is('one:1', 'two:2'))
    await writeFile(a, yaml('three:3'))
    await running.until(is('three:3', 'two:2'))
    await rm(b)
    await running.until(is('three:3'))
    expect(discoverer.status).toMatchObject({ kind: 'file', lastError: '' })
  })

  test('that can not be used keep the groups they had, and say so', async () => {
    await using folder = await tempFolder()
    const [a, b] = [join(folder.path, 'a.yml'), join(folder.path, 'b.yml')]
    await writeFile(a, yaml('one:1'))
    await writeFile(b, yaml('two:2'))
    const discoverer = new FileDiscoverer(fileSdSchema.parse({ files: [join(folder.path, '*.yml')] }), deps())
    await using running = new Running(discoverer)
    await running.until(is('one:1', 'two:2'))
    await writeFile(a, '- nonsense')
    await writeFile(b, yaml('new:3'))
    await running.until(is('one:1', 'new:3'))
    expect(discoverer.status.lastError).toContain(`could not take targets from "${a}": not a list of target groups`)
  })

  test('appear in folders that come later, found by the next refresh', async () => {
    await using folder = await tempFolder()
    const later = join(folder.path, 'later')
    const clock = new TestClock()
    const config = fileSdSchema.parse({ files: [join(later, 'a.yml')], refresh_interval: '1m' })
    await using running = new Running(new FileDiscoverer(config, deps(clock)))
    await running.until(is())
    await mkdir(later)
    await writeFile(join(later, 'a.yml'), yaml('one:1'))
    await clock.advance(60_000)
    expect(await running.until(is('one:1'))).toEqual(['one:1'])
  })

  test('are found by patterns', async () => {
    await using folder = await tempFolder()
    await mkdir(join(folder.path, 'sub'))
    for (const name of ['a.yml', 'b.yml', 'b.json', 'sub/c.yml', '.d.yml']) await writeFile(join(folder.path, name), '')
    const f = async (pattern: string, ...want: readonly string[]): Promise<void> => {
      expect(await glob(join(folder.path, pattern))).toEqual(want.map((name) => join(folder.path, name)))
    }
    await f('*.yml', '.d.yml', 'a.yml', 'b.yml')
    await f('b.*', 'b.json', 'b.yml')
    await f('[ab].yml', 'a.yml', 'b.yml')
    await f('[z-a].yml')
    await f('[ab.yml')
    await f('?.json', 'b.json')
    await f('*/*.yml', 'sub/c.yml')
    await f('a.yml', 'a.yml')
    await f('none/*.yml')
    await f('a+yml')
  })
})

describe('an HTTP service', () => {
  const start = (given: z.input<typeof httpSdSchema>, clock: TestClock): HttpDiscoverer => {
    const config = httpSdSchema.parse(given)
    const client = new HttpClient(config, { clock: systemClock, env: {} })
    return new HttpDiscoverer(config, { ...deps(clock), client, userAgent: 'Bongsu/1' })
  }
  const json = (...targets: readonly string[]) =>
    answer(JSON.stringify([{ targets }]), { 'content-type': 'application/json; charset=utf-8' })

  test('is asked again and again; its failures keep the last groups', async () => {
    await using server = await startServer(json('one:1'))
    const clock = new TestClock()
    const discoverer = start({ url: `${server.url}/sd`, refresh_interval: '30s' }, clock)
    await using running = new Running(discoverer)
    await running.until(is('one:1'))
    expect(running.published[0]?.[0]).toMatchObject({
      source: `${server.url}/sd:0`,
      labels: { __meta_url: `${server.url}/sd` },
    })
    expect(server.requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      'user-agent': 'Bongsu/1',
      'x-prometheus-refresh-interval-seconds': '30',
    })
    const failures: [handler: ReturnType<typeof answer>, error: string][] = [
      [answer('', {}, 500), 'server returned HTTP status 500 Internal Server Error'],
      [answer('[]', { 'content-type': 'text/html' }), 'unsupported content type "text/html"'],
      [answer('[null]', { 'content-type': 'application/json' }), 'not a list of target groups'],
      [(request) => request.socket.destroy(), 'EOF'],
    ]
    for (const [handler, error] of failures) {
      server.handler = handler
      await clock.advance(30_000)
      while (!discoverer.status.lastError.includes(error)) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(running.published).toHaveLength(1)
    server.handler = json('two:2')
    await clock.advance(30_000)
    await running.until(is('two:2'))
    expect(discoverer.status.lastError).toBe('')
  })

  test('that does not answer is given up after the interval', async () => {
    await using server = await startServer(() => undefined)
    const clock = new TestClock()
    const discoverer = start({ url: server.url, refresh_interval: '30s' }, clock)
    await using _running = new Running(discoverer)
    await clock.advance(30_000)
    while (discoverer.status.lastError === '') await new Promise((resolve) => setImmediate(resolve))
    expect(discoverer.status.lastError).toContain('no answer within the refresh interval of 30 s')
  })
})

describe('DNS', () => {
  const start = (dns: DnsServer, given: z.input<typeof dnsSdSchema>, clock = new TestClock()): DnsDiscoverer => {
    const resolver = new Resolver({ timeout: 2000, tries: 1 })
    resolver.setServers([dns.address])
    const searchPath = () => Promise.resolve({ domains: ['inner.test'], dots: 1 })
    return new DnsDiscoverer(dnsSdSchema.parse(given), { ...deps(clock), resolver, searchPath })
  }
  const kinds: [type: string, record: DnsServer['zone'][string], want: Record<string, string>][] = [
    ['A', [{ type: 'A', value: '10.0.0.1' }], { __address__: '10.0.0.1:80' }],
    ['AAAA', [{ type: 'AAAA', value: '::7' }], { __address__: '[::7]:80' }],
    [
      'SRV',
      [{ type: 'SRV', value: 'h.test', port: 9100 }],
      { __address__: 'h.test:9100', __meta_dns_srv_record_target: 'h.test.', __meta_dns_srv_record_port: '9100' },
    ],
    ['MX', [{ type: 'MX', value: 'm.test' }], { __address__: 'm.test:80', __meta_dns_mx_record_target: 'm.test.' }],
    ['NS', [{ type: 'NS', value: 'n.test' }], { __address__: 'n.test:80', __meta_dns_ns_record_target: 'n.test.' }],
  ]
  test.each(kinds)('gives targets from %s records', async (type, record, want) => {
    await using dns = await startDns({ 'a.test': record })
    await using running = new Running(start(dns, { names: ['a.test'], type, port: type === 'SRV' ? 0 : 80 }))
    await running.until((got) => got.length === 1)
    expect(running.published[0]?.[0]).toEqual({
      source: 'a.test',
      labels: {},
      targets: [{ ...want, __meta_dns_name: 'a.test' }],
    })
  })

  test('keeps the targets of a name that can not be asked for, and drops those of a name that is gone', async () => {
    const one = [{ type: 'A', value: '10.0.0.1' }] as const
    await using dns = await startDns({ 'a.test': one, 'b.test': [{ type: 'A', value: '10.0.0.2' }] })
    const clock = new TestClock()
    const discoverer = start(dns, { names: ['a.test', 'b.test'], type: 'A', port: 1 }, clock)
    await using running = new Running(discoverer)
    await running.until(is('10.0.0.1:1', '10.0.0.2:1'))
    dns.zone = { 'a.test': 2, 'a.test.inner.test': 2 }
    await clock.advance(30_000)
    await running.until(is('10.0.0.1:1'))
    expect(discoverer.status.lastError).toContain('could not resolve "a.test"')
  })

  test('follows the search path', async () => {
    await using dns = await startDns({ 'short.inner.test': [{ type: 'A', value: '10.0.0.3' }] })
    await using running = new Running(start(dns, { names: ['short'], type: 'A', port: 1 }))
    await running.until(is('10.0.0.3:1'))
    expect(dns.asked).toEqual(['short.inner.test'])
  })

  test('reads resolv.conf', async () => {
    await using folder = await tempFolder()
    const file = join(folder.path, 'resolv.conf')
    await writeFile(file, 'nameserver 10.0.0.1\nsearch a.test. b.test\noptions edns0 ndots:2\n')
    const path = await readSearchPath(file)
    expect(candidateNames('x.y', path)).toEqual(['x.y.a.test', 'x.y.b.test', 'x.y'])
    expect(candidateNames('x.y.z', path)).toEqual(['x.y.z', 'x.y.z.a.test', 'x.y.z.b.test'])
    expect(candidateNames('x.', path)).toEqual(['x'])
    expect(candidateNames('x.y', await readSearchPath(`${file}.gone`))).toEqual(['x.y'])
  })
})
