import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { SeriesCache } from '../../src/codec/exposition/series-cache.ts'
import { TextCursor } from '../../src/codec/exposition/text-cursor.ts'
import { conformanceDir, printTally } from '../support/conformance.ts'
import { printEntries } from '../support/entries.ts'

const dir = conformanceDir()
const folder = dir === undefined ? undefined : join(dir, 'prometheus/prometheus/textparse-testdata')

describe.skipIf(folder === undefined)('sample pages of Prometheus', () => {
  const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.txt'))
  let passed = 0
  afterAll(() => printTally({ suite: 'exposition sample pages', passed, left: [] }))

  test.each(files)('%s reads the same the first time, and from the cache', (name) => {
    const page = readFileSync(join(folder ?? '', name))
    const format = name.includes('.om.') ? 'openmetrics' : 'text'
    // Some OpenMetrics samples are pieces, without the end.
    const whole = format === 'text' || page.includes('# EOF') ? page : Buffer.concat([page, Buffer.from('# EOF\n')])
    const cache = new SeriesCache()
    const first = printEntries(new TextCursor(whole, { format, cache }))
    const lines = whole
      .toString()
      .split('\n')
      .filter((line) => line !== '' && (format === 'text' || line !== '# EOF'))
    expect(first).toHaveLength(lines.length)
    expect(printEntries(new TextCursor(whole, { format, cache }))).toEqual(first)
    expect(printEntries(new TextCursor(whole, { format }))).toEqual(first)
    passed++
  })
})
