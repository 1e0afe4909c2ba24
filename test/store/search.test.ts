import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApiServer } from '../support/api-server.ts'
import type { ApiServer } from '../support/api-server.ts'
import { write } from '../support/metrics-store.ts'
import type { Row } from '../support/metrics-store.ts'

const T = 1_700_000_000_000
let server: ApiServer
beforeAll(async () => {
  server = await startApiServer(T)
  const names = ['http_requests_total', 'http_errors_total', 'go_threads', 'up']
  await write(server.consumer, [
    ...names.flatMap((name): Row[] => ['a', 'b'].map((job) => [{ __name__: name, job }, T - 60_000, 1])),
    [{ __name__: 'long_ago', era: 'past' }, T - 7_200_000, 1],
  ])
})
afterAll(() => server[Symbol.asyncDispose]())

async function lines(path: string, params: string): Promise<unknown[]> {
  const response = await fetch(`${server.url}/api/v1/search/${path}?${params}`)
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
  const text = await response.text()
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}
const named = (...names: string[]): object => ({ results: names.map((name) => ({ name })) })
const end = (has_more: boolean): object => ({ status: 'success', has_more })

test('everything of the last hour, sorted', async () => {
  const names = ['go_threads', 'http_errors_total', 'http_requests_total', 'up']
  expect(await lines('metric_names', '')).toEqual([named(...names), end(false)])
  expect(await lines('metric_names', `start=${T / 1000 - 8000}`)).toContainEqual(
    named('go_threads', 'http_errors_total', 'http_requests_total', 'long_ago', 'up'),
  )
  expect(await lines('label_names', '')).toEqual([named('__name__', 'job'), end(false)])
  expect(await lines('label_values', 'label=job&sort_by=alpha&sort_dir=dsc')).toEqual([
    { results: [{ value: 'b' }, { value: 'a' }] },
    end(false),
  ])
})

test('in batches, and told when there is more', async () => {
  expect(await lines('metric_names', 'limit=3&batch_size=2')).toEqual([
    named('go_threads', 'http_errors_total'),
    named('http_requests_total'),
    end(true),
  ])
  expect(await lines('metric_names', 'limit=4&batch_size=2')).toContainEqual(end(false))
  expect(await lines('metric_names', 'search[]=nothing')).toEqual([named(), end(false)])
})

test('the best first, with scores', async () => {
  const [first, last] = await lines('metric_names', 'search[]=htot&sort_by=score&include_score=true&limit=1')
  // Two runs of two letters, a gap of 13 and 2 letters behind, of 19.
  const score = ((8 - 13 / 19 - 2 / 38) / 16) * 0.999
  expect(first).toEqual({ results: [{ name: 'http_requests_total', score: expect.closeTo(score, 12) as number }] })
  expect(last).toEqual(end(true))
})

test('within a selector', async () => {
  const match = encodeURIComponent('{job="a",__name__=~"http.*"}')
  expect(await lines('metric_names', `match[]=${match}&search[]=err`)).toEqual([named('http_errors_total'), end(false)])
})

test('errors are one JSON object', async () => {
  const response = await fetch(`${server.url}/api/v1/search/label_values`, { method: 'POST' })
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({
    status: 'error',
    errorType: 'bad_data',
    error: 'missing required parameter "label"',
  })
})
