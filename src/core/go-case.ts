/**
 * Lower and upper case letter by letter, as Go's strings.ToLower and ToUpper: no letter becomes two, and a letter's neighbours
 * don't matter. (JavaScript writes STRASSE for straße, and knows the final sigma.)
 */
export function toLower(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : Array.from(text, lowerOne).join('')
}

export function toUpper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : Array.from(text, upperOne).join('')
}

// oxlint-disable-next-line no-control-regex -- exactly the ASCII range
const ASCII = /^[\u0000-\u007f]*$/

function lowerOne(letter: string): string {
  return letter === 'İ' ? 'i' : (single(letter.toLowerCase()) ?? letter)
}

function upperOne(letter: string): string {
  return single(letter.toUpperCase()) ?? withIotaBelow(letter)
}

function single(mapped: string): string | undefined {
  return mapped.length === String.fromCodePoint(mapped.codePointAt(0) ?? 0).length ? mapped : undefined
}

/** Greek vowels with a iota below have a capital of their own, which JavaScript resolves into two letters. */
function withIotaBelow(letter: string): string {
  const code = letter.codePointAt(0) ?? 0
  const inRow = code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0
  if (inRow) return String.fromCodePoint(code + 8)
  return [0x1fb3, 0x1fc3, 0x1ff3].includes(code) ? String.fromCodePoint(code + 9) : letter
}

/** Each word with its first letter large and the others as they are. Follows cases.Title(language.AmericanEnglish, cases.NoLower). */
export function toTitle(text: string): string {
  const words = new Intl.Segmenter('en', { granularity: 'word' }).segment(text)
  return Array.from(words, ({ segment }) => segment.replace(/\p{Cased}/u, titleOne)).join('')
}

/** Ligatures and digraphs start large and go on small. */
function titleOne(letter: string): string {
  const [first = '', ...rest] = Array.from(letter.toUpperCase())
  return first + rest.join('').toLowerCase()
}
