import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApiServer } from '../support/api-server.ts'
import type { ApiServer } from '../support/api-server.ts'
import { write } from '../support/metrics-store.ts'
import type { Row } from '../support/metrics-store.ts'

const T = 1_700_000_000_000
let server: ApiServer
beforeAll(async () => {
  server = await startApiServer(T, { maxSamples: 100, maxSeries: 3 })
  const rows: Row[] = [
    ...Array.from({ length: 101 }, (_, i): Row => [{ __name__: 'long' }, T - 200_000 + i * 1000, i]),
    ...['a', 'b', 'c', 'd'].map((x): Row => [{ __name__: 'wide', x, padding: 'p'.repeat(4000) }, T, 1]),
  ]
  await write(server.consumer, rows)
})
afterAll(() => server[Symbol.asyncDispose]())

const cases: [path: string, status: number, errorType: string, error: RegExp][] = [
  ['query?query=long[5m]', 422, 'execution', /^query processing would load too many samples into memory in query exec/],
  ['query?query=wide', 422, 'execution', /more than 3 series/],
  ['series?match[]=wide', 422, 'execution', /more than 3 series/],
  ['query?query=long&timeout=0', 503, 'timeout', /^query timed out in expression evaluation$/],
]
test.each(cases)('%s', async (path, status, errorType, error) => {
  const response = await fetch(`${server.url}/api/v1/${path}`)
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({ status: 'error', errorType, error: expect.stringMatching(error) as string })
})

test('within the limits it answers, and a long answer is compressed as the client likes', async () => {
  const url = `${server.url}/api/v1/query?query=${encodeURIComponent('wide{x=~"a|b|c"}')}`
  for (const encoding of ['gzip', 'deflate', 'identity']) {
    const response = await fetch(url, { headers: { 'accept-encoding': encoding } })
    expect(response.headers.get('content-encoding') ?? 'identity').toBe(encoding)
    expect(((await response.json()) as { data: { result: unknown[] } }).data.result).toHaveLength(3)
  }
})
