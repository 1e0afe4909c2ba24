/** What stands behind an expression: `[5m]`, `[1h:5m]`, `offset`, `@`, `anchored`, `smoothed`. Follows addOffset and its like, parse.go@v3.14. */
import type {
  AtModifier,
  DurationExpression,
  Expression,
  MatrixSelector,
  Modifiers,
  Subquery,
  VectorSelector,
} from './ast.ts'
import { readLiteral } from './durations.ts'
import type { DurationGrammar } from './durations.ts'
import { formatFixed } from '../../../core/go-text.ts'
import { roundHalfAway, toMs } from './literal.ts'
import type { ParserOptions } from './options.ts'
import { placeholder } from './placeholder.ts'
import { END_WORD } from './token.ts'
import { Unwind } from './token-reader.ts'
import type { TokenReader } from './token-reader.ts'

type Modifiable = VectorSelector | MatrixSelector | Subquery

const TARGETS = 'must be preceded by an instant vector selector or range vector selector or a subquery'
const DURATION = 'number, duration, step(), or range()'
const MAX_INT64 = 2 ** 63

export class ModifierGrammar {
  readonly #reader: TokenReader
  readonly #durations: DurationGrammar
  readonly #options: ParserOptions
  /** Ranges of what is no selector: they have been told, and modifiers behind them say the same. */
  readonly #broken = new WeakSet<Expression>()

  constructor(reader: TokenReader, durations: DurationGrammar, options: ParserOptions) {
    this.#reader = reader
    this.#durations = durations
    this.#options = options
  }

  /** Reads what stands behind an expression, in any order. */
  read(expression: Expression): Expression {
    let found = expression
    for (;;) {
      const kind = this.#reader.peek()
      if (kind === '[') found = this.#brackets(found)
      else if (kind === 'offset') found = this.#offset(found)
      else if (kind === '@') found = this.#at(found)
      else if (kind === 'anchored' || kind === 'smoothed') found = this.#extent(found, kind)
      else return found
    }
  }

