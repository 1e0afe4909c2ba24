/** Which of the ten series colours a label set gets: by its hash, so that it keeps its colour between charts and refreshes. */

export const SERIES_COLOURS = 10

/** 32-bit FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i)
    h = Math.imul(h, 0x01000193)
  }
  // The last bits of FNV-1a are its weakest.
  return (h ^ (h >>> 15)) >>> 0
}

/** A colour index for each key. While colours are free, a collision moves on to the next free one. */
export function colourIndexes(keys: readonly string[]): readonly number[] {
  const taken = new Set<number>()
  return keys.map((key) => {
    const wanted = hash(key) % SERIES_COLOURS
    if (taken.size >= SERIES_COLOURS) taken.clear()
    let index = wanted
    while (taken.has(index)) index = (index + 1) % SERIES_COLOURS
    taken.add(index)
    return index
  })
}

/** The colour as CSS, which follows the theme. */
export const seriesColour = (index: number): string => `var(--b-series-${index})`

/** The value of a token now, for canvas. */
export function tokenValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
