import { describe, expect, test } from 'vitest'
import { connectionArgs, serverConfig } from './server-config.ts'

const limits = { totalBytes: 1_000_000_000, queryBytes: 300_000_000, threads: 3 }

describe("the embedded server's configuration", () => {
  test('syncs parts, and opens after a cut of power whatever was cut', () => {
    const xml = serverConfig(limits)
    for (const element of [
      '<fsync_after_insert>1</',
      '<fsync_part_directory>1</',
      '<min_rows_to_fsync_after_merge>1</',
      '<max_suspicious_broken_parts>100000</',
    ])
      expect(xml).toContain(element)
  })

  test.each([100_000_000, 1_000_000_000, 64_000_000_000])('keeps its caches to a quarter of %i bytes', (totalBytes) => {
    const caches = [...serverConfig({ ...limits, totalBytes }).matchAll(/cache_size>(\d+)</g)].map(([, bytes]) =>
      Number(bytes),
    )
    expect(caches.length).toBeGreaterThan(8)
    expect(caches.reduce((sum, one) => sum + one, 0)).toBeLessThan(totalBytes / 4)
  })

  test('gives the limits of a query with the connection, for chDB takes no profiles from the file', () => {
    expect(connectionArgs('/x/engine.xml', limits)).toEqual(
      expect.arrayContaining(['--config-file=/x/engine.xml', '--max_threads=3', '--max_memory_usage=300000000']),
    )
  })
})
