/** docs/reference/cli.md: every command with its options, as `--help` tells them. */
import { COMMANDS } from '../../src/commands/all.ts'
import type { Manual } from '../../src/commands/command.ts'
import { code, heading, table } from './markdown.ts'

export async function cliPage(): Promise<string> {
  const overview = table(
    ['command', 'what it does'],
    Object.entries(COMMANDS).map(([name, { summary }]) => [code(`bongsu ${name}`), summary]),
  )
  const parts: string[] = []
  for (const [name, { load }] of Object.entries(COMMANDS)) {
    const { manuals } = await load()
    parts.push(...manuals.map((manual) => section(name, manual)))
  }
  return `${heading('Commands', 'the commands of the program')}${overview}\n${parts.join('\n')}`
}

function section(command: string, { name, usage, summary, about, flags }: Manual): string {
  const words = ['bongsu', command, name].filter((word) => word !== '').join(' ')
  const text = `## ${words}\n\n${sentence(summary)}\n\n\`\`\`\n${words} ${usage}\n\`\`\`\n`
  const more = about === undefined ? '' : `\n\`\`\`text\n${about}\n\`\`\`\n`
  const rows = flags.map(({ names, value, summary: what }) => [
    names.map((one) => code(value === undefined ? one : `${one} ${value}`)).join(', '),
    what,
  ])
  return `${text}${more}${rows.length === 0 ? '' : `\n${table(['option', 'meaning'], rows)}`}`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
