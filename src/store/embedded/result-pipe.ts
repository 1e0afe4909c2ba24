/**
 * Results come out of chDB through a named pipe: the query runs wholly on one of libuv's threads (`INTO OUTFILE`), and waits
 * there when nobody pulls. chDB's own streaming plans a query on the calling thread, which is 5 to 30 ms for a list of ids and
 * as long as it takes for a subquery; its other way holds the whole result in memory.
 */
import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
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
  /** What is written into the pipe, until `close`. It must be read to its end: the writer may wait in it. */
  readonly chunks: AsyncIterator<Uint8Array, unknown>
  /** To be called once the writer is done. */
  close(): void
}

/** Opens the reading end. The open writing end beside it keeps the pipe from ending before the writer has opened it. */
export function openPipe(path: string): PipeEnd {
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const socket: AsyncIterable<Uint8Array> = new Socket({ fd: reading, readable: true, writable: false })
  return { chunks: socket[Symbol.asyncIterator](), close: () => closeSync(writing) }
}
