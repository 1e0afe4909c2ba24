import type { Command } from './command.ts'

/** A command by its name. Its code is loaded when it is asked for: a tool need not wait for the server's parts. */
export interface CommandEntry {
  /** One line for the list of commands. */
  readonly summary: string
  readonly load: () => Promise<Command>
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: {
    summary: 'runs Bongsu: takes signals in, keeps them, answers queries, serves the page',
    load: async () => (await import('./serve.ts')).serve,
  },
  query: {
    summary: 'asks a running Bongsu or Prometheus, formats and explains PromQL',
    load: async () => (await import('./query.ts')).query,
  },
  check: {
    summary: 'tells what is wrong with configuration files, rules, queries and metrics',
    load: async () => (await import('./check.ts')).check,
  },
  test: {
    summary: 'runs unit tests of recording and alerting rules',
    load: async () => (await import('./test.ts')).test,
  },
}

/** Undefined when there is none of that name. */
export function commandOf(name: string): CommandEntry | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
}

/** What the program says when it is called without a command. */
export function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}\n`)
  return `usage: bongsu COMMAND [OPTIONS]\n\n${lines.join('')}\nbongsu COMMAND --help tells a command's options.\n`
}
