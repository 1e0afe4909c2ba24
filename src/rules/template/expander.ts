/** Expands templates of rules. Follows Expander, prometheus/template/template.go@v3.14. */
import { BongsuError, messageOf } from '../../core/errors.ts'
import { SAFE_HTML } from '../../core/go-template/html-value.ts'
import { Templates } from '../../core/go-template/template.ts'
import type { MissingKey } from '../../core/go-template/template.ts'
import { goFunction, ANY, GoError, rawOf, STRING, Typed } from '../../core/go-template/value.ts'
import type { GoFunction, GoValue } from '../../core/go-template/value.ts'
import { templateFailed } from '../../core/go-template/errors.ts'
import { ruleFunctions } from './functions.ts'
import { queryResult } from './sample-values.ts'
import type { RuleSample } from './sample-values.ts'

export interface TemplateOptions {
  readonly missingKey?: MissingKey
  readonly html?: boolean
}

/** A template that is read once and expanded often. */
export interface PreparedTemplate {
  readonly name: string
  readonly templates: Templates
  readonly html: boolean
  /** Why it can't be expanded. */
  readonly problem: string | undefined
}

/** Reads a template. One that is none has a `problem`, and fails when it is expanded. */
export function prepareTemplate(name: string, text: string, options: TemplateOptions = {}): PreparedTemplate {
  const { missingKey = 'zero', html = false } = options
  const names = ruleFunctions({ query: () => undefined, now: 0, externalUrl: '' })
  const tmpl = goFunction([STRING, ANY], () => undefined)
  const templates = new Templates({ functions: html ? { ...names, tmpl } : names, missingKey, html })
  try {
    templates.parse(name, text)
    return { name, templates, html, problem: undefined }
  } catch (error) {
    if (!(error instanceof BongsuError)) throw error
    return { name, templates, html, problem: error.message }
  }
}

export interface ExpanderOptions {
  /** The instant vector of a query at the evaluation's time. */
  readonly query: (query: string) => Promise<readonly RuleSample[]>
  /** UnixMs of the evaluation. */
  readonly time: number
  readonly externalUrl: string
}

/** A query whose result is not there yet: the way out of a template at work, no failure. */
class Pending extends Error {
  readonly query: string

  constructor(query: string) {
    super('waits for a query')
    this.query = query
  }
}

/** Expands templates at one time. A query is asked once, however many templates use it. */
export class Expander {
  readonly #options: ExpanderOptions
  readonly #functions: Readonly<Record<string, GoFunction>>
  /** Results by query, or why there is none. */
  readonly #results = new Map<string, GoValue | GoError>()

  constructor(options: ExpanderOptions) {
    this.#options = options
    const { time, externalUrl } = options
    this.#functions = ruleFunctions({ query: (query) => this.#result(query), now: time / 1000, externalUrl })
  }

  /** Throws `template.execution` with Prometheus' words. */
  async expand(template: PreparedTemplate, data: GoValue): Promise<string> {
    if (template.problem !== undefined) {
      throw templateFailed({ message: `error parsing template ${template.name}: ${template.problem}` })
    }
    // Templates are executed at one go; one that needs a query's result stops there, and starts anew when it has come.
    for (;;) {
      const outcome = this.#attempt(template, data)
      if (!(outcome instanceof Pending)) return outcome
      await this.#ask(outcome.query)
    }
  }

  #attempt({ name, templates, html }: PreparedTemplate, data: GoValue): string | Pending {
    const functions: Record<string, GoFunction> = { ...this.#functions }
    if (html) {
      functions['tmpl'] = goFunction([STRING, ANY], (inner, value) => {
        return new Typed(SAFE_HTML, templates.execute(rawOf(inner) as string, value, functions))
      })
    }
    try {
      return templates.execute(name, data, functions)
    } catch (error) {
      if (error instanceof Pending) return error
      if (!(error instanceof BongsuError)) throw error
      throw templateFailed({ message: `error executing template ${name}: ${error.message}` })
    }
  }

  #result(query: string): GoValue {
    const result = this.#results.get(query)
    if (result instanceof GoError) throw result
    if (!this.#results.has(query)) throw new Pending(query)
    return result
  }

  async #ask(query: string): Promise<void> {
    try {
      this.#results.set(query, queryResult(await this.#options.query(query)))
    } catch (error) {
      if (!(error instanceof BongsuError)) throw error
      this.#results.set(query, new GoError(messageOf(error)))
    }
  }
}
