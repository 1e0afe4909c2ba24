/** Stops, and starts over whatever an earlier run, a fault of the disk or an operator left. */
import { mkdir, open, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBongsu } from '../support/bongsu-process.ts'
import type { BongsuProcess } from '../support/bongsu-process.ts'
import { embeddedEngine } from '../support/embedded-store.ts'
import { never } from '../support/metrics-store.ts'
import { RemoteWriteSender } from '../support/remote-write-sender.ts'
import { tempFolder } from '../support/temp-folder.ts'

// Nothing goes to the tables by itself: what is acknowledged is in the log only.
const logOnly = 'head: { flush_interval: 1h }\nhost_metrics: { enabled: false }\nself_scrape: { enabled: false }'

let folder: Awaited<ReturnType<typeof tempFolder>>
let dataDir: string
beforeEach(async () => {
  folder = await tempFolder()
  dataDir = join(folder.path, 'data')
})
afterEach(() => folder[Symbol.asyncDispose]())

const newSender = (name: string): RemoteWriteSender =>
  new RemoteWriteSender({ name, version: 2, start: Date.now() - 600_000 })

/** Writes 40 batches and is killed: the log holds them, a frame each. */
async function killedWith(sender: RemoteWriteSender, dir = dataDir): Promise<string> {
  const bongsu = await startBongsu({ dataDir: dir, config: logOnly })
  for (let i = 0; i < 40; i++) expect(await sender.sendOne(bongsu.url)).toBe(204)
  await bongsu.kill()
  const log = join(dir, 'wal/metrics')
  const [segment = 'none'] = await readdir(log)
  return join(log, segment)
}

async function withBongsu<T>(use: (bongsu: BongsuProcess) => Promise<T>): Promise<T> {
  const bongsu = await startBongsu({ dataDir, config: logOnly })
  try {
    return await use(bongsu)
  } finally {
    expect(await bongsu.stop()).toBe(0)
  }
}

async function overwrite(file: string, at: number, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.length, at)
  await handle.close()
}

describe('a stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s under load loses nothing and ends with 0 in time',
    async (signal) => {
      const senders = ['a', 'b', 'c'].map(newSender)
      let bongsu = await startBongsu({ dataDir })
      const end = new AbortController()
      const sending = Promise.all(senders.map((sender) => sender.run(() => bongsu.url, end.signal)))
      for (let round = 0; round < 3; round++) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        const asked = performance.now()
        bongsu.send(signal)
        expect(await bongsu.exited).toBe(0)
        expect(performance.now() - asked).toBeLessThan(20_000)
        expect(bongsu.log()).not.toContain('level=error')
        bongsu = await startBongsu({ dataDir })
      }
      end.abort()
      await sending
      for (const sender of senders) {
        expect(sender.batches).toBeGreaterThan(10)
        expect(sender.finalRefusals).toEqual([])
        expect((await sender.missing(bongsu.url)).slice(0, 3)).toEqual([])
      }
      expect(await bongsu.stop()).toBe(0)
    },
  )

  test('asked for twice ends at once, and what was acknowledged is in the log', async () => {
    const sender = newSender('twice')
    const bongsu = await startBongsu({ dataDir, config: logOnly })
    for (let i = 0; i < 40; i++) expect(await sender.sendOne(bongsu.url)).toBe(204)
    const asked = performance.now()
    bongsu.send('SIGINT')
    bongsu.send('SIGINT')
    expect([0, 130]).toContain(await bongsu.exited)
    expect(performance.now() - asked).toBeLessThan(5_000)
    await withBongsu(async ({ url }) => expect(await sender.missing(url)).toEqual([]))
  })
})

