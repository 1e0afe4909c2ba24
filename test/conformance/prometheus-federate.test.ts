import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STALE_NAN } from '../../src/model/stale.ts'
import { startApiServer } from '../support/api-server.ts'
import type { ApiServer } from '../support/api-server.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'
import { write } from '../support/metrics-store.ts'
import type { Row } from '../support/metrics-store.ts'

interface Case {
  readonly name: string
  readonly params: string
  readonly code: 'http.StatusOK' | 'http.StatusBadRequest'
  readonly body: string
  readonly externalLabels?: Readonly<Record<string, string>>
}

const MINUTE = 60_000
const STATUS = { 'http.StatusOK': 200, 'http.StatusBadRequest': 400 } as const
const dir = conformanceDir()
const file = dir === undefined ? undefined : join(dir, 'prometheus/flat/federate-cases.json')
if (file === undefined) console.log('conformance cases are absent: the federation suite is skipped')
const cases =
  file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }).cases

/** The series that the cases ask for: one sample a minute from time 0, `value(n)` for minutes 0 to `last`. */
function minutely(labels: Row[0], last: number, value: (n: number) => number): Row[] {
  return Array.from({ length: last + 1 }, (_, n): Row => [labels, n * MINUTE, value(n)])
}

const SAMPLES: readonly Row[] = [
  ...minutely({ __name__: 'test_metric1', foo: 'bar', instance: 'i' }, 100, (n) => 100 * n),
  ...minutely({ __name__: 'test_metric1', foo: 'boo', instance: 'i' }, 100, () => 1),
  ...minutely({ __name__: 'test_metric2', foo: 'boo', instance: 'i' }, 100, () => 1),
  ...minutely({ __name__: 'test_metric_without_labels' }, 100, (n) => 1 + 10 * n),
  ...minutely({ __name__: 'test_metric_stale' }, 100, (n) => (n === 100 ? STALE_NAN : 1 + 10 * n)),
  ...minutely({ __name__: 'test_metric_old' }, 98, (n) => 1 + 10 * n),
]

describe.skipIf(file === undefined)('federation over HTTP', () => {
  let server: ApiServer
  let passed = 0
  beforeAll(async () => {
    server = await startApiServer(101 * MINUTE)
    const { rejected } = await write(server.consumer, SAMPLES)
    if (rejected > 0) throw new Error(`${rejected} samples were refused`)
  })
  afterAll(async () => {
    printTally({ suite: 'federation over HTTP', passed, left: [] })
    await server[Symbol.asyncDispose]()
  })

  test.each(cases)('$name', async ({ params, code, body, externalLabels = {} }) => {
    server.externalLabels = externalLabels
    const response = await fetch(`${server.url}/federate?${params}`)
    expect(response.status).toBe(STATUS[code])
    expect(await response.text()).toBe(body)
    passed++
  })
})
