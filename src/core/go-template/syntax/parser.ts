/** Reads templates. Follows parse.go of Go's text/template. */
import { quote } from '../../go-text.ts'
import { Lexer } from './lexer.ts'
import type { Token } from './lexer.ts'
import type { Branching, Pipe, Statement, Tree } from './nodes.ts'
import { MOST_NESTING, readPipe, readString } from './pipeline.ts'
import type { Scope } from './pipeline.ts'
import { TokenReader } from './token-reader.ts'

/** The trees of a text: its own, which bears `name`, and those that it defines. Throws `template.syntax`. */
export function parseTemplate(
  name: string,
  text: string,
  hasFunction: Scope['hasFunction'],
): ReadonlyMap<string, Tree> {
  const trees = new Map<string, Tree>()
  const lexer = new Lexer(text)
  new Parser({ lexer, text, source: name, hasFunction, trees }).readText(name)
  return trees
}

interface Source {
  readonly lexer: Lexer
  readonly text: string
  readonly source: string
  readonly hasFunction: Scope['hasFunction']
  readonly trees: Map<string, Tree>
}

/** What ended a list: `{{end}}`, or `{{else}}` with its place. */
interface End {
  readonly word: 'end' | 'else'
  readonly at: number
}

const CONTROLS: readonly string[] = ['if', 'with', 'range']
const isEnd = (one: Statement | End | undefined): one is End => one !== undefined && 'word' in one && !('kind' in one)

/** Reads one tree; what it defines within is read by further parsers on the same text. */
class Parser {
  readonly #in: Source
  readonly #reader: TokenReader
  readonly #scope: Scope
  #ranges = 0
  #depth: number

  constructor(source: Source, depth = 0) {
    this.#in = source
    this.#reader = new TokenReader(source.lexer, source.source)
    this.#scope = { variables: ['$'], hasFunction: source.hasFunction, depth: 0 }
    this.#depth = depth
  }

  /** The whole text, which is the tree `name`. */
  readText(name: string): void {
    const reader = this.#reader
    const body: Statement[] = []
    while (reader.peek().kind !== 'end of text') {
      if (reader.peek().kind === 'left') {
        const left = reader.next()
        const word = reader.nextNonSpace()
        if (reader.isKeyword(word, 'define')) {
          this.#inner().readDefinition()
          continue
        }
        reader.putBack(left, word)
      }
      const one = this.#statement()
      if (isEnd(one)) reader.fail(`unexpected {{${one.word}}}`)
      else body.push(one)
    }
    this.#add(name, body)
  }

  /** `"name"}} ... {{end}}` of a definition. */
  readDefinition(): void {
    const context = 'define clause'
    const name = readString(this.#reader, this.#reader.expect(context, 'string', 'raw string'))
    this.#reader.expect(context, 'right')
    this.#add(name, this.#bodyUpToEnd(context))
  }

  readBlock(name: string): void {
    this.#add(name, this.#bodyUpToEnd('block clause'))
  }

  #inner(): Parser {
    return new Parser(this.#in, this.#depth + 1)
  }

  #bodyUpToEnd(context: string): readonly Statement[] {
    const { body, end } = this.#list()
    if (end.word !== 'end') this.#reader.fail(`unexpected {{${end.word}}} in ${context}`)
    return body
  }

