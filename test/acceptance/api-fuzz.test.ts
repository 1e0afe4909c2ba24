/** Random and mutated requests to a real Bongsu: it never answers 500, never shows a stack trace, never ends. */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Dice, oddRequests, sensibleRequests } from '../support/api-requests.ts'
import type { ApiRequest } from '../support/api-requests.ts'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'

const ROUNDS = 2500
const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
] as const
const ROOTS = [
  'api/v1/',
  'api/v1/status/',
  'api/bongsu/',
  '-/',
  'federate',
  'metrics',
  'metrics/job/a',
  'otlp/v1/metrics',
  'api/v1/write',
  'api/v1/otlp/v1/metrics',
  'api/v1/label/',
  '',
] as const
const PIECES = [
  '',
  '%',
  '%zz',
  '%00',
  '%ff',
  '\u0000',
  '..',
  '/',
  '//',
  '?',
  '&',
  '=',
  '#',
  ';',
  '__proto__',
  'constructor',
  'match[]',
  '{',
  '}',
  '(',
  '[',
  '"',
  "'",
  '\\',
  '~',
  '9e999',
  '-1',
  'NaN',
  'Infinity',
  '😀',
  '\ud800',
  'x'.repeat(3000),
  '('.repeat(3000),
  '(a|'.repeat(500),
  'U__',
  'U__d800_',
  'U__110000_',
  'null',
] as const
const HEADERS: readonly [string, readonly [string, ...string[]]][] = [
  ['accept', ['*/*', 'text/html', 'application/json', 'application/openmetrics-text', ';;q=,', 'x'.repeat(5000)]],
  ['accept-encoding', ['gzip', 'deflate', 'gzip;q=0', 'br', ',,,']],
  [
    'content-type',
    [
      'application/x-www-form-urlencoded',
      'application/json',
      'application/x-protobuf',
      'multipart/form-data; boundary=x',
      'a',
      '/',
    ],
  ],
  ['content-encoding', ['snappy', 'gzip', 'zstd', 'x']],
  ['x-scope-orgid', ['a', 'b|c', '../x', '']],
  ['x-prometheus-remote-write-version', ['2.0.0', 'x']],
]

let bongsu: BongsuProcess
beforeAll(async () => {
  bongsu = await startBongsu()
})
afterAll(async () => {
  const code = await bongsu.stop()
  if (code !== 0) throw new Error(`Bongsu ended with ${code}:\n${bongsu.log()}`)
})

/** A text with some of its characters taken out, doubled or followed by something odd. */
function mutated(text: string, dice: Dice): string {
  let changed = text
  for (let n = dice.below(3); n > 0; n--) {
    const at = dice.below(changed.length + 1)
    changed = changed.slice(0, at) + dice.pick(PIECES) + changed.slice(at + dice.below(3))
  }
  return changed
}

function pathOf({ path }: ApiRequest, dice: Dice): string {
  return dice.chance(0.6) ? `api/v1/${path}` : dice.pick(ROOTS) + (dice.chance(0.5) ? path : dice.pick(PIECES))
}

function parametersOf({ params }: ApiRequest, dice: Dice): string {
  const pairs = params.map(([name, value]) => {
    const pair = [dice.chance(0.1) ? mutated(name, dice) : name, dice.chance(0.5) ? mutated(value, dice) : value]
    // Mostly well-formed, sometimes left as it is.
    return pair.map((text) => (dice.chance(0.9) ? encodeURIComponent(wellFormed(text)) : ascii(text))).join('=')
  })
  return pairs.join('&')
}

const wellFormed = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text))
/** What may stand in a request line: the rest would be refused by our own HTTP client. */
const ascii = (text: string): string => wellFormed(text).replace(/[^\x21-\x7e]|#/g, '.')

async function send(request: ApiRequest, dice: Dice): Promise<{ status: number; text: string; what: string }> {
  const method = dice.pick(METHODS)
  const parameters = parametersOf(request, dice)
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
  const path = ascii(dice.chance(0.3) ? mutated(pathOf(request, dice), dice) : pathOf(request, dice))
  const headers = Object.fromEntries(
    HEADERS.filter(([name]) => dice.chance(name === 'content-type' ? 0.9 : 0.15)).map(([name, values]) => [
      name,
      dice.pick(values),
    ]),
  )
  const url = `${bongsu.url}/${path}${hasBody || parameters === '' ? '' : `?${parameters}`}`
  const body = hasBody ? { body: dice.chance(0.1) ? randomBytes(dice) : parameters } : {}
  const response = await fetch(url, { method, headers, ...body })
  const text = await response.text()
  return {
    status: response.status,
    text,
    what: `${method} ${url.slice(0, 500)} ${JSON.stringify(headers).slice(0, 300)}`,
  }
}

function randomBytes(dice: Dice): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: dice.below(400) }, () => dice.below(256))
}

test(`${ROUNDS} random requests`, async () => {
  const dice = new Dice(3)
  const seeds = [...oddRequests(Date.now()), ...sensibleRequests(300, dice, Date.now())]
  const statuses = new Map<number, number>()
  for (let round = 0; round < ROUNDS; round++) {
    const request = seeds[dice.below(seeds.length)] as ApiRequest
    const { status, text, what } = await send(request, dice)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    expect(status, `${what}\n${text.slice(0, 300)}`).not.toBe(500)
    expect(text, what).not.toMatch(/\n\s+at .*:\d+:\d+/)
  }
  console.log(`fuzz of the API: ${JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))}`)
  expect(statuses.get(200) ?? 0).toBeGreaterThan(ROUNDS / 20)
  expect(bongsu.log()).not.toContain('failed on a bug')
  expect((await fetch(`${bongsu.url}/-/ready`)).status).toBe(200)
})

test('bytes that are no HTTP', async () => {
  const dice = new Dice(4)
  for (let round = 0; round < 60; round++) {
    const start = dice.pick([
      '',
      'GET / HTTP/1.1\r\n',
      'POST /api/v1/query HTTP/1.1\r\ncontent-length: 99999\r\n',
      'GET /%00 HTTP/1.1\r\n\r\n',
    ])
    const answer = await raw(Buffer.concat([Buffer.from(start), randomBytes(dice)]))
    expect(answer).not.toMatch(/^HTTP\/1\.1 500/)
  }
  expect((await fetch(`${bongsu.url}/-/ready`)).status).toBe(200)
})

/** Sends bytes, ends the sending side, and gives back what came. */
function raw(bytes: Buffer): Promise<string> {
  return new Promise((done, fail) => {
    let answer = ''
    const socket = connect(Number(new URL(bongsu.url).port), '127.0.0.1', () => socket.end(bytes))
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.once('close', () => done(answer))
    socket.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? done(answer) : fail(error)))
  })
}
