/** Names that JavaScript's objects have for themselves are names of labels, metrics, jobs and tenants like any other. */
import { describe, expect, test } from 'vitest'
import { labelsJson } from '../src/api/prometheus/result-json.ts'
import { jsonToProtobuf } from '../src/codec/otlp/json.ts'
import { TextCursor } from '../src/codec/exposition/text-cursor.ts'
import { LabelSet } from '../src/model/labels.ts'
import { compileRelabeling } from '../src/pipeline/relabel/relabel.ts'
import { relabelSchema } from '../src/pipeline/relabel/config.ts'
import { parseJsonGroups, parseYamlGroups, withLabels } from '../src/receive/discovery/target-group.ts'
import { groupingOf } from '../src/receive/pushgateway/grouping.ts'
import { describeGroup } from '../src/receive/pushgateway/listing.ts'
import { readPage } from '../src/receive/pushgateway/page.ts'
import { discoveredLabels } from '../src/receive/scrape/target-labels.ts'
import type { TenantId } from '../src/model/tenant.ts'
import { otlpService } from './support/otlp-service.ts'
import { jobOf, ScrapeRig } from './support/scrape-rig.ts'
import { answer, startServer } from './support/http-server.ts'

const NAMES = ['__proto__', 'constructor', 'hasOwnProperty', 'prototype', 'toString', 'valueOf'] as const
const labels = LabelSet.from(NAMES.map((name) => [name, `of ${name}`]))
const inside = NAMES.map((name) => `${name}="of ${name}"`).join(',')

/** What a JSON text says of a name, whatever objects make of it. */
function pairsOf(json: string): readonly (readonly [string, unknown])[] {
  const pairs: (readonly [string, unknown])[] = []
  JSON.parse(json, (key, value: unknown) => {
    if (key !== '') pairs.push([key, value])
    return value
  })
  return pairs
}

test('label sets hold them, print them and give them back', () => {
  for (const name of NAMES) {
    expect(labels.get(name)).toBe(`of ${name}`)
    expect(LabelSet.EMPTY.get(name)).toBeUndefined()
    expect(LabelSet.EMPTY.has(name)).toBe(false)
  }
  expect(LabelSet.of(labels.toRecord()).equals(labels)).toBe(true)
  expect(LabelSet.EMPTY.with(labels.toRecord()).equals(labels)).toBe(true)
  expect(pairsOf(labelsJson(labels))).toEqual([...labels.entries()])
})

test('relabeling reads, writes, maps and drops them', () => {
  const run = (rule: object): LabelSet | undefined =>
    compileRelabeling([relabelSchema.parse(rule)], 'utf8')(LabelSet.of({ a: '1' }))
  for (const name of NAMES) {
    expect(run({ source_labels: [name], regex: '', action: 'keep' })).toBeDefined()
    expect(run({ source_labels: ['a'], target_label: name })?.get(name)).toBe('1')
    // A group of that name that the expression does not have is empty.
    expect(run({ source_labels: ['a'], target_label: 'b', replacement: `x\${${name}}` })?.get('b')).toBe('x')
  }
  const mapped = compileRelabeling(
    [relabelSchema.parse({ action: 'labelmap', regex: '(.*)', replacement: 'n_$1' })],
    'utf8',
  )
  for (const name of NAMES) expect(mapped(labels)?.get(`n_${name}`)).toBe(`of ${name}`)
})

describe('discovery', () => {
  const given = `{${NAMES.map((name) => `"${name}": "of ${name}"`).join(', ')}}`
  test.each([
    ['JSON', parseJsonGroups(`[{"targets": ["a:1"], "labels": ${given}}]`, String)],
    ['YAML', parseYamlGroups(`- targets: ["a:1"]\n  labels: ${given}`, String)],
  ])('from %s keeps them', (_, groups) => {
    const [group] = groups.map((one) => withLabels(one, { __meta_filepath: 'f' }))
    const found = discoveredLabels(jobOf({}), group?.targets[0] ?? {}, group?.labels ?? {})
    for (const name of NAMES.slice(1)) expect(found.get(name)).toBe(`of ${name}`)
  })
})

test('a page that is scraped keeps them, on the first reading and from the cache', async () => {
  const page = `${NAMES.slice(1).join('{} 1\n')}{} 1\nm{${inside}} 2\n`
  await using server = await startServer(answer(page, { 'content-type': 'text/plain; version=0.0.4' }))
  await using rig = await new ScrapeRig([
    jobOf({ job_name: 'constructor', static_configs: [{ targets: [server.address] }] }),
  ]).start()
  await rig.tick()
  await rig.tick()
  const series = rig.metrics.all().filter(({ labels: { name } }) => name === 'm' || NAMES.some((one) => one === name))
  expect(series.map(({ labels: { name }, samples }) => [name, samples.length])).toEqual([
    ...NAMES.slice(1).map((name) => [name, 2]),
    ['m', 2],
  ])
  for (const [name, value] of labels.entries()) expect(series.at(-1)?.labels.get(name)).toBe(value)
  expect(rig.manager.droppedTargetCounts()).toEqual({ constructor: 0 })
  expect([...rig.manager.targetMetadata('toString', () => true)]).toEqual([])
})

test('a pushed group shows them', () => {
  const grouping = groupingOf(
    `/metrics/job/toString/${NAMES.slice(1)
      .map((name) => `${name}/of%20${name}`)
      .join('/')}`,
  )
  const families = readPage(Buffer.from('valueOf 1\nconstructor 2\n'), undefined, grouping, 1)
  const group = { tenant: 'constructor' as TenantId, grouping, families, createdAt: 1, pushedAt: 1, failedAt: 0 }
  const shown = new Map(pairsOf(JSON.stringify(describeGroup(group))))
  for (const name of NAMES.slice(1)) expect(shown.has(name)).toBe(true)
  expect([...families.keys()]).toEqual(['valueOf', 'constructor'])
})

test('OTLP attributes of those names become labels', async () => {
  const { sendBytes, next } = otlpService({ translation_strategy: 'NoTranslation' })
  const attributes = NAMES.map((name) => `{"key": "${name}", "value": {"stringValue": "of ${name}"}}`).join(',')
  const point = `{"timeUnixNano": "1700000000000000000", "asInt": "1", "attributes": [${attributes}]}`
  const request = `{"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "toString", "gauge": {"dataPoints": [${point}]}}]}]}]}`
  expect(await sendBytes(jsonToProtobuf(Buffer.from(request), 'ExportMetricsServiceRequest'))).toBeUndefined()
  const [series] = next.all()
  expect(series?.labels.name).toBe('toString')
  for (const [name, value] of labels.entries()) expect(series?.labels.get(name)).toBe(value)
})

test('the text format reads them', () => {
  const cursor = new TextCursor(Buffer.from(`constructor{${inside}} 1\n`), { format: 'text' })
  expect(cursor.next()).toBe(true)
  expect([...cursor.labels().entries()]).toEqual([...labels.with({ __name__: 'constructor' }).entries()])
})
