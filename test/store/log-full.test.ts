/** What a full disk does to writes: they are refused as a whole, nothing of them stays, and they go through once there is room. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { SeriesIdentity } from '../../src/store/head/identity.ts'
import { makeCrc32 } from '../../src/store/wal/crc32.ts'
import { readFrames } from '../../src/store/wal/frame.ts'
import { decodeRecords } from '../../src/store/wal/record.ts'
import { listSegments } from '../../src/store/wal/segment.ts'
import { withFolder } from '../support/embedded-store.ts'

const CHILD = join(import.meta.dirname, '../support/full-disk-child.ts')

test('a log that can not grow refuses its writers, keeps all that it acknowledged, and nothing twice', async () => {
  await withFolder(async (folder) => {
    // The shell counts in blocks of 512 or 1024 bytes: the log may grow to 100 or 200 KB a file, of about 500 KB in all.
    const script = `ulimit -f 200; exec "$0" --import tsx "$1" "$2"`
    const { stdout } = await promisify(execFile)('sh', ['-c', script, process.execPath, CHILD, folder], {
      maxBuffer: 1e8,
    })
    const { acknowledged, codes, held } = JSON.parse(stdout) as {
      acknowledged: string[]
      codes: string[]
      held: number
    }
    expect(codes.length).toBeGreaterThan(1)
    expect(new Set(codes)).toEqual(new Set(['store.disk_full']))
    expect(acknowledged.length).toBe(20_000)
    expect(held).toBe(20_000)

    const identity = new SeriesIdentity()
    const names = new Map<string, string>()
    const logged: string[] = []
    for (const { path } of await listSegments(folder)) {
      const bytes = await readFile(path)
      const { payloads, end } = readFrames(bytes, makeCrc32())
      expect(end).toBe(bytes.length)
      for (const { series, ids, timestamps } of payloads.flatMap(decodeRecords)) {
        for (const labels of series) {
          const { hi, lo } = identity.idOf(labels)
          names.set(`${hi}/${lo}`, `${labels.get('n')} ${labels.get('i')}`)
        }
        for (const [i, t] of timestamps.entries()) logged.push(`${names.get(`${ids[2 * i + 1]}/${ids[2 * i]}`)} ${t}`)
      }
    }
    expect(logged.sort()).toEqual(acknowledged.sort())
  })
})
