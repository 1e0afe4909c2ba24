import type { z } from 'zod'
import { resolveFilePaths } from './file-paths.ts'
import { nearest } from './nearest.ts'
import { printPath } from './problem.ts'
import type { Path, Problem } from './problem.ts'
import { schemaAt, shapeOf } from './schema-walk.ts'
import type { LayeredSource } from './overrides.ts'

type Issue = z.core.$ZodIssue
const CUT = Symbol('cut')

/** Kinds of problems that may be there only because something else was cut out. */
const FOLLOWS: ReadonlySet<string> = new Set(['custom', 'too_small'])

/**
 * Reads the value at `at` by a schema and tells everything that is wrong with it, not only what a first look shows: what was
 * reported is cut out and the rest is read again, until nothing is left to report. Scalars are read as Go's YAML reads them
 * into a typed field: a number or boolean where text is wanted is the text that stands there, and a key with nothing behind it
 * counts as left out. Relative file paths are resolved against `folder`. Undefined when anything was reported.
 */
export function readValue<S extends z.ZodType>(
  schema: S,
  source: LayeredSource,
  options: { readonly at: Path; readonly folder: string; readonly report: (problem: Problem) => void },
): z.output<S> | undefined {
  const reader = new Reader(schema, source, options)
  return reader.read() as z.output<S> | undefined
}

class Reader {
  readonly #schema: z.ZodType
  readonly #source: LayeredSource
  readonly #at: Path
  readonly #folder: string
  readonly #report: (problem: Problem) => void
  /** The value as it is after repairs and cuts, in a box so that all of it can be cut. */
  readonly #box: { value: unknown }
  /** For lists with items cut out: the place that each item had. */
  readonly #places = new WeakMap<unknown[], number[]>()
  /** Objects that lost a value: what their keys say to each other means nothing any more. */
  readonly #maimed = new Set<string>()
  /** In which round a path was told of. */
  readonly #told = new Map<string, number>()
  #round = 0
  #reported = false

  constructor(
    schema: z.ZodType,
    source: LayeredSource,
    options: { readonly at: Path; readonly folder: string; readonly report: (problem: Problem) => void },
  ) {
    this.#schema = schema
    this.#source = source
    this.#at = options.at
    this.#folder = options.folder
    this.#report = options.report
    this.#box = { value: structuredClone(source.value) }
  }

  read(): unknown {
    for (; ; this.#round++) {
      // Section schemas say what an absent section is; most leave that to the defaults of their keys.
      const value = resolveFilePaths(this.#schema, this.#box.value ?? undefined, this.#folder)
      let result = this.#schema.safeParse(value, { error: describe })
      if (!result.success && value === undefined && !this.#reported) {
        result = this.#schema.safeParse({}, { error: describe })
      }
      if (result.success) return this.#reported ? undefined : result.data
      const { issues } = result.error
      // What a repair mends may hide other problems or make false ones: look again before telling any.
      if (issues.filter((issue) => this.#repair(issue)).length === 0) for (const issue of issues) this.#refuse(issue)
      if (this.#box.value === CUT) return undefined
      this.#sweep(this.#box.value)
    }
  }

  /** Reads a scalar as the schema wants it. False when there is nothing to mend. */
  #repair(issue: Issue): boolean {
    const path = issue.path as (string | number)[]
    const value = this.#get(path)
    if (value === null && issue.code !== 'custom' && typeof path.at(-1) === 'string') {
      this.#set(path, CUT)
      return true
    }
    return issue.code === 'invalid_type' && issue.expected === 'string' && this.#asText(path, value)
  }

  #refuse(issue: Issue): void {
    const path = issue.path as (string | number)[]
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) this.#unknownKey([...path, key])
      return
    }
    if (FOLLOWS.has(issue.code) && this.#isMaimed(path)) this.#pass(path)
    else this.#tell(path, issue.message)
    this.#cut(path)
  }

  #isMaimed(path: Path): boolean {
    return this.#maimed.has(printPath(path)) || this.#maimed.has(printPath(path.slice(0, -1)))
  }

