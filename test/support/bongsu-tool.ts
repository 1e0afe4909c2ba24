import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

const bin = resolve(import.meta.dirname, '../../bin/bongsu.mjs')

export interface ToolResult {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the built `bongsu` with these words to its end. */
export function bongsuTool(
  args: readonly string[],
  options: { readonly input?: string; readonly cwd?: string } = {},
): Promise<ToolResult> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: options.cwd, stdio: 'pipe' })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  child.stdin.end(options.input ?? '')
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code) => done({ code, out, err }))
  })
}