  /** What `rule` reads; undefined after an error within, which is then told in these words. */
  #attempt<T>(context: string, expected: string, rule: () => T): T | undefined {
    try {
      return rule()
    } catch (error) {
      if (!(error instanceof Unwind)) throw error
      this.#reader.recover(context, expected)
      return undefined
    }
  }

  #brackets(inner: Expression): Expression {
    const reader = this.#reader
    const { start } = reader
    reader.shift()
    const read = (): DurationExpression => this.#durations.positive()
    const window = this.#attempt('subquery or range selector', DURATION, read)
    if (window === undefined) return inner
    for (;;) {
      if (reader.take(']')) return this.#range(inner, window, start)
      if (reader.take(':')) break
      if (reader.drops()) continue
      reader.recover('subquery or range', '":" or "]"')
      return inner
    }
    if (reader.take(']')) return this.#subquery(inner, window, undefined)
    const step = this.#attempt('subquery selector', `${DURATION.replace(' or range', ' range')}, or "]"`, read)
    if (step === undefined) return inner
    while (!reader.take(']')) {
      if (reader.drops()) continue
      reader.recover('subquery selector', '"]"')
      return inner
    }
    return this.#subquery(inner, window, step)
  }

  #range(inner: Expression, windowExpr: DurationExpression, start: number): Expression {
    const { end } = this.#reader
    const problem = rangeProblem(inner)
    if (problem !== undefined) this.#reader.problem({ start, end }, problem)
    const span = { start: inner.span.start, end }
    if (inner.kind === 'selector') return { kind: 'matrix', span, selector: inner, ...windowOf(windowExpr) }
    const broken = placeholder(span)
    this.#broken.add(broken)
    return broken
  }

  #subquery(inner: Expression, window: DurationExpression, step: DurationExpression | undefined): Subquery {
    const span = { start: inner.span.start, end: this.#reader.end }
    const isPlain = step === undefined || step.kind === 'duration'
    return {
      kind: 'subquery',
      span,
      inner,
      ...windowOf(window),
      step: step?.kind === 'duration' ? toMs(step.seconds) : 0,
      stepExpr: isPlain ? undefined : step,
      offset: 0,
      offsetExpr: undefined,
      at: undefined,
    }
  }

  #offset(target: Expression): Expression {
    const reader = this.#reader
    reader.shift()
    const by = this.#attempt('offset', DURATION, () => this.#durations.offset())
    if (by === undefined) return target
    if (!this.#isModifiable(target)) {
      this.#refuse(target, `offset modifier ${TARGETS}`)
      return target
    }
    const { offset, offsetExpr } = modifiersOf(target)
    if (offset !== 0 || offsetExpr !== undefined) {
      reader.problem(target.span, 'offset may not be set multiple times')
      return modified(target, {}, reader.lastClosing)
    }
    const set = by.kind === 'duration' ? { offset: toMs(by.seconds) + 0 } : { offset: 0, offsetExpr: by }
    return modified(target, set, reader.lastClosing)
  }

  #at(target: Expression): Expression {
    const reader = this.#reader
    reader.shift()
    const at = this.#attempt('@', 'timestamp', () => this.#time())
    if (at === undefined) return target
    if (typeof at === 'number' && !(Math.abs(at) < MAX_INT64)) {
      reader.problem(target.span, `timestamp out of bounds for @ modifier: ${formatFixed(at, 6)}`)
    }
    if (!this.#isModifiable(target)) {
      this.#refuse(target, `@ modifier ${TARGETS}`)
      return target
    }
    if (modifiersOf(target).at !== undefined) {
      reader.problem(target.span, '@ <timestamp> may not be set multiple times')
      return target
    }
    const time = typeof at === 'number' ? roundHalfAway(at * 1000) + 0 : at
    return modified(target, { at: time }, reader.lastClosing)
  }

  /** A time in seconds, or `start()` or `end()`. */
  #time(): AtModifier {
    const reader = this.#reader
    for (;;) {
      const kind = reader.peek()
      if (kind === 'start' || kind === END_WORD) {
        reader.shift()
        reader.expect('(')
        reader.expect(')')
        return kind === 'start' ? 'start' : 'end'
      }
      if (kind === 'number' || kind === 'duration') return readLiteral(reader).seconds
      if (kind === '+' || kind === '-') {
        reader.shift()
        while (reader.peek() !== 'number' && reader.peek() !== 'duration') reader.reject()
        const { seconds } = readLiteral(reader)
        return kind === '-' ? -seconds : seconds
      }
      reader.reject()
    }
  }

  #extent(target: Expression, extent: 'anchored' | 'smoothed'): Expression {
    const reader = this.#reader
    reader.shift()
    const refuse = (message: string): Expression => {
      reader.problem(target.span, message)
      return target
    }
    if (!this.#options.extendedRangeSelectors) return refuse(`${extent} modifier is experimental and not enabled`)
    if (target.kind === 'subquery') return refuse(`${extent} modifier is not supported for subqueries`)
    if (this.#broken.has(target)) return target
    if (target.kind !== 'selector' && target.kind !== 'matrix') return refuse(`${extent} modifier not implemented`)
    const selector = target.kind === 'matrix' ? target.selector : target
    if (selector.extent !== undefined && selector.extent !== extent) {
      return refuse('anchored and smoothed modifiers cannot be used together')
    }
    const extended = { ...selector, extent }
    return target.kind === 'matrix' ? { ...target, selector: extended } : extended
  }

  #isModifiable(target: Expression): target is Modifiable {
    return target.kind === 'selector' || target.kind === 'matrix' || target.kind === 'subquery'
  }

  #refuse(target: Expression, message: string): void {
    this.#reader.problem(target.span, this.#broken.has(target) ? 'ranges only allowed for vector selectors' : message)
  }
}

function rangeProblem(inner: Expression): string | undefined {
  if (inner.kind !== 'selector') return 'ranges only allowed for vector selectors'
  if (inner.offset !== 0 || inner.offsetExpr !== undefined) return 'no offset modifiers allowed before range'
  return inner.at === undefined ? undefined : 'no @ modifiers allowed before range'
}

function windowOf(window: DurationExpression): Pick<MatrixSelector, 'window' | 'windowExpr'> {
  return window.kind === 'duration'
    ? { window: toMs(window.seconds), windowExpr: undefined }
    : { window: 0, windowExpr: window }
}

function modifiersOf(target: Modifiable): Modifiers {
  return target.kind === 'matrix' ? target.selector : target
}

/** The same with modifiers set, and its end moved. */
function modified(target: Modifiable, set: Partial<Modifiers>, end: number): Modifiable {
  const span = { start: target.span.start, end }
  return target.kind === 'matrix'
    ? { ...target, span, selector: { ...target.selector, ...set } }
    : { ...target, span, ...set }
}
