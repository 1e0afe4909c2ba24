import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Document, Node, Pair } from 'yaml'
import { messageOf } from '../core/errors.ts'
import type { Path, Problem } from './problem.ts'

/** Where something stands, 1-based. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** A file of YAML: its value, and for each part of it the place and the text that it was written with. */
export interface YamlSource {
  readonly file: string
  /** Plain data; undefined when the file is empty or can't be read as YAML. Numbers and booleans as YAML 1.1 has them. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** The place of the value at `path`, of its key, or of the nearest thing around it that exists. */
  locate(path: Path, what: 'key' | 'value'): Place
  /** The text of a scalar as it was written, without quotes: `0123` stays that. Undefined where there is no scalar. */
  textAt(path: Path): string | undefined
}

/** Reads YAML 1.1 (as Prometheus does: `yes` is a boolean, `<<` merges), keys always being text. Never throws. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.1',
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
  })
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems: Problem[] = []
  const refuse = (offset: number, message: string): void => {
    problems.push({ severity: 'error', file, ...placeOf(offset), path: '', message })
  }
  for (const error of document.errors) {
    refuse(error.pos[0], error.code === 'NON_STRING_KEY' ? 'a key must be plain text' : lowerFirst(error.message))
  }
  visit(document, {
    // JavaScript's objects take such a key for something else.
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '__proto__') refuse(key.range?.[0] ?? 0, '__proto__ can not be a key here')
    },
  })
  const value = problems.length > 0 ? undefined : toPlain(document, refuse)
  const found = (path: Path): Found => find(document, path)
  return {
    file,
    problems,
    value,
    locate: (path, what) => {
      const { key, value: node } = found(path)
      // A section or list begins somewhere below its key, which is where one looks for it.
      const shown = what === 'key' || !isScalar(node) ? (key ?? node) : node
      return placeOf(shown?.range?.[0] ?? 0)
    },
    textAt: (path) => {
      const { value: node, exact } = found(path)
      if (!exact || !isScalar(node)) return undefined
      return node.value instanceof Uint8Array ? decodeUtf8(node.value) : node.source
    },
  }
}

/** The document as plain data. Aliases of nothing, and those that would blow it up, are told to `refuse`. */
function toPlain(document: Document, refuse: (offset: number, message: string) => void): unknown {
  try {
    return document.toJS() as unknown
  } catch (error) {
    let offset = 0
    visit(document, {
      Alias: (_, alias) => {
        if (alias.resolve(document) !== undefined) return undefined
        offset = alias.range?.[0] ?? 0
        return visit.BREAK
      },
    })
    refuse(offset, lowerFirst(messageOf(error)))
    return undefined
  }
}

interface Found {
  readonly key: Node | undefined
  /** Undefined for a key with nothing behind it. */
  readonly value: Node | undefined
  /** False when the path leads out of the document: `value` is then the nearest that exists. */
  readonly exact: boolean
}

function find(document: Document, path: Path): Found {
  let found: Found = { key: undefined, value: document.contents ?? undefined, exact: true }
  for (const part of path) {
    const node = resolved(document, found.value)
    const next = child(document, node, part)
    if (next === undefined) return { ...found, exact: false }
    found = next
  }
  return { ...found, value: resolved(document, found.value) }
}

function resolved(document: Document, node: Node | undefined): Node | undefined {
  return isAlias(node) ? node.resolve(document) : node
}

function child(document: Document, node: Node | undefined, part: string | number): Found | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part] as Node | undefined
    return item === undefined ? undefined : { key: undefined, value: item, exact: true }
  }
  if (!isMap(node)) return undefined
  const pairs = node.items as Pair<Node, Node | null>[]
  const pair = pairs.find(({ key }) => isScalar(key) && key.value === String(part))
  if (pair !== undefined && isPair(pair)) return { key: pair.key, value: pair.value ?? undefined, exact: true }
  for (const { key, value } of pairs) {
    if (!isScalar(key) || key.value !== '<<') continue
    const base = resolved(document, value ?? undefined)
    for (const one of isSeq(base) ? (base.items as Node[]) : [base]) {
      const merged = child(document, resolved(document, one), part)
      if (merged !== undefined) return merged
    }
  }
  return undefined
}

/** Undefined when the bytes are no UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '')
}
