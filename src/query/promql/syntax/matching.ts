/** What stands between an operator and its right side, and lists of labels. Follows bin_modifier and grouping_labels, generated_parser.y@v3.14. */
import { isLabelName } from '../../../model/names.ts'
import type { VectorMatching } from './ast.ts'
import { readLiteral } from './durations.ts'
import { quote } from '../../../core/go-text.ts'
import { unquote } from '../../../core/go-unquote.ts'
import { canNameLabel } from './token.ts'
import type { TokenReader } from './token-reader.ts'

const CONTEXT = 'grouping opts'

export interface BinaryModifiers {
  readonly returnsBool: boolean
  readonly matching: VectorMatching
}

const NO_FILL = { left: undefined, right: undefined }

const PLAIN_MATCHING: VectorMatching = {
  cardinality: 'one-to-one',
  on: false,
  labels: [],
  include: [],
  fill: NO_FILL,
}

const PLAIN: BinaryModifiers = { returnsBool: false, matching: PLAIN_MATCHING }

const BEGINNINGS: ReadonlySet<string> = new Set(['bool', 'on', 'ignoring', 'fill', 'fill_left', 'fill_right'])

/** `bool`, `on` or `ignoring` with `group_left` or `group_right`, and `fill`, in this order. */
export function readModifiers(reader: TokenReader): BinaryModifiers {
  if (!BEGINNINGS.has(reader.peek())) return PLAIN
  const returnsBool = reader.take('bool')
  const kind = reader.peek()
  const grouped = kind === 'on' || kind === 'ignoring' ? readMatching(reader, kind) : PLAIN_MATCHING
  return { returnsBool, matching: { ...grouped, fill: readFill(reader) } }
}

function readMatching(reader: TokenReader, kind: 'on' | 'ignoring'): VectorMatching {
  reader.shift()
  const labels = readLabels(reader)
  const group = reader.peek()
  const matching = { ...PLAIN_MATCHING, on: kind === 'on', labels }
  if (group !== 'group_left' && group !== 'group_right') return matching
  reader.shift()
  const include = reader.peek() === '(' ? readLabels(reader) : []
  return { ...matching, cardinality: group === 'group_left' ? 'many-to-one' : 'one-to-many', include }
}

function readFill(reader: TokenReader): VectorMatching['fill'] {
  if (reader.take('fill')) {
    const value = readFillValue(reader)
    return { left: value, right: value }
  }
  if (reader.take('fill_left')) {
    const left = readFillValue(reader)
    return { left, right: reader.take('fill_right') ? readFillValue(reader) : undefined }
  }
  if (reader.take('fill_right')) {
    const right = readFillValue(reader)
    return { left: reader.take('fill_left') ? readFillValue(reader) : undefined, right }
  }
  return NO_FILL
}

function readFillValue(reader: TokenReader): number {
  reader.expect('(')
  const sign = reader.peek()
  if (sign === '+' || sign === '-') reader.shift()
  while (reader.peek() !== 'number' && reader.peek() !== 'duration') reader.reject()
  const { seconds } = readLiteral(reader)
  reader.expect(')')
  return sign === '-' ? -seconds : seconds
}

/** Labels in parentheses. */
export function readLabels(reader: TokenReader): readonly string[] {
  const labels: string[] = []
  while (!reader.take('(')) {
    if (reader.drops()) continue
    reader.recover(CONTEXT, '"("')
    return labels
  }
  if (reader.take(')')) return labels
  readLabel(reader, labels)
  while (!closed(reader)) {
    if (reader.take(')')) break
    readLabel(reader, labels)
  }
  return labels
}

/** Takes the comma or parenthesis behind a label; true for the parenthesis. */
function closed(reader: TokenReader): boolean {
  for (;;) {
    if (reader.take(')')) return true
    if (reader.take(',')) return false
    if (!reader.drops()) reader.recover(CONTEXT, '"," or ")"')
  }
}

function readLabel(reader: TokenReader, labels: string[]): void {
  for (;;) {
    const kind = reader.peek()
    if (kind === 'string' || canNameLabel(kind)) break
    if (!reader.drops()) return reader.recover(CONTEXT, 'label')
  }
  const label = reader.peek() === 'string' ? unquote(reader.word) : reader.word
  if (!isLabelName(label, 'utf8')) reader.problem(reader.span, `invalid label name for grouping: ${quote(label)}`)
  labels.push(label)
  reader.shift()
}
