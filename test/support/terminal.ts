import { Buffer } from 'node:buffer'
import type { Command, Part, Terminal } from '../../src/commands/command.ts'
import { commandOfParts } from '../../src/commands/command.ts'
import { TestClock } from './test-clock.ts'

export interface Printed {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a part of a command as its command would, and keeps what it prints. The clock stands at `now`, UnixMs. */
export async function printed(
  part: Part,
  args: readonly string[],
  { input = '', now = 0 }: { readonly input?: string; readonly now?: number } = {},
): Promise<Printed> {
  let out = ''
  let err = ''
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    input: () => Promise.resolve(Buffer.from(input)),
    clock: new TestClock(now),
    env: {},
  }
  const command: Command = commandOfParts('test', [part], () => terminal)
  const code = await command.run([part.name, ...args])
  return { code, out, err }
}
