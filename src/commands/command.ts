import type { Environment } from '../config/env.ts'
import type { Clock } from '../core/clock.ts'
import { badUsage, describeFlags, parseFlags } from './flags.ts'
import type { Flag, Flags } from './flags.ts'

/** A command of the `bongsu` program. */
export interface Command {
  /** For docs/reference/cli.md. */
  readonly manuals: readonly Manual[]
  /** Runs to its end; the value is the exit code. */
  run(args: readonly string[]): Promise<number>
}

/** What a command may use of the process that it runs in. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** All of the standard input. */
  readonly input: () => Promise<Buffer>
  readonly clock: Clock
  readonly env: Environment
}

/** What `--help` tells of one thing that a command does: `instant` of `bongsu query instant`. */
export interface Manual {
  /** '' where the command does one thing only. */
  readonly name: string
  readonly summary: string
  /** What stands behind its name: `[OPTIONS] EXPR`. */
  readonly usage: string
  /** More of what it does, in lines. */
  readonly about?: string
  readonly flags: readonly Flag[]
}

export interface Part extends Manual {
  run(given: Flags, terminal: Terminal): Promise<number>
}

const HELP: Flag = { names: ['--help', '-h'], summary: 'tells how to use this' }

/** A command that does several things, told apart by its first word. */
export function commandOfParts(name: string, parts: readonly Part[], terminal: () => Terminal): Command {
  return {
    manuals: parts,
    run: async (args) => {
      const [word = '', ...rest] = args
      const { out } = terminal()
      if (word === HELP.names[0] || word === HELP.names[1]) {
        out(listOfParts(name, parts))
        return 0
      }
      const part = parts.find((one) => one.name === word)
      if (part === undefined)
        throw badUsage({ problem: `${name} what? There is: ${parts.map((one) => one.name).join(', ')}` })
      const given = parseFlags(rest, [...part.flags, HELP])
      if (!given.options.has('--help')) return part.run(given, terminal())
      out(manualOf(name, part))
      return 0
    },
  }
}

/** The text of `bongsu NAME PART --help`. */
export function manualOf(command: string, { name, summary, usage, about, flags }: Manual): string {
  const head = ['bongsu', command, name, usage].filter((word) => word !== '').join(' ')
  const text = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${about === undefined ? '' : `\n\n${about}`}`
  return `usage: ${head}\n\n${text}\n\n${describeFlags([...flags, HELP])}`
}

function listOfParts(command: string, parts: readonly Part[]): string {
  const width = Math.max(...parts.map(({ name }) => name.length))
  const lines = parts.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`)
  return `usage: bongsu ${command} WHAT [OPTIONS]\n\n${lines.join('')}\nbongsu ${command} WHAT --help tells the options.\n`
}
