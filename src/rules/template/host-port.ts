import { isIP } from 'node:net'

/** `host:port`, taken apart as net.SplitHostPort of Go does; undefined when it is not that. */
function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text) ?? []
  const host = bracketed ?? plain
  return host === undefined || port === undefined ? undefined : { host, port }
}

/** The host of `host:port`; what is not that stays as it is. */
export function stripPort(text: string): string {
  return splitHostPort(text)?.host ?? text
}

/** `foo:80` of `foo.example.com:80`. Addresses stay as they are. */
export function stripDomain(text: string): string {
  const { host, port } = splitHostPort(text) ?? { host: text, port: '' }
  if (isIP(host) !== 0 && !host.includes('%')) return text
  const name = host.split('.')[0] ?? ''
  if (port === '') return name
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`
}
