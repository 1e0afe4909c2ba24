import { defineError } from '../core/errors.ts'
import { nearest } from '../config/nearest.ts'

/** An option of a command. */
export interface Flag {
  /** With the dashes; the first is shown, the others are taken too. */
  readonly names: readonly string[]
  /** What stands for the value in the help, `FILE`; without one the option is a switch. */
  readonly value?: string
  readonly summary: string
}

/** An option as it was given: by which of its names, and with what value. */
export interface GivenFlag {
  readonly name: string
  readonly value: string
}

export interface Flags {
  /** By the first name of each option; of an option that is given twice, the last one. A switch has the value 'true'. */
  readonly options: ReadonlyMap<string, GivenFlag>
  /** Every value of an option that may come several times, in their order; `name` is its first name. */
  readonly all: (name: string) => readonly string[]
  readonly rest: readonly string[]
}

export const badUsage = defineError<{ problem: string }>({
  code: 'commands.bad_usage',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ problem }) => problem,
  advice: 'Add --help to see the options.',
})

/** Reads `--name value`, `--name=value`, `--switch` and what stands between; behind `--` all is rest. Throws `commands.bad_usage`. */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): Flags {
  const options = new Map<string, GivenFlag>()
  const all: [name: string, value: string][] = []
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (arg === '--') {
      rest.push(...args.slice(i + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      rest.push(arg)
      continue
    }
    const [name, inline] = split(arg)
    const flag = flags.find(({ names }) => names.includes(name)) ?? unknown(name, flags)
    const value = flag.value === undefined ? switchValue(name, inline) : (inline ?? args[++i])
    if (value === undefined) throw badUsage({ problem: `option ${name} needs a value: ${name} ${flag.value ?? ''}` })
    options.set(flag.names[0] ?? name, { name, value })
    all.push([flag.names[0] ?? name, value])
  }
  return { options, all: (wanted) => all.flatMap(([name, value]) => (name === wanted ? [value] : [])), rest }
}

/** The options as lines of a help text. */
export function describeFlags(flags: readonly Flag[]): string {
  const left = flags.map(({ names, value }) => [names[0], value].filter(Boolean).join(' '))
  const width = Math.max(0, ...left.map((text) => text.length))
  return flags.map(({ summary }, i) => `  ${(left[i] ?? '').padEnd(width)}  ${summary}\n`).join('')
}

function split(arg: string): [name: string, value: string | undefined] {
  const at = arg.indexOf('=')
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)]
}

function switchValue(name: string, inline: string | undefined): string {
  if (inline !== undefined) throw badUsage({ problem: `option ${name} takes no value` })
  return 'true'
}

function unknown(name: string, flags: readonly Flag[]): never {
  const meant = nearest(
    name,
    flags.flatMap(({ names }) => names),
  )
  throw badUsage({ problem: `unknown option ${name}${meant === undefined ? '' : ` (did you mean ${meant}?)`}` })
}
