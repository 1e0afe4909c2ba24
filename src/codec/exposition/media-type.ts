/** `type/subtype; name=value` of a header. */
export interface MediaType {
  /** Lower case. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/
const QUOTED = /^"((?:[^"\\\r\n]|\\[^\r\n])*)"/

/** Parses a Content-Type as Go's `mime.ParseMediaType` does; text = what is wrong with it, in Go's words. */
export function parseMediaType(header: string): MediaType | string {
  const type = (header.split(';', 1)[0] as string).trim().toLowerCase()
  const problem = problemOf(type)
  if (problem !== undefined) return problem
  const parameters = new Map<string, string>()
  const semicolon = header.indexOf(';')
  let rest = semicolon === -1 ? '' : header.slice(semicolon).trimStart()
  while (rest !== '') {
    const parameter = readParameter(rest)
    if (parameter === undefined) {
      if (rest.trim() === ';') break
      return 'mime: invalid media parameter'
    }
    const [name, value] = parameter
    if ((parameters.get(name) ?? value) !== value) return 'mime: duplicate parameter name'
    parameters.set(name, value)
    rest = parameter[2].trimStart()
  }
  return { type, parameters }
}

function problemOf(type: string): string | undefined {
  const main = TOKEN.exec(type)?.[0]
  if (main === undefined) return 'mime: no media type'
  const rest = type.slice(main.length)
  if (rest === '') return undefined
  if (!rest.startsWith('/')) return 'mime: expected slash after first token'
  const sub = TOKEN.exec(rest.slice(1))?.[0]
  if (sub === undefined) return 'mime: expected token after slash'
  return sub.length + 1 === rest.length ? undefined : 'mime: unexpected content after media subtype'
}

function readParameter(text: string): [name: string, value: string, rest: string] | undefined {
  if (!text.startsWith(';')) return undefined
  let rest = text.slice(1).trimStart()
  const name = TOKEN.exec(rest)?.[0]
  if (name === undefined) return undefined
  rest = rest.slice(name.length).trimStart()
  if (!rest.startsWith('=')) return undefined
  rest = rest.slice(1).trimStart()
  const quoted = QUOTED.exec(rest)
  const value = quoted?.[1]?.replaceAll(/\\(.)/g, '$1') ?? TOKEN.exec(rest)?.[0]
  if (value === undefined) return undefined
  return [name.toLowerCase(), value, rest.slice(quoted?.[0].length ?? value.length)]
}
