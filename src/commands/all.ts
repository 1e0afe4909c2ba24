import { check } from './check.ts'
import type { Command } from './command.ts'
import { serve } from './serve.ts'

export const COMMANDS: Readonly<Record<string, Command>> = { serve, check }

export function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}\n`)
  return `usage: bongsu COMMAND [OPTIONS]\n\n${lines.join('')}\nbongsu COMMAND --help tells a command's options.\n`
}
