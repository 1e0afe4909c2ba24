/**
 * Warnings and infos of a query: told beside its result, each text once, with the position where it was told last.
 * Follows util/annotations of Prometheus v3.14.
 */
import type { Span } from '../syntax/ast.ts'
import { lineAndColumn } from '../syntax/position.ts'

export class Annotations {
  readonly #query: string
  readonly #warnings = new Map<string, string>()
  readonly #infos = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  constructor(query: string) {
    this.#query = query
  }

  /** `text` without the prefix and without the position. */
  warn(text: string, span: Span): void {
    this.#warnings.set(text, this.#placed(`PromQL warning: ${text}`, span))
  }

  /** A warning that tells how often it was given for this text. */
  countedWarning(text: string, span: Span): void {
    const key = `${text} ${span.start}`
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    const times = count === 1 ? '' : ` (${count} occurrences)`
    this.#warnings.set(key, this.#placed(`PromQL warning: ${text}${times}`, span))
  }

  info(text: string, span: Span): void {
    this.#infos.set(text, this.#placed(`PromQL info: ${text}`, span))
  }

  /** An info whose text grows with further cases: those with the same `key` are one; the last `text` stays. */
  mergedInfo(key: string, text: string, span: Span): void {
    this.#infos.set(`${key} ${span.start}`, this.#placed(`PromQL info: ${text}`, span))
  }

  /** In order of first appearance. */
  get warnings(): readonly string[] {
    return [...this.#warnings.values()]
  }

  get infos(): readonly string[] {
    return [...this.#infos.values()]
  }

  #placed(text: string, span: Span): string {
    const { line, column } = lineAndColumn(this.#query, span.start)
    return `${text} (${line}:${column})`
  }
}
