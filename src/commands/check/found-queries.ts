/** Finds the PromQL in a file: in rule files and dashboards, or written down by itself. */
import { parseYaml } from '../../config/yaml-source.ts'
import type { Path, Problem } from '../../config/problem.ts'
import { parseExpression } from '../../query/promql/syntax/parse.ts'
import { withoutVariables } from './grafana-variables.ts'
import { offsetsInFile } from './text-places.ts'

export interface FoundQuery {
  /** As its author sees it. */
  readonly text: string
  /** As it is to be parsed: of the same length, with something in place of each variable. */
  readonly parsable: string
  /** The offset in the file of each of its characters, and of its end. */
  readonly offsets: Uint32Array
}

/** What is found, and what keeps the file from being read. */
export interface FoundQueries {
  readonly queries: readonly FoundQuery[]
  readonly problems: readonly Problem[]
}

/** Names of data sources that have an `expr` in another language. */
const OTHER_LANGUAGE = /loki|tempo|elastic|graphite|influx|cloudwatch|mysql|postgres|clickhouse|pyroscope/i

export function findQueries(file: string, text: string): FoundQueries {
  const looksStructured = /^\s*(?:\{\s*["}]|\[\s*[{\]]|groups\s*:)/.test(text)
  if (/\.(?:ya?ml|json)$/i.test(file) || looksStructured) return structured(file, text)
  return { queries: plainQueries(text), problems: [] }
}

/** Every `expr` of a file of YAML or JSON. */
function structured(file: string, text: string): FoundQueries {
  const source = parseYaml(file, text)
  const lineStarts = startsOfLines(text)
  const sources = sourcesByVariable(source.value)
  const queries: FoundQuery[] = []
  const visit = (value: unknown, path: Path, language: string): void => {
    if (Array.isArray(value)) value.forEach((item, i) => visit(item, [...path, i], language))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    const own = sourceOf(value as Readonly<Record<string, unknown>>) ?? language
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, key]
      if (key !== 'expr' || typeof inner !== 'string') visit(inner, at, own)
      else if (inner.trim() !== '' && !OTHER_LANGUAGE.test(resolved(own, sources))) {
        const { line, column } = source.locate(at, 'value')
        const start = (lineStarts[line - 1] ?? 0) + column - 1
        queries.push({ text: inner, parsable: withoutVariables(inner), offsets: offsetsInFile(inner, text, start) })
      }
    }
  }
  visit(source.value, [], '')
  return { queries, problems: source.problems }
}

/** The data source that an object of a dashboard names, in Grafana's older and newer forms. */
function sourceOf({ datasource, kind, group }: Readonly<Record<string, unknown>>): string | undefined {
  if (kind === 'DataQuery' && typeof group === 'string') return group
  if (typeof datasource === 'string') return datasource
  if (typeof datasource !== 'object' || datasource === null) return undefined
  const { type, uid } = datasource as { type?: unknown; uid?: unknown }
  return typeof type === 'string' ? type : typeof uid === 'string' ? uid : undefined
}

function resolved(source: string, sources: ReadonlyMap<string, string>): string {
  return sources.get(/^\$\{?(\w+)\}?$/.exec(source)?.[1] ?? '') ?? source
}

/** The kind of data source that each variable of a dashboard stands for. */
function sourcesByVariable(dashboard: unknown): ReadonlyMap<string, string> {
  const { templating, __inputs: inputs } = (dashboard ?? {}) as { templating?: { list?: unknown }; __inputs?: unknown }
  const kinds = new Map<string, string>()
  const note = (list: unknown, key: string): void => {
    for (const one of Array.isArray(list) ? (list as Readonly<Record<string, unknown>>[]) : []) {
      if (one['type'] === 'datasource') kinds.set(String(one['name']), String(one[key]))
    }
  }
  note(templating?.list, 'query')
  note(inputs, 'pluginId')
  return kinds
}

/** Blocks between blank lines: each is one query when it parses as such, or else one a line when its first line does. */
function plainQueries(text: string): FoundQuery[] {
  const found: FoundQuery[] = []
  const add = (from: number, to: number): void => {
    const part = text.slice(from, to)
    if (/^(?:\s|#.*)*$/.test(part)) return
    const offsets = Uint32Array.from({ length: part.length + 1 }, (_, i) => from + i)
    found.push({ text: part, parsable: withoutVariables(part), offsets })
  }
  for (const block of text.matchAll(/(?:[^\n]*\S[^\n]*(?:\n|$))+/g)) {
    const from = block.index
    const body = block[0].replace(/\n$/, '')
    if (!isListOfLines(body)) add(from, from + body.length)
    else {
      let at = from
      for (const line of body.split('\n')) {
        add(at, at + line.length)
        at += line.length + 1
      }
    }
  }
  return found
}

function isListOfLines(block: string): boolean {
  if (!block.includes('\n') || parses(block)) return false
  const first = block.split('\n').find((line) => !/^\s*(?:#|$)/.test(line))
  return first !== undefined && parses(first)
}

function parses(text: string): boolean {
  try {
    parseExpression(withoutVariables(text))
    return true
  } catch {
    return false
  }
}

/** The offset of the first character of each line. */
export function startsOfLines(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
}
