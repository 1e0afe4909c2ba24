/**
 * Why Go's url.Parse would refuse a text, or undefined when it takes it. It takes much: paths, `host:80/x` (scheme `host`), even
 * nothing. URLs of upstream's keys go through this, so that the same files load; what must be an HTTP URL says so on top.
 */
export function urlFault(text: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'not a URL: holds control characters'
  if (/%(?![0-9a-fA-F]{2})/.test(text.replace(/[?#].*$/s, '')))
    return 'not a URL: a % must be followed by two hex digits'
  if (text.startsWith(':')) return 'not a URL: the scheme before the : is missing'
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text)?.[0] ?? ''
  const rest = text.slice(scheme.length)
  if (rest.startsWith('//')) return hostFault(/^\/\/([^/?#]*)/.exec(rest)?.[1] ?? '')
  if (scheme === '' && /^[^/?#]*:/.test(rest)) return 'not a URL: the scheme is missing (try http://...)'
  return undefined
}

/** As `urlFault`, and more: the text must be a URL with scheme http or https, and a host. */
export function httpUrlFault(text: string): string | undefined {
  const fault = urlFault(text)
  if (fault !== undefined) return fault
  const [, scheme, host] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(?:\/\/([^/?#]*))?/.exec(text) ?? []
  if (!['http', 'https'].includes(scheme?.toLowerCase() ?? '')) return "URL scheme must be 'http' or 'https'"
  return host === undefined || host === '' ? 'host is missing in URL' : undefined
}

/** The URL as it may be shown: the password in it, if there is one, is `xxxxx`. */
export function redactUrl(text: string): string {
  return text.replace(/^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#:@]*):[^/?#]*@/, '$1:xxxxx@')
}

function hostFault(authority: string): string | undefined {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (/[\s"<>\\^`{|}]/.test(host)) return 'not a URL: the host holds characters that it must not'
  const port = host.startsWith('[') ? /\](.*)$/.exec(host)?.[1] : /^[^:]*(.*)$/.exec(host)?.[1]
  if (port === undefined) return 'not a URL: the ] of the host is missing'
  return port === '' || /^:\d*$/.test(port) ? undefined : 'not a URL: the port must be a number'
}
