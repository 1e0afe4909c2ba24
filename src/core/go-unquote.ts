/** String literals of Go. Follows strconv.Unquote. */

const NAMED: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu

/**
 * The value of a string literal, which must be well-formed: see `isLiteral`. `\x` and octal escapes are bytes of UTF-8: of those that
 * make no whole characters, byte B becomes the lone surrogate U+DC00 + B, which is no more Unicode than they are.
 */
export function unquote(token: string): string {
  const inside = token.slice(1, -1)
  if (token.startsWith('`') || !inside.includes('\\')) return inside
  let hasBytes = false
  const value = inside.replaceAll(ESCAPE, (_, hex?: string, octal?: string, u?: string, long?: string, char = '') => {
    const byte = hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16)
    // Bytes above ASCII wait as lone surrogates, which no source text has, until their neighbours are known.
    if (byte > 0x7f) hasBytes = true
    if (hex !== undefined || octal !== undefined) return String.fromCharCode(byte > 0x7f ? 0xdc00 + byte : byte)
    const point = u ?? long
    if (point !== undefined) return String.fromCodePoint(Number.parseInt(point, 16))
    const named = NAMED[char]
    return named === undefined ? char : String.fromCharCode(named)
  })
  return hasBytes ? joinBytes(value) : value
}

/** Runs of bytes above ASCII, which wait as lone surrogates, become the characters that they are the UTF-8 of. */
function joinBytes(text: string): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
  const decode = (bytes: Uint8Array): string | undefined => {
    try {
      return decoder.decode(bytes)
    } catch {
      return undefined
    }
  }
  return text.replaceAll(/[\udc80-\udcff]+/gu, (run) => {
    let joined = ''
    for (let at = 0; at < run.length;) {
      const length = [2, 3, 4].find((size) => at + size <= run.length && decode(bytesOf(run, at, size)) !== undefined)
      joined += length === undefined ? (run[at] ?? '') : (decode(bytesOf(run, at, length)) ?? '')
      at += length ?? 1
    }
    return joined
  })
}

function bytesOf(run: string, at: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => run.charCodeAt(at + i) - 0xdc00)
}

const ESCAPES = String.raw`\\(?:[abfnrtv\\"']|x[\da-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4})`
const STRING = new RegExp(String.raw`^"(?:[^"\\\n]|(?!\\')${ESCAPES})*"$`, 'u')
const CHARACTER = new RegExp(String.raw`^'(?:[^'\\\n]|(?!\\")${ESCAPES})'$`, 'u')

/** Whether the text is a whole literal: a string in `"` or in backquotes, or one character in `'`. */
export function isLiteral(token: string): boolean {
  if (token.startsWith('`')) return /^`[^`]*`$/.test(token)
  return token.startsWith("'") ? CHARACTER.test(token) : STRING.test(token)
}
