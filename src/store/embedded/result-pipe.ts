/**
 * Results come out of chDB through a named pipe: the query runs wholly on one of libuv's threads (`INTO OUTFILE`), and waits
 * there when nobody pulls. chDB's own streaming plans a query on the calling thread, which is 5 to 30 ms for a list of ids and
 * as long as it takes for a subquery; its other way holds the whole result in memory.
 */
import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import type { OnReadOpts, SocketConstructorOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Pipes {
  readonly paths: readonly string[]
  remove(): Promise<void>
}

/** Makes `count` named pipes in `folder`, or below the system's temporary folder where that file system has none. */
export async function makePipes(folder: string, count: number): Promise<Pipes> {
  const make = async (parent: string): Promise<readonly string[]> => {
    const paths = Array.from({ length: count }, (_, i) => join(parent, `result-${i}`))
    await run('mkfifo', ['-m', '600', ...paths])
    return paths
  }
  try {
    return { paths: await make(folder), remove: () => Promise.resolve() } // they go with the folder
  } catch (error) {
    const elsewhere = await mkdtemp(join(tmpdir(), 'bongsu-pipes-'))
    const remove = (): Promise<void> => rm(elsewhere, { recursive: true, force: true })
    try {
      return { paths: await make(elsewhere), remove }
    } catch {
      await remove()
      throw error
    }
  }
}

export interface PipeEnd {
  /**
   * The next bytes that were written into the pipe, valid until the next call; undefined once it is closed and empty. It must be
   * read to its end: the writer may wait in it.
   */
  next(): Promise<Uint8Array | undefined>
  /** To be called once the writer is done. */
  close(): void
}

/** What a pipe holds. */
const PIPE_BYTES = 65_536

/** Opens the reading end. The open writing end beside it keeps the pipe from ending before the writer has opened it. */
export function openPipe(path: string): PipeEnd {
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const end = new ReadingEnd(reading)
  return { next: () => end.next(), close: () => closeSync(writing) }
}

/** One buffer for all reads: a new one for each would be memory outside the heap, whose growth sets off garbage collections. */
class ReadingEnd {
  readonly #socket: Socket
  #bytes: Uint8Array | undefined
  #isOver = false
  #error: Error | undefined
  #wake: (() => void) | undefined

  constructor(fd: number) {
    const onread = {
      buffer: Buffer.alloc(PIPE_BYTES),
      callback: (count: number, buffer: Uint8Array): boolean => {
        this.#bytes = buffer.subarray(0, count)
        this.#wake?.()
        return false
      },
    }
    const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
      fd,
      readable: true,
      writable: false,
      onread,
    }
    this.#socket = new Socket(options)
    this.#socket.on('error', (error) => (this.#error = error))
    this.#socket.on('end', () => this.#socket.destroy())
    this.#socket.on('close', () => {
      this.#isOver = true
      this.#wake?.()
    })
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.#bytes === undefined && !this.#isOver) {
      await new Promise<void>((wake) => {
        this.#wake = wake
        this.#socket.resume()
      })
    }
    if (this.#error !== undefined) throw this.#error
    const bytes = this.#bytes
    this.#bytes = undefined
    return bytes
  }
}