  #unknownKey(path: Path): void {
    const key = String(path.at(-1))
    const around = schemaAt(this.#schema, path.slice(0, -1))
    const shape = around === undefined ? undefined : shapeOf(around)
    const known = shape?.kind === 'object' ? Object.keys(shape.keys) : []
    const meant = nearest(key, known)
    const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`
    this.#tell(path, `unknown key ${JSON.stringify(key)}${hint}`, 'key')
    if (this.#get(path) !== undefined) this.#set(path, CUT)
  }

  /** Puts the text of a scalar in the place of what YAML made of it. False when there is none. */
  #asText(path: Path, value: unknown): boolean {
    if (value === null || value === undefined || (typeof value === 'object' && !(value instanceof Uint8Array)))
      return false
    const text = this.#source.textAt([...this.#at, ...this.#original(path)])
    if (text === undefined) return false
    this.#set(path, text)
    return true
  }

  /** Tells a problem, unless one was told of the same place before: what was cut out there is missing now. */
  #tell(path: Path, message: string, what: 'key' | 'value' = 'value'): void {
    this.#reported = true
    const full = [...this.#at, ...this.#original(path)]
    const before = this.#told.get(printPath(full))
    if (before !== undefined && before < this.#round) return
    this.#pass(path)
    this.#report({ severity: 'error', ...this.#source.place(full, what), path: printPath(full), message })
  }

  /** Nothing more is to be told of this place. */
  #pass(path: Path): void {
    this.#told.set(printPath([...this.#at, ...this.#original(path)]), this.#round)
  }

  #get(path: Path): unknown {
    return path.reduce<unknown>((value, part) => {
      if (typeof value !== 'object' || value === null) return undefined
      return (value as Record<string | number, unknown>)[part]
    }, this.#box.value)
  }

  #set(path: Path, value: unknown): void {
    if (path.length === 0) {
      this.#box.value = value
      return
    }
    const parent = this.#get(path.slice(0, -1)) as Record<string | number, unknown>
    parent[path.at(-1) ?? ''] = value
  }

  /** Cuts what a problem is about; for something that is missing, the nearest thing around it. */
  #cut(path: Path): void {
    let at = path
    while (at.length > 0 && this.#get(at) === undefined) at = at.slice(0, -1)
    if (at.length > 0) this.#maimed.add(printPath(at.slice(0, -1)))
    this.#set(at, CUT)
  }

  /** The path in the file of something whose place in a list moved because of cuts before it. */
  #original(path: Path): Path {
    return path.map((part, i) => {
      const parent = this.#get(path.slice(0, i))
      const places = Array.isArray(parent) ? this.#places.get(parent) : undefined
      return typeof part === 'number' ? (places?.[part] ?? part) : part
    })
  }

  #sweep(value: unknown): void {
    if (Array.isArray(value)) {
      const places = this.#places.get(value) ?? value.map((_, i) => i)
      const kept = value
        .map((item, i) => ({ item: item as unknown, place: places[i] ?? i }))
        .filter(({ item }) => item !== CUT)
      value.splice(0, value.length, ...kept.map(({ item }) => item))
      this.#places.set(
        value,
        kept.map(({ place }) => place),
      )
      for (const item of value) this.#sweep(item)
    } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      for (const [key, item] of Object.entries(value)) {
        if (item === CUT) delete (value as Record<string, unknown>)[key]
        else this.#sweep(item)
      }
    }
  }
}

/** Says an issue in the house's words, where the schema has none of its own. */
function describe(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'must be given'
  if (issue.code === 'invalid_type') {
    const wanted = NOUNS[issue.expected] ?? issue.expected
    return issue.input === null
      ? `empty or null entry: expected ${wanted}`
      : `expected ${wanted}, got ${kindOf(issue.input)}`
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const meant = typeof issue.input === 'string' ? nearest(issue.input, values) : undefined
    const hint = meant === undefined ? `there are ${values.join(', ')}` : `did you mean ${JSON.stringify(meant)}?`
    return `unknown value ${printed(issue.input)} (${hint})`
  }
  const long = 'origin' in issue && issue.origin === 'array' ? ' long' : ''
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}${long}`
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${long}`
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'not a valid key'
  return `not valid: ${printed(issue.input)}`
}

const NOUNS: Readonly<Record<string, string>> = {
  object: 'a section with keys',
  record: 'a section with keys',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Uint8Array) return 'bytes that are no UTF-8 text'
  return typeof value === 'object' ? 'a section with keys' : printed(value)
}

function printed(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100)
}
