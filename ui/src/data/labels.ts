import type { Labels } from './frame.ts'

export const NAME = '__name__'

const LEGACY_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** A string in PromQL's double quotes. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

/** A label name as it stands in a selector: quoted when it has other characters than the classic ones. */
export function printLabelName(name: string): string {
  return LEGACY_LABEL.test(name) ? name : quote(name)
}

export function isClassicMetricName(name: string): boolean {
  return LEGACY_NAME.test(name)
}

/** The selector that finds exactly the metric of this name. */
export function selectorOf(metric: string): string {
  return isClassicMetricName(metric) ? metric : `{${quote(metric)}}`
}

/** A label set in PromQL's spelling: `name{a="b"}`. `leave` names labels that are left out. */
export function printLabels(labels: Labels, leave: ReadonlySet<string> = new Set()): string {
  const name = leave.has(NAME) ? '' : (labels[NAME] ?? '')
  const classic = isClassicMetricName(name)
  const pairs = Object.keys(labels)
    .filter((key) => key !== NAME && !leave.has(key))
    .sort()
    .map((key) => `${printLabelName(key)}=${quote(labels[key] ?? '')}`)
  if (name !== '' && !classic) pairs.unshift(quote(name))
  if (pairs.length === 0) return classic ? name : '{}'
  return `${classic ? name : ''}{${pairs.join(', ')}}`
}

/** Identifies a label set whatever the order of its keys. */
export function keyOf(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .map((key) => `${key}\u0001${labels[key] ?? ''}`)
    .join('\u0002')
}

/** Names of the labels that all sets share with the same value. Of one set, everything but nothing is common. */
export function commonLabels(sets: readonly Labels[]): ReadonlySet<string> {
  const [first, ...rest] = sets
  if (first === undefined || rest.length === 0) return new Set()
  return new Set(Object.keys(first).filter((key) => rest.every((labels) => labels[key] === first[key])))
}

export interface LabelFacet {
  readonly name: string
  /** Values with the number of series that carry them, most frequent first. */
  readonly values: readonly { readonly value: string; readonly series: number }[]
  /** Number of series without the label. */
  readonly absent: number
}

/** How the series of a result split up by each of their labels; labels with most values first. */
export function facetsOf(sets: readonly Labels[]): readonly LabelFacet[] {
  const counts = new Map<string, Map<string, number>>()
  for (const labels of sets)
    for (const [name, value] of Object.entries(labels)) {
      const values = counts.get(name) ?? new Map<string, number>()
      counts.set(name, values.set(value, (values.get(value) ?? 0) + 1))
    }
  const facets = [...counts].map(([name, values]): LabelFacet => {
    const list = [...values].map(([value, series]) => ({ value, series }))
    list.sort((a, b) => b.series - a.series || a.value.localeCompare(b.value))
    return { name, values: list, absent: sets.length - list.reduce((sum, { series }) => sum + series, 0) }
  })
  return facets.sort((a, b) => b.values.length - a.values.length || a.name.localeCompare(b.name))
}
