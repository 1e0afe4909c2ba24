/** Reads a configuration file by its sections, and tells every problem with its place. Knows no section itself. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { messageOf } from '../core/errors.ts'
import { nearest } from './nearest.ts'
import { withOverrides } from './overrides.ts'
import type { LayeredSource, Override } from './overrides.ts'
import { printPath } from './problem.ts'
import type { Path, Problem } from './problem.ts'
import { readValue } from './read-value.ts'
import { metaOf, valuesWithin } from './schema-walk.ts'
import type { GivenValue } from './schema-walk.ts'
import type { ConfigOf, Section } from './section.ts'
import { parseYaml } from './yaml-source.ts'

export type Sections = Readonly<Record<string, Section>>

/** What was read; a section with problems is undefined. */
export type SectionValues<S extends Sections> = { readonly [K in keyof S]: ConfigOf<S[K]> | undefined }

export interface ConfigFile<S extends Sections> {
  readonly values: SectionValues<S>
  readonly problems: readonly Problem[]
  /** Adds a problem found later, at its place in the file. */
  readonly problemAt: (severity: Problem['severity'], path: Path, message: string, what?: 'key' | 'value') => Problem
  /**
   * The entries of a list section, each read by itself and in silence: undefined for one with problems. For a section that
   * has no value because of some entries, so that the others can still be looked at.
   */
  readonly entries: <E extends z.ZodType>(key: string, entry: E) => readonly (z.output<E> | undefined)[]
  /** Every path of a file to be read, absolute, with the key that names it. */
  readonly filePaths: () => readonly { readonly path: Path; readonly file: string }[]
  /** Every key that the file (or an override) says and that changes nothing, with the reason; see `notActedOn` in `ValueMeta`. */
  readonly notActedOn: () => readonly { readonly path: Path; readonly why: string }[]
  /** The file's folder, absolute, which relative paths in it start from. */
  readonly folder: string
}

/** Reads `file`. A file that can't be read is a problem too; so this never throws. */
export async function loadFile<S extends Sections>(
  file: string,
  sections: S,
  overrides: readonly Override[] = [],
): Promise<ConfigFile<S>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const problem: Problem = { severity: 'error', file, path: '', message: `cannot be read: ${messageOf(error)}` }
    const empty = loadText(file, '', sections, overrides)
    return { ...empty, problems: [problem, ...empty.problems] }
  }
  return loadText(file, text, sections, overrides)
}

/** As `loadFile`, with the text at hand; `file` is what problems name, and where relative paths start. */
export function loadText<S extends Sections>(
  file: string,
  text: string,
  sections: S,
  overrides: readonly Override[] = [],
): ConfigFile<S> {
  const yaml = parseYaml(file, text)
  const problems = [...yaml.problems]
  const source = withOverrides(yaml, overrides)
  const folder = dirname(resolve(file))
  const report = (problem: Problem): void => void problems.push(problem)
  const root = topLevel(source, report)
  for (const key of Object.keys(root)) if (!Object.hasOwn(sections, key)) report(unknownSection(source, key, sections))
  const values = Object.fromEntries(
    Object.entries(sections).map(([key, { schema }]) => {
      const value = readValue(schema, { ...source, value: root[key] }, { at: [key], folder, report })
      return [key, value]
    }),
  ) as SectionValues<S>
  return {
    values,
    problems,
    folder,
    problemAt: (severity, path, message, what = 'value') => {
      return { severity, ...source.place(path, what), path: printPath(path), message }
    },
    entries: (key, entry) => {
      const list = root[key]
      if (!Array.isArray(list)) return []
      const ignore = (): void => undefined
      return list.map((value: unknown, i) =>
        readValue(entry, { ...source, value }, { at: [key, i], folder, report: ignore }),
      )
    },
    filePaths: () => givenIn(sections, root).flatMap((given) => filePathOf(given, folder)),
    notActedOn: () => givenIn(sections, root).flatMap(notActedOn),
  }
}

/** All that the file says, as far as the sections know it. */
function givenIn(sections: Sections, root: Readonly<Record<string, unknown>>): readonly GivenValue[] {
  return Object.entries(sections).flatMap(([key, { schema }]) => {
    const whole = { path: [key], schema, value: root[key] }
    return whole.value === undefined ? [] : [...valuesWithin(whole, (given) => notActedOn(given).length === 0)]
  })
}

function filePathOf({ path: at, schema, value }: GivenValue, folder: string): { path: Path; file: string }[] {
  const { path, output } = metaOf(schema)
  if (path !== true || output === true || typeof value !== 'string' || value === '') return []
  return [{ path: at, file: resolve(folder, value) }]
}

function notActedOn({ path, schema, value }: GivenValue): { path: Path; why: string }[] {
  const told = metaOf(schema).notActedOn
  return told === undefined || told.except === value ? [] : [{ path, why: told.why }]
}

function topLevel(source: LayeredSource, report: (problem: Problem) => void): Record<string, unknown> {
  const { value } = source
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  const message = 'expected sections with keys at the top'
  report({ severity: 'error', ...source.place([], 'value'), path: '', message })
  return {}
}

function unknownSection(source: LayeredSource, key: string, sections: Sections): Problem {
  const meant = nearest(key, Object.keys(sections))
  const hint =
    meant === undefined ? `there are ${Object.keys(sections).join(', ')}` : `did you mean ${JSON.stringify(meant)}?`
  const message = `unknown section ${JSON.stringify(key)} (${hint})`
  return { severity: 'error', ...source.place([key], 'key'), path: printPath([key]), message }
}
