/** Redirects: where they lead, and when credentials stay behind. Follows net/http's client and prometheus/common's rules. */

export const MAX_REDIRECTS = 10

/** Headers that must not cross to another host. */
const SENSITIVE = new Set([
  'authorization',
  'www-authenticate',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'proxy-authenticate',
])

export function isSensitive(header: string): boolean {
  return SENSITIVE.has(header.toLowerCase())
}

/** Where a response sends the client, or undefined when it is no redirect. */
export function redirectTarget(status: number, location: string | undefined, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined || location === '') return undefined
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined
}

/** True when `host` is `origin` or one of its subdomains: the only hosts that still see the credentials meant for `origin`. */
export function isSameSite(host: string, origin: string): boolean {
  const a = host.toLowerCase()
  const b = origin.toLowerCase()
  if (a === b) return true
  // An IPv6 address or zone is no domain, though it may end like one.
  return !/[:%[]/.test(a) && a.endsWith(`.${b}`)
}
