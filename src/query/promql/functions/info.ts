/**
 * `info(v, {selector})`: adds the labels of info series (`target_info`) to those of `v` that come from the same target. Follows
 * promql/info.go@v3.14.
 */
import { METRIC_NAME } from '../../../model/labels.ts'
import type { LabelSet } from '../../../model/labels.ts'
import type { Matcher } from '../../../model/matcher.ts'
import type { Evaluation } from '../eval/context.ts'
import { executionFailed } from '../eval/errors.ts'
import { selectInstant } from '../eval/instant-leaf.ts'
import { LabelList } from '../eval/label-columns.ts'
import { copyCell, merged } from '../eval/rows.ts'
import { ABSENT, emptyTable, noSeries } from '../eval/vector.ts'
import type { StepTable, StepVector } from '../eval/vector.ts'
import type { Call, Expression, VectorSelector } from '../syntax/ast.ts'
import { IDENTIFYING, InfoSeries } from './info-series.ts'
import { labelTest } from './label-test.ts'

const TARGET_INFO: Matcher = { name: METRIC_NAME, op: '=', value: 'target_info' }
const ANY_INFO: Matcher = { name: METRIC_NAME, op: '=~', value: '.+_info' }

/** Selects the info series itself. Throws `promql.execution` where they are ambiguous, and what the store throws. */
export async function evaluateInfo(call: Call, base: StepVector, evaluation: Evaluation): Promise<StepVector> {
  const asked = call.args[1]?.kind === 'selector' ? call.args[1].matchers : []
  const names = nameMatchers(asked)
  const data = asked.filter(({ name }) => name !== METRIC_NAME)
  const isInfo = infoRows(base, names)
  const selector = infoSelector(call, base, isInfo, [...data, ...names])
  const info =
    selector === undefined ? noSeries(base.steps) : await selectInstant(selector, evaluation, 'timestamp of floats')
  return new Enrichment(base, isInfo, new InfoSeries(info, stepsWithSamples(base)), data).result()
}

/** Which metrics are info metrics: those asked for, those named by nothing but exclusion, or `target_info`. */
function nameMatchers(asked: readonly Matcher[]): readonly Matcher[] {
  const names = asked.filter(({ name }) => name === METRIC_NAME)
  if (names.some(({ op }) => op === '=' || op === '=~')) return names
  return names.length > 0 ? [ANY_INFO, ...names] : [TARGET_INFO]
}

/** By row: 1 for info series themselves, which stay as they are. */
function infoRows(base: StepVector, names: readonly Matcher[]): Uint8Array {
  const { ids, valueOf } = base.labels.column(METRIC_NAME)
  const tests = names.map(labelTest)
  const known = new Map<number, number>()
  return Uint8Array.from(ids, (id) => {
    let isInfo = known.get(id)
    if (isInfo === undefined) {
      isInfo = tests.every((test) => test(valueOf(id))) ? 1 : 0
      known.set(id, isInfo)
    }
    return isInfo
  })
}

/** Selects what may match any row; undefined when no row names its target. */
function infoSelector(
  call: Call,
  base: StepVector,
  isInfo: Uint8Array,
  matchers: readonly Matcher[],
): VectorSelector | undefined {
  const targets: Matcher[] = []
  for (const name of IDENTIFYING) {
    const { ids, valueOf } = base.labels.column(name)
    const values = new Set(ids.filter((id, row) => id !== 0 && isInfo[row] === 0))
    if (values.size === 0) continue
    targets.push({ name, op: '=~', value: Array.from(values, (id) => quoted(valueOf(id))).join('|') })
  }
  if (targets.length === 0) return undefined
  const { at, offset } = referenceOf(call.args[0] as Expression, []) ?? { at: undefined, offset: 0 }
  return {
    kind: 'selector',
    span: call.span,
    name: '',
    matchers: [...targets, ...matchers],
    at,
    offset,
    offsetExpr: undefined,
    extent: undefined,
  }
}

