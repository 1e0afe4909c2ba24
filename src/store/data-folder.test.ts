import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDataFolder } from './data-folder.ts'

describe('openDataFolder', () => {
  let parent: string
  let path: string
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'bongsu-folder-'))
    path = join(parent, 'deep/data')
  })
  afterEach(() => rm(parent, { recursive: true }))

  test('makes the folder, and gives it free again', async () => {
    const folder = await openDataFolder(path)
    expect(await readdir(path)).toEqual(['bongsu.json', 'clickhouse', 'inbox', 'lock'])
    await folder.release()
    await (await openDataFolder(path)).release()
    expect(await readdir(path)).not.toContain('lock')
  })

  test('refuses a folder that a living process holds, naming it', async () => {
    const folder = await openDataFolder(path)
    await expect(openDataFolder(path)).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    })
    await folder.release()
  })

  test.runIf(existsSync('/proc/self'))('refuses a place where no folder can be', async () => {
    await expect(openDataFolder('/proc/bongsu')).rejects.toMatchObject({ code: 'store.open_failed' })
    await writeFile(join(parent, 'file'), '')
    await expect(openDataFolder(join(parent, 'file'))).rejects.toMatchObject({ code: 'store.open_failed' })
    await expect(openDataFolder(join(parent, 'file/data'))).rejects.toMatchObject({ code: 'store.open_failed' })
  })

  const left: [name: string, lock: string][] = [
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '' })],
    ['an earlier process with the pid of this one', JSON.stringify({ pid: process.pid, started: 'another boot/1' })],
    ['an earlier process with the pid of another', JSON.stringify({ pid: process.ppid, started: 'another boot/1' })],
    ['a process that died as it wrote it', '{"pid":'],
  ]
  test.each(left)('takes over the lock of %s', async (_, lock) => {
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'lock'), lock)
    const folder = await openDataFolder(path)
    expect(JSON.parse(await readFile(join(path, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid })
    await folder.release()
  })

  test("leaves a lock alone that is another's by now", async () => {
    const folder = await openDataFolder(path)
    const other = JSON.stringify({ pid: 1, started: 'x' })
    await writeFile(join(path, 'lock'), other)
    await folder.release()
    expect(await readFile(join(path, 'lock'), 'utf8')).toBe(other)
  })

  test('empties the inbox of what a crash left there', async () => {
    await mkdir(join(path, 'inbox'), { recursive: true })
    await writeFile(join(path, 'inbox/1.native'), 'half a block')
    const folder = await openDataFolder(path)
    expect(await readdir(folder.inbox)).toEqual([])
    await folder.release()
  })

  test('refuses a folder of a newer program, and does not hold it', async () => {
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'bongsu.json'), '{"format":99}')
    await expect(openDataFolder(path)).rejects.toMatchObject({
      code: 'store.too_new',
      message: expect.stringContaining('format 99') as string,
    })
    expect(await readdir(path)).toEqual(['bongsu.json'])
  })

  test('says what is wrong with a path that is no folder', async () => {
    await writeFile(join(parent, 'deep'), '')
    await expect(openDataFolder(path)).rejects.toMatchObject({
      code: 'store.open_failed',
      message: expect.stringContaining('deep') as string,
    })
  })
})
