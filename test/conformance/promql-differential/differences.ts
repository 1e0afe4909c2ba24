/** Where the engine differs from Prometheus 3.5 on purpose: it follows 3.14, and what depends on no promised order. */
import type { Answer } from './answer.ts'
import type { Aspect } from './compare.ts'

interface KnownDifference {
  readonly reason: string
  readonly applies: (query: string, what: Aspect, want: Answer, got: Answer) => boolean
}

const isAbout =
  (...aspects: readonly Aspect[]): ((what: Aspect) => boolean) =>
  (what) =>
    aspects.includes(what)
const ofValues = isAbout('series', 'points', 'values', 'order')

const KNOWN: readonly KnownDifference[] = [
  {
    reason:
      'which duplicate series an error names, and which error comes first, depends on the order of series in storage',
    applies: (_, what, want, got) =>
      what === 'message' &&
      [want, got].every((one) => one.kind === 'failed' && /duplicate|multiple matches/.test(one.message)),
  },
  {
    reason: 'which of equal values topk, bottomk and limitk keep depends on the order of series, which is random there',
    applies: (query, what) => /topk|bottomk|limitk/.test(query) && ofValues(what),
  },
  {
    reason: 'limit_ratio chooses by a hash of labels, which another build of Prometheus has otherwise',
    applies: (query, what) => query.includes('limit_ratio') && ofValues(what),
  },
  {
    reason:
      '3.10 to 3.14: info knows labels that both sides have (#17817), and the time that offset and @ of its argument tell',
    applies: (query, what) => /info\(.*(version|offset|@)/.test(query) && ofValues(what),
  },
  {
    reason: '3.14: mad_over_time is NaN when a sample is (#19040)',
    applies: (query, what) => query.includes('mad_over_time') && ofValues(what),
  },
  {
    reason: '3.6: rates of histograms are cut where they would reach below zero, those of gauges too (#16828)',
    applies: (query, what) => /(rate|increase)\(.*fill/.test(query) && ofValues(what),
  },
  {
    reason: '3.8: histogram_fraction knows a lower bound within the first bucket (#17424)',
    applies: (query, what) => /histogram_fraction\(.*(_bucket|size)/.test(query) && ofValues(what),
  },
  {
    reason: '3.7: histograms with other custom buckets are added in the bounds that they share (#17278)',
    applies: (_, __, want) =>
      want.kind === 'answered' && want.warnings.some((text) => text.includes('incompatible custom buckets')),
  },
]

/** Annotations of 3.5 as 3.14 has them; `undefined` in place of a text = there is none on the other side. */
const ANNOTATIONS: readonly { readonly reason: string; readonly pattern: RegExp; readonly by: string | undefined }[] = [
  {
    reason: '3.14: a bucket label at fault is told without the metric name, which is gone by then',
    pattern: /(?<=bucket label "le" is missing or has a malformed value of ".*") for metric name ".*"/,
    by: '',
  },
  { reason: '3.7: no empty metric names (#16794)', pattern: / for metric name ""/, by: '' },
  {
    reason: '3.10: what monotonicity was forced on is told in detail (#15578)',
    pattern: /(?<=#histogram_quantile\)).*(?= \()/,
    by: '',
  },
  { reason: '3.12: sort in a range query is warned of (#18498)', pattern: /.*sort is ineffective.*/s, by: undefined },
  {
    reason: '3.7: counter resets in conflict are warned of (#17051)',
    pattern: /.*conflicting counter resets.*/s,
    by: undefined,
  },
  {
    reason: '3.8: custom buckets are reconciled (#17278)',
    pattern: /.*custom buckets (were reconciled|for metric name).*/s,
    by: undefined,
  },
]

/** The reason of a difference, when there is one. */
export function knownDifference(query: string, what: Aspect, want: Answer, got: Answer): string | undefined {
  const known = KNOWN.find(({ applies }) => applies(query, what, want, got))
  if (known !== undefined || what !== 'annotations') return known?.reason
  const [a, b] = [translated(want, query), translated(got, query)]
  return a.texts === b.texts ? [...new Set([...a.reasons, ...b.reasons])].join('; ') : undefined
}

const PARENTHESES = '3.14: annotations point into the parentheses of an argument'

function translated(answer: Answer, query: string): { readonly texts: string; readonly reasons: readonly string[] } {
  if (answer.kind === 'failed') return { texts: answer.message, reasons: [] }
  const reasons: string[] = []
  const texts = [...answer.warnings, ...answer.infos].flatMap((original) => {
    let text: string | undefined = original
    for (const { reason, pattern, by } of ANNOTATIONS) {
      if (text === undefined || !pattern.test(text)) continue
      reasons.push(reason)
      text = by === undefined ? undefined : text.replace(pattern, by)
    }
    if (text === undefined) return []
    const inside = withinParentheses(text, query)
    if (inside !== text) reasons.push(PARENTHESES)
    return [inside]
  })
  return { texts: [...new Set(texts)].toSorted().join('; '), reasons }
}

/** With the position moved behind opening parentheses. Random queries are one line of ASCII. */
function withinParentheses(text: string, query: string): string {
  return text.replace(/\(1:(\d+)\)$/, (_, column: string) => {
    let at = Number(column)
    while (query[at - 1] === '(') at++
    return `(1:${at})`
  })
}