/** As Go's regexp.QuoteMeta. */
function quoted(value: string): string {
  return value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

type Reference = Pick<VectorSelector, 'at' | 'offset'>

/**
 * The time that the first selector of the expression looks at: its own `@` or the innermost one of the subqueries around it,
 * with the offsets up to there.
 */
function referenceOf(node: Expression, around: readonly Reference[]): Reference | undefined {
  switch (node.kind) {
    case 'selector':
      return anchored(node, around)
    case 'matrix':
      return anchored(node.selector, around)
    case 'subquery':
      return referenceOf(node.inner, [node, ...around])
    case 'call':
      return firstReference(node.args, around)
    case 'aggregation':
      return firstReference(node.param === undefined ? [node.inner] : [node.inner, node.param], around)
    case 'binary':
      return firstReference([node.left, node.right], around)
    case 'unary':
      return referenceOf(node.operand, around)
    case 'parens':
      return referenceOf(node.inner, around)
    case 'number':
    case 'string':
      return undefined
  }
}

function firstReference(nodes: readonly Expression[], around: readonly Reference[]): Reference | undefined {
  for (const node of nodes) {
    const found = referenceOf(node, around)
    if (found !== undefined) return found
  }
  return undefined
}

function anchored(selector: Reference, around: readonly Reference[]): Reference {
  let { at, offset } = selector
  for (const outer of around) {
    if (at !== undefined) break
    offset += outer.offset
    at = outer.at
  }
  return { at, offset }
}

function stepsWithSamples({ kinds, steps }: StepVector): Uint8Array {
  const has = new Uint8Array(steps)
  for (let cell = 0; cell < kinds.length; cell++) if (kinds[cell] !== ABSENT) has[cell % steps] = 1
  return has
}

/** Rows of the base with labels of info series, which may change from step to step. */
class Enrichment {
  readonly #base: StepVector
  readonly #isInfo: Uint8Array
  readonly #info: InfoSeries
  readonly #wanted: ReadonlySet<string>
  /** A row without an info series stays only when each matcher lets an absent label pass. */
  readonly #keepsUnmatched: boolean
  /** Rows of the result: label set, row of the base, and the steps of it that it takes over. */
  readonly #rows: { readonly labels: LabelSet; readonly row: number; readonly steps: number[] }[] = []

  constructor(base: StepVector, isInfo: Uint8Array, info: InfoSeries, data: readonly Matcher[]) {
    this.#base = base
    this.#isInfo = isInfo
    this.#info = info
    this.#wanted = new Set(data.map(({ name }) => name))
    this.#keepsUnmatched = data.every((matcher) => labelTest(matcher)(''))
  }

  result(): StepVector {
    for (let row = 0; row < this.#base.labels.size; row++) this.#addRow(row)
    const { dropName, steps } = this.#base
    const flags = dropName && Uint8Array.from(this.#rows, ({ row }) => dropName[row] as number)
    const table = emptyTable(new LabelList(this.#rows.map(({ labels }) => labels)), steps, flags)
    for (const [i, one] of this.#rows.entries()) this.#copySteps(one, table, i * steps)
    return merged(table)
  }

  #copySteps({ row, steps }: { row: number; steps: readonly number[] }, table: StepTable, to: number): void {
    for (const s of steps) copyCell(this.#base, row * this.#base.steps + s, table, to + s)
  }

  #addRow(row: number): void {
    const { labels, kinds, steps } = this.#base
    const own = labels.at(row)
    const metrics = this.#isInfo[row] === 1 ? undefined : this.#info.ofTarget(own)
    /** By the info series that apply: those of one label set. */
    const taken = new Map<string, number[] | undefined>()
    for (let s = 0; s < steps; s++) {
      if (kinds[row * steps + s] === ABSENT) continue
      const matched = metrics?.map((chosen) => chosen[s] as number).filter((info) => info >= 0)
      const key = matched?.join(' ') ?? 'itself'
      if (!taken.has(key)) taken.set(key, this.#startRow(row, own, matched))
      taken.get(key)?.push(s)
    }
  }

  /** Undefined when the row is left out at such steps. */
  #startRow(row: number, own: LabelSet, matched: readonly number[] | undefined): number[] | undefined {
    if (matched?.length === 0 && !this.#keepsUnmatched) return undefined
    const steps: number[] = []
    this.#rows.push({ labels: this.#enriched(own, matched ?? []), row, steps })
    return steps
  }

  #enriched(own: LabelSet, matched: readonly number[]): LabelSet {
    const added = new Map<string, string>()
    for (const info of matched) {
      for (const [name, value] of this.#info.labelsAt(info).entries()) {
        if (name === METRIC_NAME || (this.#wanted.size > 0 && !this.#wanted.has(name))) continue
        const known = added.get(name)
        if (known !== undefined && known !== value) throw executionFailed({ message: `conflicting label: ${name}` })
        if (!own.has(name)) added.set(name, value)
      }
    }
    return added.size === 0 ? own : own.with(Object.fromEntries(added))
  }
}
