import { compareUtf8 } from '../core/utf8.ts'

/** Labels that go over those of samples: sorted pairs, in which an empty value takes a label away. */
export type Overrides = readonly (readonly [name: string, value: string])[]

export function overridesOf(labels: Iterable<readonly [string, string]>): Overrides {
  return [...labels].sort(([a], [b]) => compareUtf8(a, b))
}
