import type { Answer, AnswerRow } from './answer.ts'

export type Comparison =
  | { readonly kind: 'same' }
  /** Alike but for the last bits; `error` is the largest relative one. */
  | { readonly kind: 'close'; readonly error: number }
  | { readonly kind: 'different'; readonly what: Aspect; readonly text: string }

export type Aspect = 'failure' | 'message' | 'type' | 'series' | 'points' | 'values' | 'order' | 'annotations'

type Answered = Answer & { kind: 'answered' }

/** Largest relative error that counts as close. */
const TOLERANCE = 1e-12
/** As many annotations of a kind as the API shows. */
const SHOWN = 10

/** `ordered`: the rows of both come in an order that means something. */
export function compareAnswers(want: Answer, got: Answer, ordered: boolean): Comparison {
  if (want.kind === 'failed' || got.kind === 'failed') {
    if (want.kind !== got.kind) return different('failure', messageOf(want), messageOf(got))
    return messageOf(want) === messageOf(got) ? { kind: 'same' } : different('message', messageOf(want), messageOf(got))
  }
  if (want.type !== got.type) return different('type', want.type, got.type)
  const values = compareRows(want.rows, got.rows)
  if (values.kind === 'different') return values
  for (const kind of ['warnings', 'infos'] as const) {
    const [a, b] = [annotations(want, kind), annotations(got, kind)]
    if (a !== b) return different('annotations', a, b)
  }
  const [wantOrder, gotOrder] = [orderOf(want), orderOf(got)]
  return ordered && wantOrder !== gotOrder ? different('order', wantOrder, gotOrder) : values
}

function orderOf({ rows }: Answered): string {
  return rows.map(({ labels }) => labels).join(' ')
}

function messageOf(answer: Answer): string {
  return answer.kind === 'failed' ? answer.message : 'no failure'
}

/** When there are more than are shown, any of them are: then only their number counts. */
function annotations(answer: Answered, kind: 'warnings' | 'infos'): string {
  const all = answer[kind]
  const omitted = /^(\d+) more .* omitted$/.exec(all.at(-1) ?? '')
  const count = omitted === null ? all.length : all.length - 1 + Number(omitted[1])
  return count > SHOWN ? `${count} ${kind}` : all.toSorted().join('; ')
}

function compareRows(want: readonly AnswerRow[], got: readonly AnswerRow[]): Comparison {
  const rows = new Map(got.map((row) => [row.labels, row]))
  const missing = want.filter(({ labels }) => !rows.has(labels)).map(({ labels }) => labels)
  const known = new Set(want.map(({ labels }) => labels))
  const extra = got.filter(({ labels }) => !known.has(labels)).map(({ labels }) => labels)
  if (missing.length + extra.length > 0)
    return different('series', missing.join(' ') || 'none', extra.join(' ') || 'none')
  if (rows.size !== got.length) return different('series', 'each series once', 'a series twice')
  let error = 0
  for (const row of want) {
    const one = compareRow(row, rows.get(row.labels) as AnswerRow)
    if (one.kind === 'different') return one
    if (one.kind === 'close') error = Math.max(error, one.error)
  }
  return error === 0 ? { kind: 'same' } : { kind: 'close', error }
}

function compareRow(want: AnswerRow, got: AnswerRow): Comparison {
  const shape = ({ points }: AnswerRow): string =>
    points.map(({ t, isHistogram }) => `${isHistogram ? 'h' : ''}${t}`).join()
  if (shape(want) !== shape(got)) return different('points', `${want.labels} ${shape(want)}`, shape(got))
  let error = 0
  for (const [i, { t, numbers }] of want.points.entries()) {
    const others = got.points[i]?.numbers ?? []
    const one = numbers.length === others.length ? largestError(numbers, others) : Infinity
    if (!(one <= TOLERANCE)) return different('values', `${want.labels} at ${t}: ${numbers.join()}`, others.join())
    error = Math.max(error, one)
  }
  return error === 0 ? { kind: 'same' } : { kind: 'close', error }
}

function largestError(want: readonly number[], got: readonly number[]): number {
  return want.reduce((largest, a, i) => Math.max(largest, relativeError(a, got[i] as number)), 0)
}

function relativeError(a: number, b: number): number {
  if (Object.is(a, b)) return 0
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity
  return a === b ? Infinity : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))
}

function different(what: Aspect, want: string, got: string): Comparison {
  const short = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)} ...` : text)
  return { kind: 'different', what, text: `${what}: Prometheus ${short(want)} | Bongsu ${short(got)}` }
}
