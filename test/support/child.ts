import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A peer's process; `stop` ends it by its own id. */
export interface Child {
  readonly pid: number
  readonly log: () => string
  /** SIGTERM. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Resolves when it ended, for whatever reason. */
  readonly exited: Promise<void>
}

export function runChild(program: string, args: readonly string[]): Child {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  const end = (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    return exited
  }
  return { pid: child.pid ?? 0, log: () => log, exited, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

/** A port that was free a moment ago, for programs that can't choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
