/** `bongsu query` as a process, over a real Bongsu and a real Prometheus that hold the same samples. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { bongsuTool } from '../support/bongsu-tool.ts'
import { freePort, runChild } from '../support/child.ts'
import { eventually } from '../support/eventually.ts'
import { HOW_TO_GET_PEERS, peer } from '../support/peers.ts'
import { postWrite } from '../support/remote-write-sender.ts'

const program = peer('prometheus')
if (program === undefined) console.log(HOW_TO_GET_PEERS)

/** A while ago, at a full minute. */
const START = Math.floor(Date.now() / 60_000) * 60_000 - 1_200_000
const at = (minute: number): string => String(START / 1000 + minute * 60)
const series = ['api', 'web'].map((job, i) => ({
  labels: [
    ['__name__', 'requests_total'],
    ['job', job],
  ] as [string, string][],
  samples: Array.from({ length: 10 }, (_, n) => ({ timestamp: START + n * 60_000, value: (i + 1) * 10 * n })),
}))

let bongsu: BongsuProcess
beforeAll(async () => {
  bongsu = await startBongsu({ config: 'scrape_configs: []\n' })
  const { status } = await postWrite(bongsu.url, series, 1)
  expect(status).toBe(204)
})
afterAll(async () => void (await bongsu.stop()))

const query = (part: string, ...args: string[]): ReturnType<typeof bongsuTool> =>
  bongsuTool(['query', part, '--url', bongsu.url, ...args])

describe('against Bongsu', () => {
  test('an instant, in each form', async () => {
    const asked = ['--time', at(9), 'requests_total']
    expect(await query('instant', ...asked)).toEqual({
      code: 0,
      err: '',
      out: `requests_total{job="api"} => 90 @[${at(9)}]\nrequests_total{job="web"} => 180 @[${at(9)}]\n`,
    })
    expect((await query('instant', '-o', 'table', ...asked)).out).toBe(
      'metric          job  value\nrequests_total  api     90\nrequests_total  web    180\n',
    )
    expect((await query('instant', '-o', 'csv', ...asked)).out).toBe(
      `__name__,job,timestamp,value\r\nrequests_total,api,${at(9)},90\r\nrequests_total,web,${at(9)},180\r\n`,
    )
    expect(JSON.parse((await query('instant', '-o', 'json', ...asked)).out)).toEqual([
      { metric: { __name__: 'requests_total', job: 'api' }, value: [Number(at(9)), '90'] },
      { metric: { __name__: 'requests_total', job: 'web' }, value: [Number(at(9)), '180'] },
    ])
  })

  test('a range', async () => {
    const { code, out } = await query('range', '--start', at(0), '--end', at(2), '--step', '1m', 'sum(requests_total)')
    expect([code, out]).toEqual([0, `{} =>\n0 @[${at(0)}]\n30 @[${at(1)}]\n60 @[${at(2)}]\n`])
  })

  test('series and labels', async () => {
    expect((await query('series', '{job="api"}')).out).toBe('{__name__="requests_total", job="api"}\n')
    expect((await query('labels', '--match', 'requests_total', 'job')).out).toBe('api\nweb\n')
    expect((await query('labels', '--match', 'requests_total')).out).toBe('__name__\njob\n')
  })

  test('an explanation', async () => {
    const { code, out } = await query('instant', '--explain', '--time', at(9), 'sum(rate(requests_total[5m]))')
    expect(code).toBe(0)
    expect(out).toMatch(/^\{\} => 0\.5 @/)
    expect(out).toMatch(/series +samples +ms +part/)
    expect(out).toMatch(
      /1 +[\d.]+ +sum\(rate\(requests_total\[5m\]\)\)\n +2 +\d* +[\d.]+ +└─ rate\(requests_total\[5m\]\)/,
    )
  })

  test('what is no query is underlined', async () => {
    const { code, err, out } = await query('instant', 'sum(rat(up[5m]))')
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('1:5: parse error: unknown function with name "rat"\n  sum(rat(up[5m]))\n      ^~~\n')
  })

  test('a tenant sees its own', async () => {
    expect((await query('instant', '--tenant', 'other', '--time', at(9), 'requests_total')).out).toBe('\n')
  })

  test('nobody at the address', async () => {
    const { code, err } = await bongsuTool(['query', 'instant', '--url', 'http://127.0.0.1:1', 'up'])
    expect(code).toBe(1)
    expect(err).toContain('connection refused\n  Check the address')
  })

  test('a reader that has seen enough ends it in silence', async () => {
    const { code, err } = await bongsuTool(['query', 'format', 'up'])
    expect([code, err]).toEqual([0, ''])
  })
})

describe.skipIf(program === undefined)('against Prometheus', () => {
  let url = ''
  let stop = async (): Promise<void> => undefined
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bongsu-cli-'))
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    writeFileSync(join(folder, 'prometheus.yml'), 'scrape_configs: []\n')
    const child = runChild(program ?? '', [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
    ])
    stop = async () => {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    await eventually('Prometheus is ready', async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined))
    expect((await postWrite(url, series, 1)).status).toBe(204)
  })
  afterAll(() => stop())

  const asked: [name: string, args: string[]][] = [
    ['a vector', ['instant', '--time', at(9), 'requests_total / 7']],
    ['a scalar', ['instant', '--time', at(9), '1 / 3']],
    ['a string', ['instant', '--time', at(9), '"a"']],
    ['a matrix', ['instant', '--time', at(9), 'requests_total[3m]']],
    ['JSON', ['instant', '-o', 'json', '--time', at(9), 'rate(requests_total[5m])']],
    ['a range', ['range', '--start', at(0), '--end', at(9), 'requests_total']],
    ['series', ['series', '--start', at(0), '--end', at(9), 'requests_total']],
    ['labels', ['labels', '--start', at(0), '--end', at(9), 'job']],
    ['an error', ['instant', 'sum(rat(up))']],
    ['a failure', ['instant', '--time', at(9), 'label_replace(requests_total, "job", "x", "", "")']],
  ]
  test.each(asked)('%s is the same as of Bongsu', async (_, [part = '', ...args]) => {
    const peers = await bongsuTool(['query', part, url, ...args])
    expect(peers).toEqual(await query(part, ...args))
    expect(peers.out + peers.err).not.toBe('')
  })

  test('it does not explain', async () => {
    const { code, err } = await bongsuTool(['query', 'instant', url, '--explain', '1'])
    expect([code, err]).toEqual([0, 'warning: the server does not explain queries\n'])
  })
})
