/** Where this process is reached, by itself and by others. */
export interface ReachedAt {
  /** Port that it listens on. */
  readonly port: string
  /** Scheme and host (with port) of its external URL. */
  readonly scheme: string
  readonly host: string
}

const LOCAL = ['127.0.0.1', 'localhost', '::1']

/**
 * A target's URL as others may reach it: the local host becomes the external one, with scheme and port when the target is this
 * very process. Follows getGlobalURL, prometheus/web/api/v1/api.go.
 */
export function globalUrl(url: string, own: ReachedAt | undefined): string {
  const [, scheme = '', host = '', rest = ''] = /^([^:]*):\/\/([^/?]*)(.*)$/s.exec(url) ?? []
  const [name, port] = split(host)
  if (own === undefined || !LOCAL.includes(name)) return url
  if (port === own.port) return `${own.scheme}://${own.host}${rest}`
  const [external] = split(own.host)
  const shown = external.includes(':') ? `[${external}]` : external
  return `${scheme}://${shown}${port === '' ? '' : `:${port}`}${rest}`
}

function split(host: string): [name: string, port: string] {
  const [, bracketed, name = host, port = ''] = /^(?:\[(.*)\]|([^:]*))(?::(\d*))?$/.exec(host) ?? []
  return [bracketed ?? name, port]
}
