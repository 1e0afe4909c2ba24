/** Classes of UTF-16 units, as the lexers use them: ASCII only, as in Prometheus. NaN, the end of the text, is in none. */

export function isSpace(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 9 || unit === 13
}

export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57
}

export function isAlpha(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit === 95
}

export function isWord(unit: number): boolean {
  return isAlpha(unit) || isDigit(unit)
}

/** The whole character at an offset, undefined at the end of the text. */
export function charAt(text: string, at: number): string | undefined {
  const code = text.codePointAt(at)
  return code === undefined ? undefined : String.fromCodePoint(code)
}

export function skipSpaces(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++
  return at
}
