/** docs/reference/errors.md: the error catalogue, collected from every module that defines errors. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ErrorDefinition } from '../../src/core/errors.ts'
import { code, heading, table } from './markdown.ts'

const SOURCE = join(import.meta.dirname, '../../src')

/** Every entry of the catalogue, in order of code. Loads the modules that have some. */
export async function errorDefinitions(): Promise<readonly ErrorDefinition<never>[]> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== join('core', 'errors.ts'),
  )
  const found = new Map<unknown, ErrorDefinition<never>>()
  for (const file of files) {
    if (!/\bdefineError\b/.test(readFileSync(join(SOURCE, file), 'utf8'))) continue
    const module = (await import(pathToFileURL(join(SOURCE, file)).href)) as Readonly<Record<string, unknown>>
    for (const value of Object.values(module)) {
      if (typeof value === 'function' && 'definition' in value)
        found.set(value, value.definition as ErrorDefinition<never>)
    }
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

export async function errorsPage(): Promise<string> {
  const rows = (await errorDefinitions()).map((one) => [
    code(one.code),
    String(one.status),
    one.blame,
    one.retry ? 'yes' : 'no',
    sampleMessage(one),
    one.advice,
  ])
  const head = ['code', 'HTTP', 'who has to act', 'retry', 'message', 'advice']
  const intro =
    'Every failure that is expected has a code, which stays the same from version to version. The HTTP status is that of ' +
    "Bongsu's own API; the APIs of other systems answer in their own vocabulary.\n\n"
  return `${heading('Errors', 'the error catalogue')}${intro}${table(head, rows)}`
}

/** The message with the names of its parameters in the place of their values. */
function sampleMessage(definition: ErrorDefinition<never>): string {
  try {
    const params = new Proxy({}, { get: (_, name) => placeholder(String(name)) })
    return definition.message(params as never)
  } catch {
    return '(depends)' // a message that computes with its parameters
  }
}

/** Prints as `{name}` whatever is done with it: read from, called, joined. */
function placeholder(name: string): unknown {
  const text = (): string => `{${name}}`
  const self: unknown = new Proxy(() => undefined, {
    get: (_, key) => (key === Symbol.toPrimitive || key === 'toString' || key === 'toJSON' ? text : self),
    apply: () => self,
  })
  return self
}
