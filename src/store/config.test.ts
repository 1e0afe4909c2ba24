import { describe, expect, test } from 'vitest'
import { storeSection } from './config.ts'

const parse = (text: unknown): unknown => storeSection.schema.safeParse(text)

describe('store section', () => {
  test('is complete without a word', () => {
    expect(storeSection.schema.parse(undefined)).toMatchObject({
      path: 'bongsu-data',
      database: 'bongsu',
      retention: { metrics: 15 * 86_400_000 },
      memory: { total: 2 * 1024 ** 3, query: 800 * 1024 ** 2 },
    })
  })

  test('never shows the password', () => {
    const config = storeSection.schema.parse({ url: 'https://db:8443', password: 'geheim' })
    expect(JSON.stringify(config)).not.toContain('geheim')
    expect(config.password.reveal()).toBe('geheim')
  })

  const wrong: [name: string, section: unknown][] = [
    ['an unknown key', { pth: 'x' }],
    ['a url of another protocol', { url: 'tcp://db:9000' }],
    ['a database that is no name', { database: "b'; DROP" }],
    ['a cluster that is no name', { cluster: "c'" }],
    ['a retention that is no duration', { retention: { metrics: 'long' } }],
    ['a retention of nothing', { retention: { metrics: '0s' } }],
    ['no thread', { threads: 0 }],
  ]
  test.each(wrong)('refuses %s', (_, section) => {
    expect(parse(section)).toMatchObject({ success: false })
  })
})
