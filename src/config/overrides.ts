import type { Path, Problem } from './problem.ts'
import type { YamlSource } from './yaml-source.ts'
import { parseYaml } from './yaml-source.ts'

/** A value from outside the file, which wins over the file's: from the environment or the command line. */
export interface Override {
  readonly path: readonly string[]
  /** As a user writes it in the file, without quotes. */
  readonly text: string
  /** What problems name instead of a file: `BONGSU_LISTEN`, `--listen`. */
  readonly from: string
}

/** A source of which single values may come from elsewhere. */
export interface LayeredSource {
  readonly value: unknown
  /** What said the value at `path`, and where; without a line when it came from outside the file. */
  readonly place: (path: Path, what: 'key' | 'value') => Pick<Problem, 'file' | 'line' | 'column'>
  readonly textAt: YamlSource['textAt']
}

/** `source` with `overrides` laid over it; of two for the same key the later one wins. */
export function withOverrides(source: YamlSource, overrides: readonly Override[]): LayeredSource {
  const of = (path: Path): Override | undefined =>
    overrides.findLast((one) => one.path.length === path.length && one.path.every((part, i) => part === path[i]))
  return {
    value: overrides.reduce(overlay, source.value),
    place: (path, what) => {
      const override = of(path)
      return override === undefined ? { file: source.file, ...source.locate(path, what) } : { file: override.from }
    },
    textAt: (path) => of(path)?.text ?? source.textAt(path),
  }
}

function overlay(value: unknown, { path, text, from }: Override): unknown {
  const scalar = parseYaml(from, text).value
  return put(value, path, scalar === undefined || typeof scalar === 'object' ? text : scalar)
}

function put(value: unknown, path: readonly string[], leaf: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return leaf
  const around = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return { ...around, [key]: put((around as Record<string, unknown>)[key], rest, leaf) }
}
