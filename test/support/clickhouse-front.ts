import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface ClickHouseFront {
  readonly url: string
  /** The process, for tests that end it rudely. */
  readonly pid: number
  stop(): Promise<void>
}

export const FRONT_USER = 'bongsu'
export const FRONT_PASSWORD = "a password with spaces & 'quotes'"

/**
 * ClickHouse's HTTP interface over chDB in a process of its own (clickhouse-front-process.ts), as far as the remote engine uses
 * it. It stands in for a server where none can be installed; BONGSU_TEST_CLICKHOUSE_URL runs the same suite over a real one.
 */
export async function startClickHouseFront(path: string, port = 0): Promise<ClickHouseFront> {
  const script = join(import.meta.dirname, 'clickhouse-front-process.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, path, FRONT_USER, FRONT_PASSWORD, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
  })
  const exited = once(child, 'exit')
  const [line] = (await Promise.race([once(child.stdout, 'data'), exited.then(() => ['it ended'])])) as [
    Buffer | string,
  ]
  const bound = Number(/^port (\d+)/.exec(line.toString())?.[1])
  if (!Number.isInteger(bound)) throw new Error(`the ClickHouse front did not start: ${line.toString()}`)
  const stop = async (): Promise<void> => {
    child.stdin.end() // its sign to end; it also ends when this process dies
    await exited
  }
  return { url: `http://127.0.0.1:${bound}`, pid: child.pid as number, stop }
}
