import { check } from './check.ts'
import type { Command } from './command.ts'
import { serve } from './serve.ts'

const COMMANDS: Readonly<Record<string, Command>> = { serve, check }

/** Undefined when there is none of that name. */
export function commandOf(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
}

/** What the program says when it is called without a command. */
export function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}\n`)
  return `usage: bongsu COMMAND [OPTIONS]\n\n${lines.join('')}\nbongsu COMMAND --help tells a command's options.\n`
}
