/** Vector matching by its definition: step by step, on label sets as records. Slow and plain, to hold the real one to. */

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

export interface ReferenceMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many'
  readonly on: boolean
  readonly labels: readonly string[]
  readonly include: readonly string[]
  readonly fill: { readonly left: number | undefined; readonly right: number | undefined }
}

/** `left + right` at one step, without metric names in the result. Throws with the beginning of Prometheus' message. */
export function addedByDefinition(
  left: readonly Sample[],
  right: readonly Sample[],
  matching: ReferenceMatching,
): Sample[] {
  const { fill, cardinality } = matching
  const hasFill = fill.left !== undefined || fill.right !== undefined
  if ((left.length === 0 || right.length === 0) && !hasFill) return []
  const [many, one] = cardinality === 'one-to-many' ? [right, left] : [left, right]
  const ones = new Map<string, Sample>()
  for (const sample of one) {
    const key = keyOf(matchedOf(sample.labels, matching))
    if (ones.has(key)) throw new Error('found duplicate series')
    ones.set(key, sample)
  }
  const results: Sample[] = []
  const met = new Map<string, Set<string>>()
  const combine = (a: Sample, b: Sample, key: string): void => {
    const labels = resultOf(a.labels, b.labels, matching)
    const before = met.get(key) ?? new Set()
    met.set(key, before)
    if (before.size > 0 && cardinality === 'one-to-one') throw new Error('multiple matches')
    if (before.has(keyOf(labels))) throw new Error('multiple matches')
    before.add(keyOf(labels))
    results.push({ labels, value: a.value + b.value })
  }
  for (const sample of many) {
    const labels = matchedOf(sample.labels, matching)
    const partner = ones.get(keyOf(labels)) ?? (fill.right === undefined ? undefined : { labels, value: fill.right })
    if (partner !== undefined) combine(sample, partner, keyOf(labels))
  }
  for (const [key, sample] of ones) {
    if (fill.left === undefined || met.has(key)) continue
    combine({ labels: matchedOf(sample.labels, matching), value: fill.left }, sample, key)
  }
  if (new Set(results.map(({ labels }) => keyOf(labels))).size < results.length) throw new Error('same labelset')
  return results
}

function matchedOf(labels: Labels, { on, labels: names }: ReferenceMatching): Labels {
  return filtered(labels, (name) => (on ? names.includes(name) : name !== '__name__' && !names.includes(name)))
}

function resultOf(many: Labels, one: Labels, { cardinality, on, labels, include }: ReferenceMatching): Labels {
  const kept = filtered(
    many,
    (name) => name !== '__name__' && (cardinality !== 'one-to-one' || labels.includes(name) === on),
  )
  const included = Object.fromEntries(include.map((name) => [name, one[name] ?? '']))
  return filtered({ ...kept, ...included }, (_, value) => value !== '')
}

function filtered(labels: Labels, keep: (name: string, value: string) => boolean): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => keep(name, value)))
}

export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
