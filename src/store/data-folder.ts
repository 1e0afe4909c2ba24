/** The folder of an embedded store: made on first use, held by one process at a time, refused when a newer program wrote it. */
import { lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf } from '../core/errors.ts'
import { storeLocked, storeOpenFailed, storeTooNew } from './errors.ts'

/** Grows when an older program could no longer read the folder. */
const FORMAT = 1

export interface DataFolder {
  readonly path: string
  /** ClickHouse's own files. */
  readonly engine: string
  /** Blocks on their way into the engine; emptied at every open. */
  readonly inbox: string
  /** Gives the folder free for the next process. */
  release(): Promise<void>
}

/**
 * Opens and locks the folder. Rejects with `store.locked` (another living process holds it; a dead one's lock is taken over),
 * `store.too_new`, or `store.open_failed` (no permission, not a folder, ...).
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const engine = join(path, 'clickhouse')
  const inbox = join(path, 'inbox')
  try {
    await makeFolder(path)
    const lock = await takeLock(path)
    try {
      await checkFormat(path)
      await rm(inbox, { recursive: true, force: true })
      await mkdir(inbox)
      await mkdir(engine, { recursive: true })
    } catch (error) {
      await lock.release()
      throw error
    }
    return { path, engine, inbox, release: lock.release }
  } catch (error) {
    if (isSystemError(error)) throw storeOpenFailed({ path, detail: messageOf(error) }, { cause: error })
    throw error
  }
}

async function checkFormat(path: string): Promise<void> {
  const file = join(path, 'bongsu.json')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) {
    await writeFile(file, `${JSON.stringify({ format: FORMAT })}\n`)
    return
  }
  const format: unknown = formatOf(text)
  if (typeof format !== 'number') throw storeOpenFailed({ path, detail: `"${file}" names no format` })
  if (format > FORMAT) throw storeTooNew({ found: `format ${format}`, known: `format ${FORMAT}` })
}

function formatOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { format?: unknown }).format
  } catch {
    return undefined // told to the caller as "names no format"
  }
}

/** Who holds a lock. Pids come around again (in a container it is always 1), so the process' start counts too. */
interface Holder {
  readonly pid: number
  /** As /proc tells it, with the boot's id; empty where there is no /proc. */
  readonly started: string
}

/**
 * Makes the folder and those above it. Not by mkdir's `recursive`: Node 20 tries for ever where the system refuses a folder with
 * ENOENT although the one above is there, as in /proc.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o750 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await isFolder(path))) return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path, { mode: 0o750 })
  }
}

/** Also through a link. */
async function isFolder(path: string): Promise<boolean> {
  return (await lstat(`${path}/`)).isDirectory()
}

async function takeLock(path: string): Promise<{ release: () => Promise<void> }> {
  const file = join(path, 'lock')
  const own: Holder = { pid: process.pid, started: (await startOf(process.pid)) ?? '' }
  const text = JSON.stringify(own)
  if (!(await createExclusively(file, text))) {
    const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''))
    if (holder !== undefined && (await isAlive(holder))) throw storeLocked({ path, holder: `process ${holder.pid}` })
    // Two processes may take over at once: the later rename wins here, and ClickHouse's own lock stops the other.
    await unlessFull(writeFile(`${file}.${process.pid}`, text))
    await rename(`${file}.${process.pid}`, file)
  }
  return {
    release: async () => {
      const current = await readFile(file, 'utf8').catch(() => '')
      if (current === text || current === '') await rm(file, { force: true })
    },
  }
}

async function createExclusively(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    try {
      await unlessFull(handle.writeFile(text))
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false
    throw error
  }
}

// A full disk must not keep the store from opening: making room may need it. ClickHouse's own lock holds without a text.
async function unlessFull(writing: Promise<void>): Promise<void> {
  try {
    await writing
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOSPC') throw error
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Holder>
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined
  } catch {
    return undefined // cut short by a crash while it was written: nobody's
  }
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  const now = await startOf(pid)
  if (now !== undefined && started !== '') return now === started
  try {
    process.kill(pid, 0)
    return pid !== process.pid
  } catch (error) {
    return isSystemError(error) && error.code === 'EPERM' // it lives, and is another user's
  }
}

/** Boot and tick at which a process began, where /proc is there to ask. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    // Fields count from behind the command's name, which may hold spaces and brackets.
    return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return undefined // no such process, or no /proc
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'errno' in error
}