  #add(name: string, body: readonly Statement[]): void {
    const { trees, text, source } = this.#in
    const known = trees.get(name)
    if (known === undefined || isEmpty(known.body)) trees.set(name, { name, body, text, source })
    else if (!isEmpty(body)) this.#reader.fail(`template: multiple definition of template ${quote(name)}`)
  }

  #list(): { readonly body: readonly Statement[]; readonly end: End } {
    const body: Statement[] = []
    if (++this.#depth > MOST_NESTING) this.#reader.fail(`nested deeper than ${MOST_NESTING}`)
    while (this.#reader.peekNonSpace().kind !== 'end of text') {
      const one = this.#statement()
      if (isEnd(one)) {
        this.#depth--
        return { body, end: one }
      }
      body.push(one)
    }
    return this.#reader.fail('unexpected EOF')
  }

  #statement(): Statement | End {
    const token = this.#reader.nextNonSpace()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'left') return this.#reader.unexpected(token, 'input')
    this.#reader.actionLine = token.line
    const action = this.#action()
    this.#reader.actionLine = 0
    return action
  }

  #action(): Statement | End {
    const reader = this.#reader
    const token = reader.nextNonSpace()
    const word = token.kind === 'keyword' ? token.text : ''
    if (CONTROLS.includes(word)) return this.#branch(word as Branching)
    switch (word) {
      case 'block':
        return this.#block()
      case 'break':
      case 'continue':
        return this.#leave(word, token)
      case 'else':
        return this.#else()
      case 'end':
        return { word: 'end', at: reader.expect('end', 'right').at }
      case 'template':
        return this.#template()
      default: {
        reader.putBack(token)
        const { at } = reader.peek()
        return { kind: 'action', at, pipe: this.#pipe('command') }
      }
    }
  }

  #pipe(context: string): Pipe {
    return readPipe(this.#reader, this.#scope, context, 'right')
  }

  #leave(kind: 'break' | 'continue', { at }: Token): Statement {
    const token = this.#reader.nextNonSpace()
    if (token.kind !== 'right') this.#reader.unexpected(token, `{{${kind}}}`)
    if (this.#ranges === 0) this.#reader.fail(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  /** `{{else if}}` is read as `{{else}}{{if}}`: the word stays for the branch around it. */
  #else(): End {
    const next = this.#reader.peekNonSpace()
    if (this.#reader.isKeyword(next, 'if') || this.#reader.isKeyword(next, 'with')) return { word: 'else', at: next.at }
    return { word: 'else', at: this.#reader.expect('else', 'right').at }
  }

  #branch(word: Branching): Statement {
    const outside = this.#scope.variables.length
    const pipe = this.#pipe(word)
    if (word === 'range') this.#ranges++
    const { body, end } = this.#list()
    if (word === 'range') this.#ranges--
    const otherwise = end.word === 'end' ? undefined : this.#otherwise(word)
    this.#scope.variables.length = outside
    return { kind: 'branch', at: pipe.at, word, pipe, body, otherwise }
  }

  #otherwise(word: Branching): readonly Statement[] {
    if (word !== 'range' && this.#reader.isKeyword(this.#reader.peek(), word)) {
      this.#reader.next()
      if (++this.#depth > MOST_NESTING) this.#reader.fail(`nested deeper than ${MOST_NESTING}`)
      const inner = this.#branch(word)
      this.#depth--
      return [inner]
    }
    const { body, end } = this.#list()
    if (end.word !== 'end') this.#reader.fail(`expected end; found {{${end.word}}}`)
    return body
  }

  #block(): Statement {
    const context = 'block clause'
    const { name, at } = this.#templateName(context)
    const pipe = this.#pipe(context)
    this.#inner().readBlock(name)
    return { kind: 'template', at, name, pipe }
  }

  #template(): Statement {
    const context = 'template clause'
    const { name, at } = this.#templateName(context)
    const next = this.#reader.nextNonSpace()
    if (next.kind === 'right') return { kind: 'template', at, name, pipe: undefined }
    this.#reader.putBack(next)
    return { kind: 'template', at, name, pipe: this.#pipe(context) }
  }

  #templateName(context: string): { readonly name: string; readonly at: number } {
    const token = this.#reader.nextNonSpace()
    if (token.kind !== 'string' && token.kind !== 'raw string') return this.#reader.unexpected(token, context)
    return { name: readString(this.#reader, token), at: token.at }
  }
}

/** A tree of nothing but white space gives way to another one of its name. */
export function isEmpty(body: readonly Statement[]): boolean {
  return body.every((one) => one.kind === 'text' && one.text.trim() === '')
}
