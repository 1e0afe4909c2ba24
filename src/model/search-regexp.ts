import { compileUnanchored } from './regexp.ts'
import { expandTemplate, parseTemplate } from './regexp-template.ts'

/** A regular expression that looks for its pattern anywhere in a text, as Go's regexp package does. */
export interface SearchRegexp {
  test(text: string): boolean
  /** Every match replaced; `$1`, `${name}` and `$$` in `template` as in Go. */
  replaceAll(text: string, template: string): string
}

/** Throws an Error with Go's words: `error parsing regexp: missing closing ): ...`. */
export function compileSearchRegexp(pattern: string): SearchRegexp {
  const compiled = compileUnanchored(pattern)
  const replaceAll = (text: string, template: string): string => {
    const parts = parseTemplate(template, compiled)
    let result = ''
    let copied = 0
    let at = 0
    while (at <= text.length) {
      const match = compiled.find(text, at)
      if (match === undefined) break
      const { start, end, groups } = match
      result += text.slice(copied, start)
      // An empty match right behind another one is none.
      if (end > copied || start === 0) result += expandTemplate(parts, groups)
      copied = end
      at = Math.max(end, at + characterLength(text, at))
    }
    return result + text.slice(copied)
  }
  return { test: (text) => compiled.find(text, 0) !== undefined, replaceAll }
}

function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
