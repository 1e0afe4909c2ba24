/** Escapes text for places where it would mean something. Follows HTMLEscape, JSEscape and url.QueryEscape of Go. */

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (char) => HTML[char] ?? char)
}

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}

export function escapeJs(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is escaped
  return text.replaceAll(/[\\'"<>&=]|[\0-\x1f\x7f]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return JS[char] ?? `\\u${code}`
  })
}

/** For the query of a URL: a space is `+`. */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
