/** Reads values of a YAML file into the types of a rule file, and tells what does not fit in the words of Go's yaml. */
import type { Path, Problem } from '../../config/problem.ts'
import { printPath } from '../../config/problem.ts'
import { parseYaml } from '../../config/yaml-source.ts'
import type { YamlSource } from '../../config/yaml-source.ts'
import { readGoDuration } from '../../core/go-duration.ts'
import type { DurationMs } from '../../core/time.ts'
import { durationMs } from '../../core/time.ts'

type Mapping = Readonly<Record<string, unknown>>

export class YamlReader {
  readonly file: string
  readonly problems: Problem[]
  readonly #source: YamlSource

  constructor(file: string, text: string) {
    this.file = file
    this.#source = parseYaml(file, text)
    this.problems = [...this.#source.problems]
  }

  get root(): unknown {
    return this.#source.value
  }

  report(path: Path, message: string, what: 'key' | 'value' = 'value'): void {
    const { line, column } = this.#source.locate(path, what)
    this.problems.push({ severity: 'error', file: this.file, line, column, path: printPath(path), message })
  }

  /** A mapping; undefined for anything else. Keys that are not `known` are told. */
  mapping(value: unknown, path: Path, type: string, known: readonly string[] | undefined): Mapping | undefined {
    if (value === null || value === undefined) return {}
    if (typeof value !== 'object' || Array.isArray(value)) return this.#misfit(value, path, type)
    for (const key of Object.keys(value)) {
      if (known !== undefined && !known.includes(key)) {
        this.report([...path, key], `field ${key} not found in type ${type}`, 'key')
      }
    }
    return value as Mapping
  }

  list(value: unknown, path: Path, type: string): readonly unknown[] {
    if (value === null || value === undefined) return []
    if (Array.isArray(value)) return value as readonly unknown[]
    return this.#misfit(value, path, type) ?? []
  }

  /** Any scalar, as it was written. */
  text(value: unknown, path: Path): string {
    if (value === null || value === undefined) return ''
    if (typeof value === 'string') return value
    if (typeof value !== 'object') return this.#source.textAt(path) ?? JSON.stringify(value)
    return this.#misfit(value, path, 'string') ?? ''
  }

  texts(value: unknown, path: Path): ReadonlyMap<string, string> {
    const given = this.mapping(value, path, 'map[string]string', undefined) ?? {}
    return new Map(Object.entries(given).map(([key, one]) => [key, this.text(one, [...path, key])]))
  }

  /** Undefined when it isn't given. */
  duration(value: unknown, path: Path): DurationMs | undefined {
    if (value === null || value === undefined) return undefined
    const ms = readGoDuration(this.text(value, path))
    if (typeof ms === 'number') return durationMs(ms)
    this.report(path, ms)
    return undefined
  }

  integer(value: unknown, path: Path): number {
    if (value === null || value === undefined) return 0
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    return this.#misfit(value, path, 'int') ?? 0
  }

  #misfit(value: unknown, path: Path, type: string): undefined {
    const text = typeof value === 'object' ? '' : (this.#source.textAt(path) ?? JSON.stringify(value))
    const shown = text.length > 10 ? `${text.slice(0, 7)}...` : text
    this.report(path, `cannot unmarshal ${tagOf(value)}${shown === '' ? '' : ` \`${shown}\``} into ${type}`)
    return undefined
  }
}

function tagOf(value: unknown): string {
  if (typeof value === 'string') return '!!str'
  if (typeof value === 'boolean') return '!!bool'
  if (typeof value === 'number') return Number.isInteger(value) ? '!!int' : '!!float'
  return Array.isArray(value) ? '!!seq' : '!!map'
}
