import { compareUtf8 } from '../core/utf8.ts'
import { LabelSet } from '../model/labels.ts'

/** Labels that go over those of samples: sorted pairs, in which an empty value takes a label away. */
export type Overrides = readonly (readonly [name: string, value: string])[]

export function overridesOf(labels: Iterable<readonly [string, string]>): Overrides {
  return [...labels].sort(([a], [b]) => compareUtf8(a, b))
}

/** The labels with the overrides over them. Both are sorted, so one pass will do. */
export function overridden(labels: LabelSet, overrides: Overrides): LabelSet {
  const { pairs } = labels
  const merged: string[] = []
  let at = 0
  for (const [name, value] of overrides) {
    while (at < pairs.length && compareUtf8(pairs[at] as string, name) < 0) {
      merged.push(pairs[at] as string, pairs[at + 1] as string)
      at += 2
    }
    if (pairs[at] === name) at += 2
    if (value !== '') merged.push(name, value)
  }
  for (; at < pairs.length; at++) merged.push(pairs[at] as string)
  return LabelSet.fromSorted(merged)
}
