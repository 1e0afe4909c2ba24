/**
 * How well a text matches what is searched for, 0 to 1. Follows util/strutil/{subsequence,jarowinkler}.go and
 * web/api/v1/search_filters.go, prometheus@v3.14: the same sums in the same order.
 */

/** The score of a text that is accepted; undefined for one that is not. */
export type Scorer = (text: string) => number | undefined

export interface SearchOptions {
  /** Empty ones are passed over. */
  readonly terms: readonly string[]
  /** 0 to 1: the least score of what is found by likeness alone. */
  readonly threshold: number
  readonly algorithm: FuzzyAlgorithm
  readonly caseSensitive: boolean
}

export const FUZZY_ALGORITHMS = ['subsequence', 'jarowinkler'] as const
export type FuzzyAlgorithm = (typeof FUZZY_ALGORITHMS)[number]

/** Accepts what any term finds, with the best of their scores; everything without a term. */
export function scorerOf({ terms, threshold, algorithm, caseSensitive }: SearchOptions): Scorer {
  const fold = caseSensitive ? (text: string): string => text : lowerCase
  const scorers = terms.filter((term) => term !== '').map((term) => SCORERS[algorithm](fold(term), threshold))
  if (scorers.length === 0) return () => 1
  return (text) => best(scorers, fold(text))
}

function best(scorers: readonly Scorer[], text: string): number | undefined {
  let most: number | undefined
  for (const score of scorers) {
    const one = score(text)
    if (one !== undefined && (most === undefined || one > most)) most = one
    if (most === 1) break
  }
  return most
}

const SCORERS: Readonly<Record<FuzzyAlgorithm, (term: string, threshold: number) => Scorer>> = {
  subsequence: (term, threshold) => {
    const pattern = characters(term)
    return (text) => {
      const score = text.startsWith(term) ? 1 : subsequenceScore(pattern, characters(text))
      return score > 0 && score >= threshold ? score : undefined
    }
  },
  jarowinkler: (term, threshold) => {
    const pattern = characters(term)
    return (text) => {
      const within = substringScore(term, text)
      if (within !== undefined || threshold === 0) return within
      const score = jaroWinklerScore(pattern, characters(text))
      return score >= threshold ? score : undefined
    }
  },
}

/** Go's ToLower: each character by itself, so that a sigma at the end stays one of the middle. */
function lowerCase(text: string): string {
  let lower = ''
  // İ becomes a plain i there.
  for (const one of text) lower += one === 'İ' ? 'i' : one.toLowerCase()
  return lower
}

/** Code points. */
function characters(text: string): readonly number[] {
  const points: number[] = []
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) as number
    points.push(point)
    if (point > 0xffff) i++
  }
  return points
}

/** The earlier the part begins, the better; undefined when it is no part. */
export function substringScore(part: string, text: string): number | undefined {
  const at = text.indexOf(part)
  if (at < 0) return undefined
  if (at === 0) return 1
  const before = characters(text.slice(0, at)).length
  return 1 - (0.9 * before) / (characters(text).length - characters(part).length)
}

/** Non-exact matches stay below 1 when they are rounded. */
const NON_EXACT = 0.999

/** The pattern's characters, in order: runs of them count by the square of their length, gaps count against. 0 = they are not all there. */
export function subsequenceScore(pattern: readonly number[], text: readonly number[]): number {
  if (pattern.length === text.length && pattern.every((one, i) => one === text[i])) return 1
  let most = -1
  for (let start = 0; start <= text.length - pattern.length; start++) {
    if (text[start] !== pattern[0]) continue
    const score = scoreFrom(pattern, text, start)
    // What can't be completed from here can't be from further on.
    if (score === undefined) break
    if (score > most) most = score
  }
  return most < 0 ? 0 : (most / (pattern.length * pattern.length)) * NON_EXACT
}

function scoreFrom(pattern: readonly number[], text: readonly number[], start: number): number | undefined {
  const each = 1 / text.length
  let [score, previous, next, at] = [0, -1, 0, start]
  while (at < text.length && next < pattern.length) {
    if (text[at] !== pattern[next]) {
      at++
      continue
    }
    const first = at
    while (at < text.length && next < pattern.length && text[at] === pattern[next]) {
      at++
      next++
    }
    const gap = first - previous - 1
    if (gap > 0) score -= gap * each
    score += (at - first) * (at - first)
    previous = at - 1
  }
  if (next < pattern.length) return undefined
  const behind = text.length - 1 - previous
  return behind > 0 ? score - behind * each * 0.5 : score
}

/** Jaro's similarity, raised for a common beginning of up to four characters. */
export function jaroWinklerScore(a: readonly number[], b: readonly number[]): number {
  const [short, long] = a.length > b.length ? [b, a] : [a, b]
  if (short.length === long.length && short.every((one, i) => one === long[i])) return 1
  if (short.length === 0) return 0
  const { matches, transpositions } = matchesOf(short, long)
  if (matches === 0) return 0
  const [invShort, invLong] = [1 / short.length, 1 / long.length]
  const jaro = (matches * invShort + matches * invLong + (matches - transpositions * 0.5) / matches) / 3
  let prefix = 0
  while (prefix < Math.min(4, short.length) && short[prefix] === long[prefix]) prefix++
  return jaro + prefix * 0.1 * (1 - jaro)
}

/** Equal characters that are near each other, and how many of them are in another order. */
function matchesOf(short: readonly number[], long: readonly number[]): { matches: number; transpositions: number } {
  const reach = Math.max(Math.floor(long.length / 2) - 1, 0)
  const taken = new Uint8Array(long.length)
  const matched: number[] = []
  for (const [i, one] of short.entries()) {
    const end = Math.min(i + reach + 1, long.length)
    for (let j = Math.max(i - reach, 0); j < end; j++) {
      if (taken[j] === 1 || long[j] !== one) continue
      taken[j] = 1
      matched.push(one)
      break
    }
  }
  let [transpositions, k] = [0, 0]
  for (const one of matched) {
    while (taken[k] === 0) k++
    if (long[k++] !== one) transpositions++
  }
  return { matches: matched.length, transpositions }
}
