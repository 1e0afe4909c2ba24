import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const bin = resolve(import.meta.dirname, '../../bin/bongsu.mjs')
const START_MS = 60_000

export interface BongsuOptions {
  /** Text of the configuration file. */
  readonly config?: string
  /** Kept afterwards when given; a temp folder otherwise. */
  readonly dataDir?: string
  readonly args?: readonly string[]
}

/** A real Bongsu: the built program in a process of its own, on free ports, over a folder of its own. */
export interface BongsuProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly pid: number
  readonly dataDir: string
  /** What it has logged so far. */
  log(): string
  /** SIGTERM; resolves with the exit code. Removes the temp folder. */
  stop(): Promise<number | null>
  /** SIGKILL; a data folder that was given stays. */
  kill(): Promise<void>
  /** Any signal; see `exited`. */
  send(signal: NodeJS.Signals): void
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>
}

export async function startBongsu(options: BongsuOptions = {}): Promise<BongsuProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'bongsu-test-'))
  const dataDir = options.dataDir ?? join(folder, 'data')
  const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', dataDir, ...(options.args ?? [])]
  if (options.config !== undefined) {
    const file = join(folder, 'bongsu.yml')
    writeFileSync(file, options.config)
    args.push('--config', file)
  }
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const url = await listening(child, () => log).catch((error: unknown) => {
    child.kill('SIGKILL')
    remove()
    throw error
  })
  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await exited
      remove()
      return code
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
      if (options.dataDir !== undefined) remove()
    },
    send: (signal) => void child.kill(signal),
    exited,
  }
}

/** Waits for the line that tells the address; rejects with the log when the process ends first. */
function listening(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`Bongsu did not start in time:\n${log()}`)), START_MS)
    const look = (): void => {
      const url = /msg=listening.* url=(\S+)/.exec(log())?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      done(url)
    }
    child.stderr?.on('data', look)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(new Error(`Bongsu ended with ${code}:\n${log()}`))
    })
  })
}
