import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { federatedFamilies, writePage } from '../../src/codec/exposition/federate.ts'
import type { FederatedSample } from '../../src/codec/exposition/federate.ts'
import { negotiate } from '../../src/codec/exposition/negotiate.ts'
import { TextCursor } from '../../src/codec/exposition/text-cursor.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

const dir = conformanceDir()

interface Case {
  readonly name: string
  readonly body: string
  readonly code: string
  readonly externalLabels?: Readonly<Record<string, string>>
}

/** The samples behind a page of federation: its series without the labels that federation itself adds. */
function samplesOf({ body, externalLabels = {} }: Case): FederatedSample[] {
  const added = Object.entries(externalLabels)
  const cursor = new TextCursor(Buffer.from(body), { format: 'text' })
  const samples: FederatedSample[] = []
  while (cursor.next()) {
    if (cursor.kind !== 'series') continue
    const labels = cursor.labels()
    const own = labels.without(...added.filter(([name, value]) => labels.get(name) === value).map(([name]) => name))
    samples.push({ labels: own, timestamp: cursor.timestamp, value: cursor.value })
  }
  return samples.reverse()
}

const path = dir === undefined ? undefined : join(dir, 'prometheus/flat/federate-cases.json')
const cases =
  path === undefined ? [] : (JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly Case[] }).cases

describe.skipIf(path === undefined)('federation pages', () => {
  const written = cases.filter(({ code }) => code === 'http.StatusOK')
  let passed = 0
  afterAll(() => printTally({ suite: 'federation, the pages as written', passed, left: [] }))
  // Which series a selector picks is the business of the querier; here their pages are written anew.
  test.each(written)('$name', (one) => {
    const answer = negotiate(undefined, ['text', 'protobuf'])
    const families = federatedFamilies(samplesOf(one).sort(byLabels), one.externalLabels ?? {}, answer.format)
    expect(writePage(families, answer).toString()).toBe(one.body)
    passed++
  })
})

function byLabels(a: FederatedSample, b: FederatedSample): number {
  return a.labels.toString() < b.labels.toString() ? -1 : 1
}
