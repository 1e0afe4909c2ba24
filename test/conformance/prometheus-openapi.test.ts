import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ABSENT } from '../../src/api/prometheus/absent.ts'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

const dir = conformanceDir()
const file = dir === undefined ? undefined : join(dir, 'prometheus/prometheus/openapi/openapi_3.2_golden.yaml')
if (file === undefined) console.log('the OpenAPI description is absent: its suite is skipped')
const paths =
  file === undefined
    ? {}
    : (parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> }).paths
const METHODS = new Set(['get', 'post', 'put'])
const documented = Object.entries(paths).flatMap(([path, operations]) =>
  Object.keys(operations)
    .filter((method) => METHODS.has(method))
    .map((method): [method: string, path: string] => [method.toUpperCase(), path.slice(1)]),
)

describe.skipIf(file === undefined)("the endpoints of Prometheus' OpenAPI description", () => {
  let bongsu: BongsuProcess
  const left: { name: string; reason: string }[] = []
  let passed = 0
  beforeAll(async () => {
    bongsu = await startBongsu()
  })
  afterAll(async () => {
    printTally({ suite: "Prometheus' endpoints", passed, left })
    await bongsu.stop()
  })

  test.each(documented)('%s %s', async (method, path) => {
    const url = `${bongsu.url}/api/v1/${path.replace('{name}', 'job')}`
    const response = await fetch(url, { method })
    const text = await response.text()
    const reason = ABSENT.find(([absentMethod, absentPath]) => absentMethod === method && absentPath === path)?.[2]
    const isGap = response.status === 501
    expect([404, 405, 500], text).not.toContain(response.status)
    expect(isGap, text).toBe(reason !== undefined)
    if (reason === undefined) passed++
    else left.push({ name: `${method} ${path}`, reason })
  })
})
