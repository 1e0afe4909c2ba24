const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{3})|(.))/giu

/** The text of a Go string literal, in double quotes or backquotes; undefined when it is none. */
export function unquote(quoted: string): string | undefined {
  const raw = /^`([^`]*)`$/.exec(quoted)
  if (raw !== null) return raw[1]
  const body = /^"((?:[^"\\\n]|\\.)*)"$/.exec(quoted)?.[1]
  if (body === undefined) return undefined
  let isValid = true
  const text = body.replaceAll(
    ESCAPE,
    (_, byte?: string, short?: string, long?: string, octal?: string, other = '') => {
      const hex = byte ?? short ?? long
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16))
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8))
      const found = ESCAPES[other as string]
      isValid &&= found !== undefined
      return found ?? ''
    },
  )
  return isValid ? text : undefined
}
