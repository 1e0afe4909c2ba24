import type { Sequence, Shape } from './regexp-shape.ts'

type Test = (value: string) => boolean

/** Decides whether a value has the shape; with `ignoresCase` the value must be in lower case. Linear in its length. */
export function shapeTest({ alternatives }: Shape): Test {
  const texts = textsOf(alternatives)
  const tests = alternatives.filter((items) => !isText(items)).map(sequenceTest)
  if (tests.length === 0) return textTest(texts)
  if (texts.length > 0) tests.unshift(textTest(texts))
  const [only] = tests
  return tests.length === 1 && only !== undefined ? only : (value) => tests.some((test) => test(value))
}

/** All values that match, when they can be counted up. */
export function shapeLiterals({ ignoresCase, alternatives }: Shape): readonly string[] | undefined {
  return ignoresCase || !alternatives.every(isText) ? undefined : [...new Set(textsOf(alternatives))]
}

function isText(items: Sequence): boolean {
  return items.length === 0 || (items.length === 1 && typeof items[0] === 'string')
}

function textsOf(alternatives: readonly Sequence[]): readonly string[] {
  return alternatives.filter(isText).map(([text]) => (typeof text === 'string' ? text : ''))
}

function textTest(texts: readonly string[]): Test {
  const [only] = texts
  if (texts.length === 1) return (value) => value === only
  const set = new Set(texts)
  return (value) => set.has(value)
}

function sequenceTest(items: Sequence): Test {
  const [first, second, third] = items
  if (items.length === 1 && typeof first === 'number') return characterTest(first)
  if (items.length === 2 && typeof first === 'string' && second === 0) return (value) => value.startsWith(first)
  if (items.length === 2 && first === 0 && typeof second === 'string') return (value) => value.endsWith(second)
  if (items.length === 3 && first === 0 && typeof second === 'string' && third === 0) {
    return (value) => value.includes(second)
  }
  return (value) => matches(items, value)
}

function characterTest(least: number): Test {
  if (least === 0) return () => true
  return (value) => hasCharacters(value, 0, value.length, least)
}

/** At least so many code points between the two places. */
function hasCharacters(value: string, from: number, to: number, least: number): boolean {
  if (to - from >= 2 * least) return true
  let at = from
  let count = 0
  while (at < to && count < least) {
    at += (value.codePointAt(at) as number) > 0xffff ? 2 : 1
    count += 1
  }
  return count === least && at <= to
}

/** Each text at its first place behind the one before, the last one at the end. */
function matches(items: Sequence, value: string): boolean {
  let at = 0
  let gap = -1
  for (const [i, item] of items.entries()) {
    if (typeof item === 'number') {
      gap = item
      continue
    }
    const found = placeOf(value, item, { from: at, gap, isLast: i === items.length - 1 })
    if (found < 0) return false
    at = found + item.length
    gap = -1
  }
  return gap < 0 ? at === value.length : hasCharacters(value, at, value.length, gap)
}

/** Where a text begins, `gap` characters or more behind `from` (-1 = right there); -1 without such a place. */
function placeOf(
  value: string,
  text: string,
  { from, gap, isLast }: { readonly from: number; readonly gap: number; readonly isLast: boolean },
): number {
  if (gap < 0) return value.startsWith(text, from) ? from : -1
  const start = skipped(value, from, gap)
  if (start < 0) return -1
  if (!isLast) return value.indexOf(text, start)
  const place = value.length - text.length
  return place >= start && value.endsWith(text) ? place : -1
}

function skipped(value: string, from: number, count: number): number {
  let at = from
  for (let i = 0; i < count; i++) {
    if (at >= value.length) return -1
    at += (value.codePointAt(at) as number) > 0xffff ? 2 : 1
  }
  return at
}
