/** Executes the statements of templates. Follows exec.go of Go's text/template. */
import { quote } from '../../go-text.ts'
import { sortedEntries, sprint } from '../print/values.ts'
import type { Statement, Tree } from '../syntax/nodes.ts'
import { indirect, isTrue, itemsOf, kindOf, rawOf } from '../value.ts'
import type { GoValue } from '../value.ts'
import { evaluatePipe } from './evaluate.ts'
import { Frame } from './frame.ts'
import type { Run } from './frame.ts'

/** Why a list of statements ended. */
type Ending = 'done' | 'break' | 'continue'

export function execute(run: Run, tree: Tree, data: GoValue): void {
  walk(new Frame(run, tree, data), data, tree.body)
}

function walk(frame: Frame, dot: GoValue, body: readonly Statement[]): Ending {
  for (const statement of body) {
    const ending = walkOne(frame, dot, statement)
    if (ending !== 'done') return ending
  }
  return 'done'
}

function walkOne(frame: Frame, dot: GoValue, statement: Statement): Ending {
  frame.at(statement)
  frame.step()
  switch (statement.kind) {
    case 'text':
      frame.run.output.text(statement.text)
      return 'done'
    case 'action': {
      const value = evaluatePipe(frame, dot, statement.pipe)
      if (statement.pipe.declared.length === 0) {
        frame.at(statement)
        frame.run.output.value(value)
      }
      return 'done'
    }
    case 'break':
    case 'continue':
      return statement.kind
    case 'template':
      walkTemplate(frame, dot, statement)
      return 'done'
    case 'branch':
      return statement.word === 'range' ? walkRange(frame, dot, statement) : walkCondition(frame, dot, statement)
  }
}

type Branch = Statement & { kind: 'branch' }

function walkCondition(frame: Frame, dot: GoValue, { word, pipe, body, otherwise }: Branch): Ending {
  const { mark } = frame
  const value = evaluatePipe(frame, dot, pipe)
  const ending = isTrue(value) ? walk(frame, word === 'with' ? value : dot, body) : walk(frame, dot, otherwise ?? [])
  frame.forget(mark)
  return ending
}

function walkTemplate(frame: Frame, dot: GoValue, { name, pipe }: Statement & { kind: 'template' }): void {
  const { run, depth } = frame
  const tree = run.trees.get(name)
  if (tree === undefined) return frame.fail(`template ${quote(name)} not defined`)
  if (depth >= run.limits.depth) return frame.fail(`exceeded maximum template depth (${run.limits.depth})`)
  const data = pipe === undefined ? undefined : evaluatePipe(frame, dot, pipe)
  walk(new Frame(run, tree, data, depth + 1), data, tree.body)
}

function walkRange(frame: Frame, dot: GoValue, branch: Branch): Ending {
  const outside = frame.mark
  const { value } = indirect(evaluatePipe(frame, dot, branch.pipe))
  let count = 0
  for (const [index, item] of pairsOf(frame, value, branch)) {
    count++
    if (walkOnce(frame, branch, index, item) === 'break') break
  }
  if (count === 0 && branch.otherwise !== undefined) {
    const ending = walk(frame, dot, branch.otherwise)
    frame.forget(outside)
    return ending
  }
  frame.forget(outside)
  return 'done'
}

function walkOnce(frame: Frame, { pipe, body }: Branch, index: GoValue, item: GoValue): Ending {
  const [first, second] = pipe.declared
  if (pipe.isAssignment) {
    if (first !== undefined) frame.assign(first, second === undefined ? item : index)
    if (second !== undefined) frame.assign(second, item)
  } else {
    if (first !== undefined) frame.setTop(1, item)
    if (second !== undefined) frame.setTop(2, index)
  }
  frame.step()
  const { mark } = frame
  const ending = walk(frame, item, body)
  frame.forget(mark)
  return ending
}

/** What a range goes through, one after the other. */
function* pairsOf(frame: Frame, value: GoValue, { pipe }: Branch): Iterable<readonly [GoValue, GoValue]> {
  switch (kindOf(value)) {
    case undefined:
      return
    case 'slice':
      for (const [i, item] of itemsOf(value).entries()) yield [BigInt(i), item]
      return
    case 'map':
      yield* sortedEntries(value)
      return
    case 'int':
    case 'uint':
      if (pipe.declared.length > 1) frame.fail(`can't use ${sprint([value])} to iterate over more than one variable`)
      for (let i = 0n; i < (rawOf(value) as bigint); i++) yield [i, i]
      return
    default:
      frame.fail(`range can't iterate over ${sprint([value])}`)
  }
}
