/**
 * Selector -> refs. The matcher with the fewest series drives (its posting lists), the others filter by the series' own values.
 * Regular expressions are evaluated once a distinct value, and only for values that candidates have when that is cheaper.
 * A label that a series lacks has the value '', so a matcher that accepts '' also keeps series without the label.
 */
import type { Matcher, Selector } from '../../model/matcher.ts'
import { compileLabelRegexp } from '../../model/regexp.ts'
import type { LabelDictionary, ValueId } from './dictionary.ts'
import type { SeriesRegistry } from './registry.ts'

/** A matcher made ready: a test on values, and the values it can name without testing (`=`, `a|b`). */
export interface ValueTest {
  readonly name: string
  readonly test: (value: string) => boolean
  /** Exactly the accepted values, when they are known. */
  readonly literals: readonly string[] | undefined
}

/** Throws an Error with Go's words for a bad regular expression. */
export function compileMatcher({ name, op, value }: Matcher): ValueTest {
  switch (op) {
    case '=':
      return { name, test: (text) => text === value, literals: [value] }
    case '!=':
      return { name, test: (text) => text !== value, literals: undefined }
    case '=~': {
      const regexp = compileLabelRegexp(value)
      return { name, test: (text) => regexp.test(text), literals: regexp.literals }
    }
    case '!~': {
      const regexp = compileLabelRegexp(value)
      return { name, test: (text) => !regexp.test(text), literals: undefined }
    }
    default:
      throw new Error(`unknown matcher operator ${String(op)}`)
  }
}

/** A filter on refs with an estimate of how many series pass (Infinity when only testing could tell). */
interface Condition {
  readonly label: LabelDictionary
  readonly ids: readonly ValueId[] | undefined
  readonly test: (value: string) => boolean
  readonly acceptsEmpty: boolean
  readonly series: number
}

/** Alive refs that match all of `selector`, in no promised order. */
export function matchSeries(registry: SeriesRegistry, selector: Selector): Uint32Array {
  const conditions: Condition[] = []
  for (const matcher of selector) {
    const compiled = compileMatcher(matcher)
    const label = registry.label(compiled.name)
    const acceptsEmpty = compiled.test('')
    if (label === undefined) {
      if (acceptsEmpty) continue
      return new Uint32Array(0)
    }
    conditions.push(condition(label, compiled, acceptsEmpty))
  }
  const byCost = conditions.sort((a, b) => a.series - b.series)
  const driver = pickDriver(byCost, registry)
  if (driver === undefined) return filter(registry, everyRef(registry), byCost)
  return filter(
    registry,
    candidates(driver),
    byCost.filter((one) => one !== driver),
  )
}

function condition(label: LabelDictionary, { test, literals }: ValueTest, acceptsEmpty: boolean): Condition {
  if (literals === undefined || acceptsEmpty) {
    return { label, ids: undefined, test, acceptsEmpty, series: Infinity }
  }
  const ids = literals.map((value) => label.idOf(value)).filter((id) => id !== undefined)
  return { label, ids, test, acceptsEmpty, series: seriesOf(label, ids) }
}

function seriesOf(label: LabelDictionary, ids: readonly ValueId[]): number {
  return ids.reduce((total, id) => total + label.countOf(id), 0)
}

// A matcher that must be tested value by value drives only when nothing cheaper does: then its values are fewer than series.
function pickDriver(byCost: Condition[], registry: SeriesRegistry): Condition | undefined {
  const cheapest = byCost[0]
  if (cheapest === undefined) return undefined
  const tested = byCost.filter(({ ids, acceptsEmpty }) => ids === undefined && !acceptsEmpty)
  let best = cheapest.ids === undefined ? undefined : cheapest
  for (const one of tested) {
    if (one.label.size > Math.min(best?.series ?? Infinity, registry.count)) continue
    const ids = [...one.label.values()].filter(([value]) => one.test(value)).map(([, id]) => id)
    const resolved: Condition = { ...one, ids, series: seriesOf(one.label, ids) }
    byCost[byCost.indexOf(one)] = resolved
    if (resolved.series < (best?.series ?? Infinity)) best = resolved
  }
  return best
}

function candidates({ label, ids = [] }: Condition): Uint32Array {
  const refs = new Uint32Array(seriesOf(label, ids))
  let at = 0
  for (const id of ids) {
    const list = label.refsOf(id)
    refs.set(list, at)
    at += list.length
  }
  return refs
}

function everyRef(registry: SeriesRegistry): Uint32Array {
  const refs = new Uint32Array(registry.size)
  for (let ref = 0; ref < refs.length; ref++) refs[ref] = ref
  return refs
}

/** Keeps, in place, the refs that are alive and pass every condition. */
function filter(registry: SeriesRegistry, refs: Uint32Array, conditions: readonly Condition[]): Uint32Array {
  let count = 0
  for (const ref of refs) if (registry.isAlive(ref)) refs[count++] = ref
  let kept = refs.subarray(0, count)
  for (const one of conditions) {
    const accepts = acceptanceOf(one)
    const valueOf = registry.reader(one.label)
    let to = 0
    for (const ref of kept) if (accepts(valueOf(ref))) kept[to++] = ref
    kept = kept.subarray(0, to)
  }
  return kept
}

const UNKNOWN = 0
const YES = 1
const NO = 2

/** A test of value ids that looks at each value once. */
function acceptanceOf({ label, ids, test, acceptsEmpty }: Condition): (id: ValueId) => boolean {
  if (ids?.length === 1) {
    const [only] = ids
    return (id) => id === only
  }
  const known = new Uint8Array(label.capacity)
  known[0] = acceptsEmpty ? YES : NO
  if (ids !== undefined) {
    known.fill(NO)
    for (const id of ids) known[id] = YES
  }
  return (id) => {
    if (known[id] === UNKNOWN) known[id] = test(label.valueOf(id)) ? YES : NO
    return known[id] === YES
  }
}
