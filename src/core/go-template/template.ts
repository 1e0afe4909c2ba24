/**
 * Templates in the language of Go's text/template, as rules, Alertmanager and others use it. The engine knows values
 * (value.ts) and the built-in functions; what else a template may call is given to it.
 */
import { quote } from '../go-text.ts'
import { templateFailed } from './errors.ts'
import { printValue } from './print/values.ts'
import { PLAIN_VERB } from './print/verb.ts'
import { BUILTINS } from './run/builtins.ts'
import type { MissingKey, Output, TemplateLimits } from './run/frame.ts'
import { execute } from './run/walk.ts'
import { HtmlOutput } from './html/output.ts'
import type { Tree } from './syntax/nodes.ts'
import { isEmpty, parseTemplate } from './syntax/parser.ts'
import { indirect } from './value.ts'
import type { GoFunction, GoValue } from './value.ts'

export type { MissingKey, TemplateLimits } from './run/frame.ts'

export const USUAL_LIMITS: TemplateLimits = { steps: 1_000_000, depth: 500, length: 10_000_000 }

export interface TemplateOptions {
  readonly functions?: Readonly<Record<string, GoFunction>>
  /** `invalid` when left out, as in Go. */
  readonly missingKey?: MissingKey
  readonly limits?: TemplateLimits
  /** Values are escaped for their place in HTML, as html/template does. */
  readonly html?: boolean
}

/** Templates that know each other by name. */
export class Templates {
  readonly #trees = new Map<string, Tree>()
  readonly #functions: Readonly<Record<string, GoFunction>>
  readonly #options: TemplateOptions

  constructor(options: TemplateOptions = {}) {
    this.#options = options
    this.#functions = { ...BUILTINS, ...options.functions }
  }

  /**
   * Adds the template `name` and those that the text defines; a template of the same name gives way, unless the new one is
   * empty. Throws `template.syntax` in Go's words: `template: name:1: unclosed action`.
   */
  parse(name: string, text: string): void {
    const added = parseTemplate(name, text, (one) => Object.hasOwn(this.#functions, one))
    for (const tree of added.values()) {
      if (!this.#trees.has(tree.name) || !isEmpty(tree.body)) this.#trees.set(tree.name, tree)
    }
  }

  has(name: string): boolean {
    return this.#trees.has(name)
  }

  /**
   * The text that the template makes of `data`; `functions` take the place of those of the same names. Throws `template.execution` in Go's words, and what functions throw that is no
   * `GoError`. The same data always make the same text, as far as the functions do.
   */
  execute(name: string, data: GoValue, functions: Readonly<Record<string, GoFunction>> = {}): string {
    const tree = this.#trees.get(name)
    if (tree === undefined) {
      throw templateFailed({ message: `template: no template ${quote(name)} associated with template ${quote(name)}` })
    }
    const { missingKey = 'invalid', limits = USUAL_LIMITS, html = false } = this.#options
    const output = html ? new HtmlOutput() : new TextOutput()
    const known = { ...this.#functions, ...functions }
    const run = { trees: this.#trees, functions: known, missingKey, limits, output, steps: 0 }
    execute(run, tree, data)
    return output.result
  }
}

class TextOutput implements Output {
  result = ''

  get length(): number {
    return this.result.length
  }

  text(text: string): void {
    this.result += text
  }

  value(value: GoValue): void {
    this.result += printedValue(value)
  }
}

/** A value as an action shows it. */
function printedValue(value: GoValue): string {
  const { value: shown } = indirect(value)
  if (shown === undefined) return '<no value>'
  return printValue(shown, PLAIN_VERB)
}
