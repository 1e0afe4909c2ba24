/**
 * Warnings and infos of a query, told beside its result. Each text once, whatever its places: the last place counts, but for
 * those that tell of several cases at once, whose first place does. Follows util/annotations of Prometheus v3.14, whose words
 * they are.
 */
import type { Span } from '../syntax/ast.ts'
import { lineAndColumn } from '../syntax/position.ts'

interface Annotation {
  readonly text: string
  readonly span: Span
}

/** Cases of one kind that are told together. */
export interface Joining<T> {
  readonly join: (before: T, more: T) => T
  readonly text: (all: T) => string
}

export class Annotations {
  readonly #query: string
  readonly #warnings = new Map<string, Annotation>()
  readonly #infos = new Map<string, Annotation>()
  readonly #counts = new Map<string, number>()
  readonly #joined = new Map<string, unknown>()

  constructor(query: string) {
    this.#query = query
  }

  /** `text` without the prefix and without the position. */
  warn(text: string, span: Span): void {
    this.#warnings.set(text, { text, span })
  }

  /** A warning that tells how often it was given. */
  countedWarning(text: string, span: Span): void {
    const count = (this.#counts.get(text) ?? 0) + 1
    this.#counts.set(text, count)
    const place = this.#warnings.get(text)?.span ?? span
    this.#warnings.set(text, { text: count === 1 ? text : `${text} (${count} occurrences)`, span: place })
  }

  info(text: string, span: Span): void {
    this.#infos.set(text, { text, span })
  }

  /** An info about all cases that are given under its `key`, which is one kind of info always. */
  joinedInfo<T>(key: string, cases: T, span: Span, { join, text }: Joining<T>): void {
    const before = this.#joined.get(key) as T | undefined
    const all = before === undefined ? cases : join(before, cases)
    this.#joined.set(key, all)
    this.#infos.set(key, { text: text(all), span: this.#infos.get(key)?.span ?? span })
  }

  /** With prefix and position, in order of first appearance. */
  get warnings(): readonly string[] {
    return this.#placed('warning', this.#warnings)
  }

  get infos(): readonly string[] {
    return this.#placed('info', this.#infos)
  }

  #placed(kind: 'warning' | 'info', annotations: ReadonlyMap<string, Annotation>): string[] {
    return [...annotations.values()].map(({ text, span }) => {
      const { line, column } = lineAndColumn(this.#query, span.start)
      return `PromQL ${kind}: ${text} (${line}:${column})`
    })
  }
}
