import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface SmallDisk {
  readonly path: string
  readonly bytes: number
  remove(): Promise<void>
}

/** A small file system of its own below `parent`; undefined where this user may not mount one. */
export async function smallDisk(parent: string, bytes: number): Promise<SmallDisk | undefined> {
  const path = join(parent, 'disk')
  await mkdir(path)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
    return { path, bytes, remove: async () => void (await run('umount', [path])) }
  } catch {
    return undefined
  }
}

export const NO_MOUNT = 'this user may not mount a small file system'

/** Takes all the room that there is on the disk of `file`. */
export async function takeAllRoom({ bytes }: SmallDisk, file: string): Promise<void> {
  await writeFile(file, Buffer.alloc(bytes, 1)).catch(() => undefined) // it is too much: as much as fits is written
}