describe('a start', () => {
  test('does not migrate what is migrated', async () => {
    await withBongsu((bongsu) => Promise.resolve(expect(bongsu.log()).toContain('migrated the store')))
    await withBongsu((bongsu) => Promise.resolve(expect(bongsu.log()).not.toContain('migrated the store')))
  })

  test.each([
    [
      'garbage behind the last write',
      async (file: string) => overwrite(file, (await readFile(file)).length, Buffer.from('BWF1 half a frame')),
    ],
    [
      'zeros behind the last write',
      async (file: string) => overwrite(file, (await readFile(file)).length, Buffer.alloc(5000)),
    ],
  ])('over a log with %s keeps all', async (_, spoil) => {
    const sender = newSender('torn')
    await spoil(await killedWith(sender))
    await withBongsu(async (bongsu) => {
      expect(bongsu.log()).toContain('cut a torn tail off the log; it was never acknowledged')
      expect(await sender.missing(bongsu.url)).toEqual([])
    })
  })

  test('over a log with a damaged write loses that write only, and says so', async () => {
    const sender = newSender('damaged')
    const file = await killedWith(sender)
    const { length } = await readFile(file)
    await overwrite(file, Math.floor(length / 2), Buffer.from('a fault of the disk'))
    const lost = await withBongsu(async (bongsu) => {
      expect(bongsu.log()).toMatch(
        /level=error msg="the log is damaged: .* segment=\d+-\w+ bytes=\d+ copy=\S+\.damaged/,
      )
      return sender.missing(bongsu.url)
    })
    // One batch: its ten steady samples, its late one, its new series, its histogram.
    expect(lost).toHaveLength(13)
    await withBongsu(async (bongsu) => expect(await sender.missing(bongsu.url)).toEqual(lost))
  })

  test('over a log that was cut short amid its segments keeps every whole write', async () => {
    const [early, later] = [newSender('early'), newSender('later')]
    const first = await killedWith(early, join(folder.path, 'one'))
    const second = await killedWith(later, join(folder.path, 'two'))
    await truncate(first, (await readFile(first)).length - 10)
    await mkdir(join(dataDir, 'wal/metrics'), { recursive: true })
    for (const [i, file] of [first, second].entries()) {
      await rename(file, join(dataDir, 'wal/metrics', `000000000${i + 1}-${file.slice(-20)}`))
    }
    await withBongsu(async (bongsu) => {
      expect(bongsu.log()).toContain('the log is damaged')
      expect(await early.missing(bongsu.url)).toHaveLength(13)
      expect(await later.missing(bongsu.url)).toEqual([])
    })
  })

  test('over a folder of a newer program is refused', async () => {
    await mkdir(dataDir)
    await writeFile(join(dataDir, 'bongsu.json'), '{"format": 99}\n')
    await expect(startBongsu({ dataDir })).rejects.toThrow(/ended with 1:[^]*store\.too_new: .*newer[^]*Run the newer/)
  })

  test('over tables of a newer program is refused', async () => {
    await withBongsu(() => Promise.resolve())
    const engine = embeddedEngine(dataDir)
    await engine.start(never)
    const columns = [
      { name: 'version', type: 'UInt32', data: Uint32Array.of(999) },
      { name: 'name', type: 'String', data: ['0999-of-the-future'] },
    ]
    await engine.write('migrations', columns, { rows: 1, dedupToken: 'future', signal: never })
    await engine.stop(AbortSignal.timeout(10_000))
    await expect(startBongsu({ dataDir })).rejects.toThrow(/ended with 1:[^]*store\.too_new: .*0999-of-the-future/)
  })

  test.each([
    ['of no YAML', 'a: [', /config\.refused/],
    ['with a wrong key', 'store: { pat: x }', /bongsu\.yml:1:10 .*store\.pat/],
  ])('with a configuration %s is refused, with the place', async (_, config, told) => {
    await expect(startBongsu({ dataDir, config })).rejects.toThrow(told)
  })

  test.each([
    ['that is not there', '/nowhere/bongsu.yml'],
    ['that is a folder', '/'],
  ])('with a configuration %s is refused, in words', async (_, file) => {
    const refused = startBongsu({ dataDir, args: ['--config', file] })
    await expect(refused).rejects.toThrow(/Bongsu ended with [12]:/)
    await expect(refused).rejects.toThrow(file)
    await expect(refused).rejects.not.toThrow(/\n +at /)
  })
})
