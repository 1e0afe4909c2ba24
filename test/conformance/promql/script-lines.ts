import { parseDuration } from '../../../src/core/time.ts'

/** A script that can't be understood, with the line at fault (from 1). */
export class ScriptError extends Error {
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`)
    this.name = 'ScriptError'
  }
}

/** The lines of a script, trimmed, comments emptied, read one after the other. An empty line ends a block. */
export class ScriptLines {
  readonly #lines: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#lines = text.split('\n').map((line) => {
      const trimmed = line.trim()
      return trimmed.startsWith('#') ? '' : trimmed
    })
  }

  /** '' at the end. */
  get current(): string {
    return this.#lines[this.#at] ?? ''
  }

  /** From 1. */
  get number(): number {
    return this.#at + 1
  }

  advance(): void {
    this.#at++
  }

  /** False at the end. */
  skipEmpty(): boolean {
    while (this.#at < this.#lines.length && this.current === '') this.#at++
    return this.#at < this.#lines.length
  }

  /** A duration of the current line, in ms. */
  duration(text: string, what: string): number {
    const found = parseDuration(text)
    if (found === undefined) throw this.error(`invalid ${what} ${JSON.stringify(text)}: not a valid duration string`)
    return found
  }

  error(message: string): ScriptError {
    return new ScriptError(this.number, message)
  }
}
