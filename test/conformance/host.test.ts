import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { makeCollectors } from '../../src/receive/host/collectors.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'

/** Topics whose files are among the fixtures (the rest asks the running kernel). */
const TOPICS = [
  'cpu',
  'diskstats',
  'entropy',
  'filefd',
  'loadavg',
  'meminfo',
  'netstat',
  'pressure',
  'sockstat',
  'stat',
  'vmstat',
]

const fixtures = join(conformanceDir() ?? '', 'node-exporter/fixtures')

describe.skipIf(conformanceDir() === undefined || !existsSync(fixtures))("node_exporter's own fixtures", () => {
  test('every sample of our topics is what node_exporter makes of the same files', async () => {
    const wanted = new Map<string, number>()
    for (const line of readFileSync(join(fixtures, 'e2e-output.txt'), 'utf8').split('\n')) {
      const at = line.lastIndexOf(' ')
      if (!line.startsWith('#') && at > 0) wanted.set(line.slice(0, at), Number(line.slice(at + 1)))
    }
    const roots = { proc: join(fixtures, 'proc'), sys: join(fixtures, 'sys'), root: '/' }
    const got = new Map<string, number>()
    const families = new Set<string>()
    for (const topic of TOPICS) {
      for (const { name, samples } of (await makeCollectors({ clock: systemClock })[topic]?.(roots)) ?? []) {
        families.add(name)
        for (const { labels, value } of samples) {
          const inside = Object.entries(labels)
            .map(([key, text]) => `${key}="${text}"`)
            .sort()
            .join(',')
          got.set(inside === '' ? name : `${name}{${inside}}`, value)
        }
      }
    }
    const ours = [...wanted].filter(([series]) => families.has(series.split('{')[0] ?? ''))
    expect(ours.length).toBeGreaterThan(300)
    expect(Object.fromEntries(got)).toEqual(Object.fromEntries(ours))
    printTally({ suite: 'node_exporter fixtures (samples)', passed: ours.length, left: [] })
  })
})
