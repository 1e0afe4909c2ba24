import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'

const PROBE = `const [, chdb, path, ...args] = process.argv
try { new (require(chdb).Session)(path, { connectionArgs: args }).close() } catch {}`

/**
 * Why chDB can't open a folder. It tells its caller only that it failed and writes the cause to the process' stderr, so a short
 * process tries the same again and its stderr is read. Costs half a second, on a way that ends in an error anyway.
 */
export function explainOpenFailure(path: string, args: readonly string[]): Promise<string> {
  const chdb = createRequire(import.meta.url).resolve('chdb')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['-e', PROBE, chdb, path, ...args],
      { timeout: 30_000, maxBuffer: 4 * 1024 * 1024, killSignal: 'SIGKILL' },
      (_, __, stderr) => {
        const cause = /Code: \d+\. DB::\w*Exception: [^\n]*/.exec(stderr)?.[0] ?? stderr.trim().split('\n')[0] ?? ''
        resolve(cause === '' ? 'chDB gives no reason' : cause.slice(0, 1000))
      },
    )
  })
}
