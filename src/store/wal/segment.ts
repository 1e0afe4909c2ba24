/**
 * Segment files of the log: appended frame by frame, each made durable before its writers hear of it, and deleted once the
 * database holds their rows. A name is `<sequence>-<random>.wal`; its random half makes it unique for ever, so that it can be
 * the token by which the database knows a repeated insert.
 */
import { randomBytes } from 'node:crypto'
import { close, constants, ftruncate, open as openFile, write } from 'node:fs'
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const closeAsync = promisify(close)
const truncateAsync = promisify(ftruncate)
const openAsync = promisify(openFile)

// O_DSYNC: a write returns when its bytes are durable, as with an fdatasync behind it, in one turn of a thread instead of two.
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DSYNC

const NAME = /^(\d{10})-[0-9a-f]{16}\.wal$/

/** One open segment. */
export class SegmentFile {
  readonly path: string
  /** Unique for ever. */
  readonly name: string
  readonly #fd: number
  #end = 0

  private constructor(path: string, name: string, fd: number) {
    this.path = path
    this.name = name
    this.#fd = fd
  }

  /** Makes a new file; it is there after a power cut once this resolves. */
  static async create(this: void, folder: string, sequence: number): Promise<SegmentFile> {
    const name = `${String(sequence).padStart(10, '0')}-${randomBytes(8).toString('hex')}`
    const path = join(folder, `${name}.wal`)
    const fd = await openAsync(path, APPEND, 0o600)
    await syncFolder(folder)
    return new SegmentFile(path, name, fd)
  }

  /** Where the next frame goes. */
  get end(): number {
    return this.#end
  }

  /** Resolves when `frame` is durable. Its place is taken at once, so several may be on their way. */
  append(frame: Buffer): Promise<void> {
    const at = this.#end
    this.#end += frame.length
    return writeAll(this.#fd, frame, at)
  }

  /** Takes back what lies behind the first `bytes`. */
  async cut(bytes: number): Promise<void> {
    await truncateAsync(this.#fd, bytes)
  }

  async close(): Promise<void> {
    await closeAsync(this.#fd)
  }

  async remove(): Promise<void> {
    await removeSegment(this.path)
  }
}

/** A segment left by an earlier process. */
export interface LeftSegment {
  readonly path: string
  readonly name: string
  readonly sequence: number
  /** The one that was being written when the process ended. */
  readonly isNewest: boolean
}

/** Segments of `folder` (made when missing) in the order in which they were written. */
export async function listSegments(folder: string): Promise<LeftSegment[]> {
  await mkdir(folder, { recursive: true })
  return (await readdir(folder))
    .filter((file) => NAME.test(file))
    .sort()
    .map((file, i, files) => ({
      path: join(folder, file),
      name: file.replace(/\.wal$/, ''),
      sequence: Number(NAME.exec(file)?.[1]),
      isNewest: i === files.length - 1,
    }))
}

export async function readSegment(segment: LeftSegment): Promise<Buffer> {
  return readFile(segment.path)
}

export async function removeSegment(path: string): Promise<void> {
  await rm(path, { force: true })
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

// Callbacks, not the promises API: a FileHandle's write costs five times as much, on every group of writers.
function writeAll(fd: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const step = (from: number): void => {
      write(fd, bytes, from, bytes.length - from, position + from, (error, written) => {
        if (error !== null) reject(error)
        else if (from + written < bytes.length) step(from + written)
        else resolve()
      })
    }
    step(0)
  })
}
